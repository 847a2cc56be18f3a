//! Products of a panel with one to four columns at a time: single precision, and blocks of 32.
//!
//! A vector holds four values of four rows, so a panel's 16 rows are four vectors, and four columns
//! make sixteen independent sums. Quants are multiplied two lines (eight columns of the matrix) at a
//! time by the [`Generation`] of the processor; nibbles are signed bytes as they are, and zero points
//! come off with the sum of x.

use std::arch::aarch64::*;
use std::array::from_fn;
use std::ptr;

use super::super::layout::FEW_COLUMNS;
use super::super::{Columns, Format, LINE, PANEL, Panel, Tile};
use super::generation::{Generation, Integers, Line};

/// Sums of a tile: `[column][four rows]`.
pub(super) type Sums<const C: usize> = [[float32x4_t; 4]; C];

/// A line of a panel.
///
/// # Safety
/// 64 bytes from `at` on are readable.
#[inline(always)]
pub(super) unsafe fn load(at: *const u8) -> [uint8x16_t; 4] {
    // SAFETY: as the caller promises; no alignment is asked for.
    unsafe { from_fn(|part| vld1q_u8(at.add(16 * part))) }
}

/// The same as signed bytes.
#[inline(always)]
pub(super) fn signed(line: [uint8x16_t; 4]) -> Line {
    // SAFETY: every aarch64 processor that Rust's targets name has NEON.
    line.map(|part| unsafe { vreinterpretq_s8_u8(part) })
}

/// The low or high nibbles of bytes.
#[inline(always)]
pub(super) fn nibbles<const HIGH: bool>(line: [uint8x16_t; 4]) -> [uint8x16_t; 4] {
    // SAFETY: every aarch64 processor that Rust's targets name has NEON.
    line.map(|part| unsafe {
        if HIGH { vshrq_n_u8::<4>(part) } else { vandq_u8(part, vdupq_n_u8(15)) }
    })
}

/// Nibbles with bit `bit` of the bytes of `fifths` as their fifth.
#[inline(always)]
pub(super) fn with_fifths(nibbles: [uint8x16_t; 4], fifths: [uint8x16_t; 4], bit: usize) -> Line {
    // SAFETY: every aarch64 processor that Rust's targets name has NEON.
    signed(from_fn(|part| unsafe {
        let is_set = vtstq_u8(fifths[part], vdupq_n_u8(1 << bit));
        vorrq_u8(nibbles[part], vandq_u8(is_set, vdupq_n_u8(16)))
    }))
}

/// Four half-precision numbers.
///
/// # Safety
/// Eight bytes from `at` on are readable.
#[inline(always)]
pub(super) unsafe fn halves(at: *const u8) -> float32x4_t {
    let singles: float32x4_t;
    // SAFETY: as the caller promises; no alignment is asked for. The conversion is part of NEON.
    unsafe {
        let halves = vld1_u16(at.cast());
        std::arch::asm!(
            "fcvtl {singles:v}.4s, {halves:v}.4h",
            singles = out(vreg) singles,
            halves = in(vreg) halves,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    singles
}

/// No sums yet.
#[inline(always)]
pub(super) fn nothing<const C: usize>() -> Sums<C> {
    // SAFETY: every aarch64 processor that Rust's targets name has NEON.
    [[unsafe { vdupq_n_f32(0.0) }; 4]; C]
}

/// Stores the sums of `C` columns.
#[inline(always)]
pub(super) fn store<const C: usize>(sums: &Sums<C>, out: &mut [[f32; PANEL]]) {
    for (sums, out) in sums.iter().zip(out.iter_mut()) {
        for (sum, out) in sums.iter().zip(out.as_chunks_mut::<4>().0) {
            // SAFETY: `out` is four floats.
            unsafe { vst1q_f32(out.as_mut_ptr(), *sum) };
        }
    }
}

/// Calls the instance of a kernel for the number of columns, four at a time.
macro_rules! by_columns {
    ($kernel:ident, $generation:ident, $format:expr, $panel:expr, $columns:expr, $out:expr) => {{
        for first in (0..$columns.n_columns).step_by(FEW_COLUMNS) {
            let n = ($columns.n_columns - first).min(FEW_COLUMNS);
            let (columns, out) = (&$columns.part($format, first, n), &mut $out[first..]);
            // SAFETY: the lengths were checked.
            unsafe {
                match n {
                    1 => $kernel::<$generation, 1>($panel, columns, out),
                    2 => $kernel::<$generation, 2>($panel, columns, out),
                    3 => $kernel::<$generation, 3>($panel, columns, out),
                    _ => $kernel::<$generation, 4>($panel, columns, out),
                }
            }
        }
    }};
}
pub(super) use by_columns;

/// Sixteen weights of a column in single precision.
pub trait Dense {
    /// Where they lie.
    const FORMAT: Format;
    /// Reads them.
    ///
    /// # Safety
    /// A column of the format is readable.
    unsafe fn column(at: *const u8) -> [float32x4_t; 4];
}

/// [`Format::F32`].
pub struct Single;
/// [`Format::F16`].
pub struct Half;
/// [`Format::BF16`].
pub struct UpperHalf;

impl Dense for Single {
    const FORMAT: Format = Format::F32;
    #[inline(always)]
    unsafe fn column(at: *const u8) -> [float32x4_t; 4] {
        // SAFETY: 64 bytes are readable, as the caller promises.
        unsafe { from_fn(|part| vld1q_f32(at.add(16 * part).cast())) }
    }
}

impl Dense for Half {
    const FORMAT: Format = Format::F16;
    #[inline(always)]
    unsafe fn column(at: *const u8) -> [float32x4_t; 4] {
        // SAFETY: 32 bytes are readable, as the caller promises.
        unsafe { from_fn(|part| halves(at.add(8 * part))) }
    }
}

impl Dense for UpperHalf {
    const FORMAT: Format = Format::BF16;
    #[inline(always)]
    unsafe fn column(at: *const u8) -> [float32x4_t; 4] {
        // SAFETY: 32 bytes are readable, as the caller promises.
        unsafe {
            from_fn(|part| {
                let upper = vld1_u16(at.add(8 * part).cast());
                vreinterpretq_f32_u32(vshll_n_u16::<16>(upper))
            })
        }
    }
}

/// The product for weights that are not rounded to blocks.
pub fn dense<D: Dense>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, D::FORMAT);
    by_columns!(dense_columns, D, D::FORMAT, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
unsafe fn dense_columns<D: Dense, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut [[f32; PANEL]],
) {
    let mut sums = nothing::<C>();
    let x = columns.values.as_ptr();
    for index in 0..columns.n_values {
        // SAFETY: column `index` of the panel and of each of the `C` columns is there.
        unsafe {
            let weights = D::column(panel.quants.as_ptr().add(index * D::FORMAT.quant_bytes()));
            for (column, sums) in sums.iter_mut().enumerate() {
                let x = *x.add(column * columns.n_values + index);
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = vfmaq_n_f32(*sum, weights, x);
                }
            }
        }
    }
    store(&sums, out);
}

