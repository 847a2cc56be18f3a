//! SIMD kernels of the CPU backend: products of packed matrices, attention, and rows, as one table of
//! functions for each kind of processor.
//!
//! ```text
//! layout    how packed matrices and activations lie in memory
//! ahead     asking for memory before it is read
//! scalar    plain loops, for every processor
//! avx2      x86-64 of 2013 and later; with AVX-VNNI's products of bytes, laptops of 2021 and later
//! avx512    x86-64 with 512-bit vectors and their products of bytes
//! neon      64-bit Arm: with NEON alone, with dot products, with matrix products
//! ```
//! A set is chosen whole: [`Kernels::best`] takes the fastest that the processor can run, and
//! [`Kernels::available`] names all of them, so that tests force each. The scalar set is what the
//! others are compared with: integer parts are equal, sums of single precision differ by the order
//! of their terms only.

mod ahead;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod layout;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;
mod scalar;
#[cfg(test)]
mod tests;

pub use ahead::ask_ahead;
pub use layout::{
    Blocks, Columns, Format, LINE, MANY_COLUMNS, MANY_PANELS, PANEL, Panel, Quantised, SCALE_LINES,
    TILE_COLUMNS, Tile, Tiles, q5_k, q6_k,
};

/// The product of a panel's rows with up to [`TILE_COLUMNS`] columns of activations.
pub type Product = fn(&Panel<'_>, &Columns<'_>, &mut Tile);

/// The product of up to [`MANY_PANELS`] panels' rows with up to [`MANY_COLUMNS`] columns of activations.
pub type ProductOfMany = fn(&[Panel<'_>], &Columns<'_>, &mut Tiles);

/// Shares, values, number of cells, factors, and what is mixed so far, by query.
pub type Mix = fn(&[f32], &[f32], usize, &[f32], &mut [f32]);

/// The same with values in half precision.
pub type MixOfHalf = fn(&[f32], &[u16], usize, &[f32], &mut [f32]);

/// Rows of values in 8 bits: Q8_0, a scale for 32 values.
#[derive(Debug, Clone, Copy)]
pub struct ByteRows<'a> {
    /// Values of a row, whole blocks.
    pub d_head: usize,
    /// Signed, `[row][d_head]`.
    pub quants: &'a [u8],
    /// In half precision, `[row / 16][d_head / 32][16]`, whole sixteens.
    pub scales: &'a [u8],
}

impl ByteRows<'_> {
    /// How many, after a check that all parts are there.
    ///
    /// # Panics
    /// If they are not: the caller's bug.
    #[inline]
    fn n_rows(&self) -> usize {
        let n_rows = self.quants.len() / self.d_head;
        assert!(self.d_head.is_multiple_of(32) && n_rows.is_multiple_of(16), "whole blocks");
        assert_eq!(self.quants.len(), n_rows * self.d_head, "whole rows");
        assert_eq!(self.scales.len(), n_rows * self.d_head / 16, "a scale for 32 values");
        n_rows
    }
}

/// Shares, values, factors, and what is mixed so far, by query.
pub type MixOfBytes = fn(&[f32], &ByteRows<'_>, &[f32], &mut [f32]);

/// Most cells of a call of [`OfBytes::mix`].
pub const MOST_CELLS: usize = 64;

/// Rows of integers: queries, or shares of cells.
#[derive(Debug, Clone, Copy)]
pub struct ShortRows<'a> {
    /// `[row][depth]`.
    pub integers: &'a [i16],
    /// Integers of a row, an even number.
    pub depth: usize,
    /// What a row's integers are multiplied with.
    pub units: &'a [f32],
}

/// Columns of integers that rows are multiplied with: keys of cells, or values by their places in a head.
#[derive(Debug, Clone, Copy)]
pub struct Pairs<'a> {
    /// `[column / 16][depth / 2][column % 16][2]`.
    pub integers: &'a [i16],
    /// Integers of a column, an even number.
    pub depth: usize,
    /// What a column's integers are multiplied with; as many as there are columns, whole sixteens.
    pub units: &'a [f32],
}

