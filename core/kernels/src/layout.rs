//! How packed matrices and activations lie in memory: what every set of kernels agrees on.
//!
//! A panel is 16 rows of a matrix. In it, four values of row 0 are followed by the same four of row
//! 1, and so on: a line of 64 bytes, the size of a cache line, is four columns of 16 rows. So one
//! load of activations serves all rows, their sums lie side by side, and decode reads memory in one
//! stream. Scales of blocks of 32 lie apart; blocks of 256 begin with theirs, and their lines lie in the
//! order in which decode unpacks them, as the processor asks ahead for what lies in one row (measured on Zen 4,
//! one thread: Q6_K read at 12 GB/s with scales apart and bits behind nibbles, at 23 GB/s so).
//! ```text
//! block of 32    quants, in lines                              scales
//! Q8_0    8      values 4·line + i, signed                     d [16] f16
//! Q4_0    4      low nibble 4·line + i, high 16 + 4·line + i   d [16] f16
//! Q5_0    4 + 1  the same; bit b of the last line's bytes is   d [16] f16
//!                the fifth bit of value 4·b + i
//! Q5_1    4 + 1  as Q5_0                                       d [16] f16, m [16] f16
//! block of 256, after 5 lines of scales: Q4_K and Q5_K d [16] f16, dmin [16] f16, scales [8][16] u8, minima
//! [8][16] u8; Q6_K d [16] f16, scales [16][16] i8, 32 bytes that are zero
//! Q4_K    4 · 8  by pairs of sub-blocks of 32: low nibble 64·pair + 4·l + i, high 32 further
//! Q5_K    4 · 10 by pairs: a line of fifth bits for each of the two sub-blocks, bit b of its bytes is
//!                that of value 4·b + i; then as Q4_K
//! Q6_K    16 · 3 by l: bits 5 and 6 of 4·l + i, then of 64, 128 and 192 further; low nibble 4·l + i,
//!                high 128 further; low nibble 64 + 4·l + i, high 128 further
//! F32, F16, BF16 [n_cols][16], no scales
//! ```
//! Zero points are as in ggml: 8, 16 and 32 are taken off Q4_0, Q5_0 and Q6_K; m is added to each
//! value, and minima are taken off. Rows that a matrix lacks to fill its last panel are zero.

/// Rows of a panel.
pub const PANEL: usize = 16;

/// Bytes of a line: four columns of a panel's rows.
pub const LINE: usize = 64;

/// Lines of scales that a block of 256 begins with.
pub const SCALE_LINES: usize = 5;

/// Where the lines of a block of Q5_K lie, counted after its scales.
pub mod q5_k {
    /// Fifth bits of sub-block `sub` of 8.
    #[inline]
    pub const fn fifths(sub: usize) -> usize {
        10 * (sub / 2) + sub % 2
    }

    /// Line `line` of 8 of the nibbles of pair `pair` of 4.
    #[inline]
    pub const fn nibbles(pair: usize, line: usize) -> usize {
        10 * pair + 2 + line
    }
}

/// Where the lines of a block of Q6_K lie, counted after its scales.
pub mod q6_k {
    /// Bits 5 and 6 of values `4·line ..` of each quarter of 64 values.
    #[inline]
    pub const fn bits(line: usize) -> usize {
        3 * line
    }

    /// Nibbles of values `4·line ..` of quarter `quarter`, the low ones, and of the quarter after the next, the
    /// high ones.
    #[inline]
    pub const fn nibbles(quarter: usize, line: usize) -> usize {
        3 * line + 1 + quarter % 2
    }
}

/// Most columns of activations in one call of a product.
pub const TILE_COLUMNS: usize = 16;

/// Most columns of activations in one call of a product of several panels: whole tiles.
pub const MANY_COLUMNS: usize = 2 * TILE_COLUMNS;

/// Most panels in such a call.
pub const MANY_PANELS: usize = 3;