/// What a block's integer products are multiplied with on the side of the activations.
#[derive(Clone, Copy)]
pub(super) struct Scaling {
    /// The block's scale in the first column.
    pub(super) scales: *const f32,
    /// The block's sum in the first column; read for zero points and minima.
    pub(super) sums: *const f32,
    /// The zero point.
    pub(super) zero: f32,
    /// From a column's scale and sum to the next column's.
    pub(super) stride: usize,
}

impl Scaling {
    /// For a block of 256, whose zero point or minima are taken off as integers.
    ///
    /// # Safety
    /// The columns have a block `block`.
    #[inline(always)]
    pub(super) unsafe fn of_256(columns: &Columns<'_>, block: usize) -> Self {
        // SAFETY: as the caller promises.
        let scales = unsafe { columns.scales.as_ptr().add(block) };
        Self { scales, sums: ptr::null(), zero: 0.0, stride: columns.n_values / 256 }
    }
}

/// Adds `d · (scale · product − zero · sum)` of a block to the sums of all columns.
///
/// # Safety
/// 32 bytes of scales at `d`, and what `scaling` points to for `C` columns, are readable.
#[inline(always)]
pub(super) unsafe fn add_block<const C: usize>(
    sums: &mut Sums<C>,
    products: &Integers<C>,
    d: *const u8,
    scaling: Scaling,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let d: [float32x4_t; 4] = from_fn(|part| halves(d.add(8 * part)));
        for column in 0..C {
            let scale = *scaling.scales.add(column * scaling.stride);
            for part in 0..4 {
                let product = vcvtq_f32_s32(products[column][part]);
                let scaled = if scaling.zero == 0.0 {
                    vmulq_n_f32(product, scale)
                } else {
                    let offset = scaling.zero * *scaling.sums.add(column * scaling.stride);
                    vfmaq_n_f32(vdupq_n_f32(-offset), product, scale)
                };
                sums[column][part] = vfmaq_f32(sums[column][part], d[part], scaled);
            }
        }
    }
}

/// The integer products of a block of 32: panel's lines, activations, from a column to the next.
type BlockOf32<const C: usize> = unsafe fn(&mut Integers<C>, *const u8, *const i8, usize);

/// Formats with blocks of 32 and a scale each, and a minimum in Q5_1.
///
/// # Safety
/// The lengths were checked for `C` columns of the format.
#[inline(always)]
unsafe fn blocks_of_32<G: Generation, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut [[f32; PANEL]],
    (format, zero): (Format, f32),
    block_products: impl Fn(&mut Integers<C>, *const u8, *const i8, usize),
) {
    let n_blocks = columns.n_values / 32;
    let mut sums = nothing::<C>();
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let lines = panel.quants.as_ptr().add(block * format.quant_bytes());
            let x = columns.quants.as_ptr().add(32 * block);
            let mut products = G::nothing::<C>();
            block_products(&mut products, lines, x, columns.n_values);
            let products = G::by_rows(products);
            let d = panel.scales.as_ptr().add(block * format.scale_bytes());
            let scaling = Scaling {
                scales: columns.scales.as_ptr().add(block),
                sums: columns.sums.as_ptr().add(block),
                zero,
                stride: n_blocks,
            };
            add_block(&mut sums, &products, d, scaling);
            if format == Format::Q5_1 {
                add_minima(&mut sums, d.add(2 * PANEL), scaling);
            }
        }
    }
    store(&sums, out);
}