/// A set of kernels.
pub struct Kernels {
    /// Name for reports and options.
    pub name: &'static str,
    /// Whether it uses the processor's vector instructions.
    pub is_vectorised: bool,
    /// The product for each [`Format`], by its number.
    pub products: [Product; Format::ALL.len()],
    /// Row → 8-bit blocks.
    pub quantise: fn(&[f32], Blocks, &mut Quantised<'_>),
    /// `out = x / √(mean(x²) + epsilon) · weight` over rows as long as the weight.
    pub rms_norm: fn(&mut [f32], &[f32], f32),
    /// `a += b`.
    pub add: fn(&mut [f32], &[f32]),
    /// `gate = silu(gate) · up`.
    pub silu_gate: fn(&mut [f32], &[f32]),
    /// `gate = gelu(gate) · up`.
    pub gelu_gate: fn(&mut [f32], &[f32]),
    /// Half precision → single.
    pub from_half: fn(&[u16], &mut [f32]),
    /// Single precision → half, to the nearest.
    pub to_half: fn(&[f32], &mut [u16]),
    /// Rows in 8 bits → single precision.
    pub from_bytes: fn(&ByteRows<'_>, &mut [f32]),
    /// `scores[q][cell] = Σ queries[q][i] · keys[cell / 16][i][cell % 16]`: queries are rows, keys lie
    /// transposed in blocks of 16 cells.
    pub scores: fn(queries: &[f32], keys: &[f32], n_cells: usize, scores: &mut [f32]),
    /// One step of the online softmax for a row of scores: see [`Softmax`].
    pub softmax: fn(scores: &mut [f32], running: &mut Softmax) -> f32,
    /// `mixed[q] = factors[q] · mixed[q] + Σ shares[q][cell] · values[cell]`.
    pub mix: Mix,
    /// The same steps without a copy in single precision, where that is faster.
    pub of_half: Option<OfHalf>,
    /// The same for values in 8 bits.
    pub of_bytes: Option<OfBytes>,
    /// The same steps in integers, for many queries, where that is faster.
    pub in_integers: Option<InIntegers>,
    /// Products of several panels with many columns, where that is faster.
    pub gemm: Option<Gemm>,
}

/// Products of several panels at once, for many columns.
#[derive(Clone, Copy)]
pub struct Gemm {
    /// The product for each [`Format`], by its number, where it is faster than a panel at a time.
    pub products: [Option<ProductOfMany>; Format::ALL.len()],
    /// Fewest columns for which it is.
    pub fewest_columns: usize,
}

/// Attention over keys and values in half precision, for few queries: for many, whose tiles read a block
/// several times, it is faster to convert it once.
#[derive(Clone, Copy)]
pub struct OfHalf {
    /// As [`Kernels::scores`].
    pub scores: fn(queries: &[f32], keys: &[u16], n_cells: usize, scores: &mut [f32]),
    /// As [`Kernels::mix`], for rows of a multiple of sixteen values.
    pub mix: MixOfHalf,
    /// Most queries for which this is faster.
    pub most_queries: usize,
}

/// Mixing of values in 8 bits, for few queries. Scores of keys in 8 bits are products of [`Format::Q8_0`].
#[derive(Clone, Copy)]
pub struct OfBytes {
    /// As [`Kernels::mix`], with the number of cells in the rows: at most [`MOST_CELLS`].
    pub mix: MixOfBytes,
    /// Most queries for which this is faster.
    pub most_queries: usize,
}

/// Rows of scores, what was before, shares, and their factors and units.
pub type Shares = fn(&[f32], &mut [Softmax], &mut [i16], (&mut [f32], &mut [f32]));

/// Attention in integers of 16 bits, for rows of a multiple of sixteen values and at most [`MOST_CELLS`] cells.
#[derive(Clone, Copy)]
pub struct InIntegers {
    /// Queries of a depth → rows of integers, and their units.
    pub queries: fn(values: &[f32], depth: usize, integers: &mut [i16], units: &mut [f32]),
    /// Keys as in [`Kernels::scores`], and their number → [`Pairs`].
    pub keys: fn(keys: &[f32], n_cells: usize, integers: &mut [i16], units: &mut [f32]),
    /// Rows of values, and their number → [`Pairs`].
    pub values: fn(values: &[f32], n_cells: usize, integers: &mut [i16], units: &mut [f32]),
    /// Products of queries with keys.
    pub scores: fn(queries: &ShortRows<'_>, keys: &Pairs<'_>, scores: &mut [f32]),
    /// As [`Kernels::softmax`] for rows of scores, with integers for shares.
    pub shares: Shares,
    /// As [`Kernels::mix`], of the first cells of the values, as many as there are shares in a row.
    pub mix: fn(shares: &ShortRows<'_>, values: &Pairs<'_>, factors: &[f32], mixed: &mut [f32]),
}

/// Running maximum and sum of a softmax over scores that come in pieces (arXiv 2205.14135).
///
/// A step replaces the scores by `exp(score − top)`, where `top` is the largest so far, adds them to
/// the sum, and returns the factor by which everything summed before must shrink.
#[derive(Debug, Clone, Copy)]
pub struct Softmax {
    /// Largest score so far.
    pub top: f32,
    /// Sum of the shares so far.
    pub sum: f32,
}

impl Softmax {
    /// Nothing seen yet.
    pub const EMPTY: Self = Self { top: f32::NEG_INFINITY, sum: 0.0 };
}

impl Kernels {
    /// The product for a format.
    pub fn product(&self, format: Format) -> Product {
        self.products[format as usize]
    }

    /// Multiplies up to [`MANY_PANELS`] panels with up to [`MANY_COLUMNS`] columns, by the kernel for as many:
    /// `[panel][column][row]`.
    pub fn multiply(
        &self,
        format: Format,
        panels: &[Panel<'_>],
        columns: &Columns<'_>,
        out: &mut Tiles,
    ) {
        let n = columns.n_columns;
        let of_many = self.gemm.filter(|gemm| n >= gemm.fewest_columns);
        if let Some(product) = of_many.and_then(|gemm| gemm.products[format as usize]) {
            return product(panels, columns, out);
        }
        let product = self.product(format);
        for (panel, out) in panels.iter().zip(out) {
            let tiles: &mut [Tile] = out.as_chunks_mut().0;
            if n <= TILE_COLUMNS {
                product(panel, columns, &mut tiles[0]);
                continue;
            }
            for (first, tile) in (0..n).step_by(TILE_COLUMNS).zip(tiles) {
                let part = columns.part(format, first, TILE_COLUMNS.min(n - first));
                product(panel, &part, tile);
            }
        }
    }

    /// The fastest set that this processor can run.
    pub fn best() -> &'static Self {
        Self::available()[0]
    }

    /// The sets that this processor can run, the fastest first.
    pub fn available() -> Vec<&'static Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::is_available() {
                sets.push(&avx512::KERNELS);
            }
            if avx2::vnni::vex::is_available() {
                sets.push(&avx2::vnni::vex::KERNELS);
            }
            if avx2::is_available() {
                sets.push(&avx2::KERNELS);
            }
        }
        #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
        sets.extend(neon::available());
        sets.push(&scalar::KERNELS);
        sets
    }
}