/// Columns whose sums for a panel fit the registers of all processors that we have kernels for.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) const FEW_COLUMNS: usize = 4;

/// Results of a product: `[column][row]`.
pub type Tile = [[f32; PANEL]; TILE_COLUMNS];

/// Results of a product of several panels: `[panel][column][row]`.
pub type Tiles = [[[f32; PANEL]; MANY_COLUMNS]; MANY_PANELS];

/// The layouts that products exist for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(non_camel_case_types)]
pub enum Format {
    /// Single precision.
    F32,
    /// Half precision.
    F16,
    /// The upper half of single precision.
    BF16,
    /// 8 bits, 32 values a scale.
    Q8_0,
    /// 4 bits, 32 values a scale.
    Q4_0,
    /// 5 bits, 32 values a scale.
    Q5_0,
    /// 5 bits, 32 values a scale and a minimum.
    Q5_1,
    /// 4 bits, scales and minima of 6 bits for 32 values.
    Q4_K,
    /// 5 bits, scales and minima of 6 bits for 32 values.
    Q5_K,
    /// 6 bits, scales of 8 bits for 16 values.
    Q6_K,
}

impl Format {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q8_0,
        Self::Q4_0,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
    ];

    /// The blocks that activations are rounded to for this format, `None` where they are not.
    #[inline]
    pub fn blocks(self) -> Option<Blocks> {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => None,
            Self::Q8_0 | Self::Q4_0 | Self::Q5_0 | Self::Q5_1 => Some(Blocks::Of32),
            Self::Q4_K | Self::Q5_K | Self::Q6_K => Some(Blocks::Of256),
        }
    }

    /// Columns of a block.
    #[inline]
    pub fn block_values(self) -> usize {
        self.blocks().map_or(1, Blocks::n_values)
    }

    /// Bytes of quants of a panel's block, with its scales if it begins with them.
    pub const fn quant_bytes(self) -> usize {
        match self {
            Self::F32 => 4 * PANEL,
            Self::F16 | Self::BF16 => 2 * PANEL,
            Self::Q8_0 => 8 * LINE,
            Self::Q4_0 => 4 * LINE,
            Self::Q5_0 | Self::Q5_1 => 5 * LINE,
            Self::Q4_K => (SCALE_LINES + 32) * LINE,
            Self::Q5_K => (SCALE_LINES + 40) * LINE,
            Self::Q6_K => (SCALE_LINES + 48) * LINE,
        }
    }

    /// Bytes of scales of a panel's block that lie apart.
    pub const fn scale_bytes(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 0,
            Self::Q8_0 | Self::Q4_0 | Self::Q5_0 => 2 * PANEL,
            Self::Q5_1 => 4 * PANEL,
            Self::Q4_K | Self::Q5_K | Self::Q6_K => 0,
        }
    }
}

/// How many activations share a scale when they are rounded to 8 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Blocks {
    /// 32.
    Of32,
    /// 256.
    Of256,
}

impl Blocks {
    /// Values that share a scale.
    #[inline]
    pub fn n_values(self) -> usize {
        match self {
            Self::Of32 => 32,
            Self::Of256 => 256,
        }
    }
}

/// Sixteen rows of a matrix.
#[derive(Debug, Clone, Copy, Default)]
pub struct Panel<'a> {
    /// Lines of values; blocks of 256 begin with their scales.
    pub quants: &'a [u8],
    /// What the values of a block of 32 are multiplied with.
    pub scales: &'a [u8],
}