/// Adds the minima of a block times the sums of activations.
///
/// # Safety
/// 32 bytes of minima, and the sums that `scaling` points to for `C` columns, are readable.
#[inline(always)]
unsafe fn add_minima<const C: usize>(sums: &mut Sums<C>, minima: *const u8, scaling: Scaling) {
    // SAFETY: as the caller promises.
    unsafe {
        let minima: [float32x4_t; 4] = from_fn(|part| halves(minima.add(8 * part)));
        for (column, sums) in sums.iter_mut().enumerate() {
            let x = *scaling.sums.add(column * scaling.stride);
            for (sum, minima) in sums.iter_mut().zip(minima) {
                *sum = vfmaq_n_f32(*sum, minima, x);
            }
        }
    }
}

/// Defines the product of a format from that of a block.
macro_rules! product_of_32 {
    ($name:ident, $columns:ident, $block:ident, $format:expr, $zero:expr) => {
        #[inline(always)]
        pub fn $name<G: Generation>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
            columns.check(panel, $format);
            by_columns!($columns, G, $format, panel, columns, out);
        }

        /// # Safety
        /// The lengths were checked for `C` columns.
        #[inline(always)]
        unsafe fn $columns<G: Generation, const C: usize>(
            panel: &Panel<'_>,
            columns: &Columns<'_>,
            out: &mut [[f32; PANEL]],
        ) {
            let _: BlockOf32<C> = $block::<G, C>;
            // SAFETY: as the caller promises; the closure is called with whole blocks only.
            unsafe {
                blocks_of_32::<G, C>(
                    panel,
                    columns,
                    out,
                    ($format, $zero),
                    #[inline(always)]
                    |products, lines, x, stride| $block::<G, C>(products, lines, x, stride),
                );
            }
        }
    };
}

product_of_32!(q8_0, q8_0_columns, q8_0_block, Format::Q8_0, 0.0);
product_of_32!(q4_0, q4_0_columns, q4_0_block, Format::Q4_0, 8.0);
product_of_32!(q5_0, q5_0_columns, q5_0_block, Format::Q5_0, 16.0);
product_of_32!(q5_1, q5_1_columns, q5_0_block, Format::Q5_1, 0.0);

/// # Safety
/// A block's lines, and 32 activations of each of `C` columns, are readable.
#[inline(always)]
unsafe fn q8_0_block<G: Generation, const C: usize>(
    products: &mut Integers<C>,
    lines: *const u8,
    x: *const i8,
    stride: usize,
) {
    for line in [0, 2, 4, 6] {
        // SAFETY: as the caller promises.
        unsafe {
            let at = lines.add(line * LINE);
            let weights = [signed(load(at)), signed(load(at.add(LINE)))];
            G::add_lines(products, weights, x.add(4 * line), stride);
        }
    }
}

/// # Safety
/// A block's lines, and 32 activations of each of `C` columns, are readable.
#[inline(always)]
unsafe fn q4_0_block<G: Generation, const C: usize>(
    products: &mut Integers<C>,
    lines: *const u8,
    x: *const i8,
    stride: usize,
) {
    for line in [0, 2] {
        // SAFETY: as the caller promises.
        unsafe {
            let at = lines.add(line * LINE);
            let both = [load(at), load(at.add(LINE))];
            let low = both.map(|line| signed(nibbles::<false>(line)));
            G::add_lines(products, low, x.add(4 * line), stride);
            let high = both.map(|line| signed(nibbles::<true>(line)));
            G::add_lines(products, high, x.add(16 + 4 * line), stride);
        }
    }
}

/// # Safety
/// A block's lines, and 32 activations of each of `C` columns, are readable.
#[inline(always)]
unsafe fn q5_0_block<G: Generation, const C: usize>(
    products: &mut Integers<C>,
    lines: *const u8,
    x: *const i8,
    stride: usize,
) {
    // SAFETY: as the caller promises; NEON is everywhere.
    unsafe {
        let fifths = load(lines.add(4 * LINE));
        for line in [0, 2] {
            let at = lines.add(line * LINE);
            let both = [load(at), load(at.add(LINE))];
            let low = from_fn(|i| with_fifths(nibbles::<false>(both[i]), fifths, line + i));
            G::add_lines(products, low, x.add(4 * line), stride);
            let high = from_fn(|i| with_fifths(nibbles::<true>(both[i]), fifths, 4 + line + i));
            G::add_lines(products, high, x.add(16 + 4 * line), stride);
        }
    }
}