/// Columns of activations, one after the other, each `n_values` long.
#[derive(Debug, Clone, Copy, Default)]
pub struct Columns<'a> {
    /// How many.
    pub n_columns: usize,
    /// Values of a column.
    pub n_values: usize,
    /// The values, for formats that don't round them.
    pub values: &'a [f32],
    /// The values rounded to 8 bits, `[n_columns][n_values]`, −127 to 127.
    pub quants: &'a [i8],
    /// What a block's quants are multiplied with, `[n_columns][n_values / block]`.
    pub scales: &'a [f32],
    /// Blocks of 32: scale times the sum of the quants, `[n_columns][n_values / 32]`.
    pub sums: &'a [f32],
    /// Blocks of 32: −128 times the sum of the quants, `[n_columns][n_values / 32]`. What products begin
    /// with whose weights are raised by 128.
    pub starts: &'a [i32],
    /// Blocks of 256: sums of sixteen quants, `[n_columns][n_values / 16]`.
    pub sums_of_16: &'a [i16],
}

/// Where a row's rounded activations go: the parts of [`Columns`].
#[derive(Debug)]
pub struct Quantised<'a> {
    /// As [`Columns::quants`].
    pub quants: &'a mut [i8],
    /// As [`Columns::scales`].
    pub scales: &'a mut [f32],
    /// As [`Columns::sums`].
    pub sums: &'a mut [f32],
    /// As [`Columns::starts`].
    pub starts: &'a mut [i32],
    /// As [`Columns::sums_of_16`].
    pub sums_of_16: &'a mut [i16],
}

impl Columns<'_> {
    /// `n` columns from column `first` on, with the parts that products of `format` read.
    pub(super) fn part(&self, format: Format, first: usize, n: usize) -> Self {
        fn rows<T>(all: &[T], width: usize, first: usize, n: usize) -> &[T] {
            &all[first * width..(first + n) * width]
        }
        let n_values = self.n_values;
        let mut part = Self { n_columns: n, n_values, ..Self::default() };
        let Some(blocks) = format.blocks() else {
            return Self { values: rows(self.values, n_values, first, n), ..part };
        };
        part.quants = rows(self.quants, n_values, first, n);
        part.scales = rows(self.scales, n_values / blocks.n_values(), first, n);
        match blocks {
            Blocks::Of32 => {
                part.sums = rows(self.sums, n_values / 32, first, n);
                part.starts = rows(self.starts, n_values / 32, first, n);
            }
            Blocks::Of256 => part.sums_of_16 = rows(self.sums_of_16, n_values / 16, first, n),
        }
        part
    }

    /// Checks, once a call, the lengths that products rely on for reading without checks. Inlined, so that
    /// what follows from the format is known.
    ///
    /// # Panics
    /// If the columns are too many, or a part is too short: the caller's bug.
    #[inline]
    pub fn check(&self, panel: &Panel<'_>, format: Format) {
        self.check_at_most(TILE_COLUMNS, panel, format);
    }

    /// The same for at most `most` columns.
    ///
    /// # Panics
    /// As [`Columns::check`].
    #[inline]
    pub(super) fn check_at_most(&self, most: usize, panel: &Panel<'_>, format: Format) {
        let Self { n_columns, n_values, .. } = *self;
        assert!((1..=most).contains(&n_columns), "columns of a tile");
        let n_blocks = n_values / format.block_values();
        assert_eq!(n_blocks * format.block_values(), n_values, "whole blocks");
        assert!(panel.quants.len() >= n_blocks * format.quant_bytes(), "quants of a panel");
        assert!(panel.scales.len() >= n_blocks * format.scale_bytes(), "scales of a panel");
        match format.blocks() {
            None => assert!(self.values.len() >= n_columns * n_values, "values of columns"),
            Some(blocks) => {
                assert!(self.quants.len() >= n_columns * n_values, "quants of columns");
                assert!(self.scales.len() >= n_columns * n_blocks, "scales of columns");
                match blocks {
                    Blocks::Of32 => {
                        assert!(self.sums.len() >= n_columns * n_blocks, "sums");
                        assert!(self.starts.len() >= n_columns * n_blocks, "starts");
                    }
                    Blocks::Of256 => {
                        assert!(self.sums_of_16.len() >= n_columns * n_values / 16, "sums of 16");
                    }
                }
            }
        }
    }
}
