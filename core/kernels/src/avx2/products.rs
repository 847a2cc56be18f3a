//! Products of a panel with one to four columns at a time: single precision, and blocks of 32.
//!
//! AVX2 multiplies unsigned by signed bytes and adds pairs into 16 bits (`maddubs`), so
//!  * nibbles are unsigned as they are: 8 products of at most 15 · 127 · 2 fit into 16 bits, and one
//!    `madd` with ones a block takes them to 32 bits; the zero point comes off with the sum of x;
//!  * signed bytes w · x are |w| · (x with w's sign); two products fill 16 bits.
//!
//! A panel's 16 rows are two vectors, so four columns make eight independent sums.

use std::arch::x86_64::*;

use super::super::ahead;
use super::super::layout::FEW_COLUMNS;
use super::super::{Columns, Format, LINE, PANEL, Panel, Tile};
use super::wide::{self, LEAST_COLUMNS, LEAST_COLUMNS_OF_FIVE_BITS};

/// Sums of `C` columns: `[column][half of the rows]`.
pub(super) type Sums<const C: usize> = [[__m256; 2]; C];
/// Sums of integers of `C` columns.
pub(super) type Integers<const C: usize> = [[__m256i; 2]; C];

/// Loads half a line.
///
/// # Safety
/// 32 bytes from `line` on are readable.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn load(line: *const u8) -> __m256i {
    // SAFETY: as the caller promises; no alignment is asked for.
    unsafe { _mm256_loadu_si256(line.cast()) }
}

/// Four activations, the same for all rows.
///
/// # Safety
/// Four bytes from `x` on are readable.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn broadcast(x: *const i8) -> __m256i {
    // SAFETY: as the caller promises; the read is unaligned.
    _mm256_set1_epi32(unsafe { x.cast::<i32>().read_unaligned() })
}

/// Eight half-precision numbers.
///
/// # Safety
/// 16 bytes from `halves` on are readable.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
pub(super) unsafe fn halves(halves: *const u8) -> __m256 {
    // SAFETY: as the caller promises; no alignment is asked for.
    _mm256_cvtph_ps(unsafe { _mm_loadu_si128(halves.cast()) })
}

/// Stores the sums of `C` columns.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn store<const C: usize>(sums: &Sums<C>, out: &mut [[f32; PANEL]]) {
    for (sums, out) in sums.iter().zip(out.iter_mut()) {
        // SAFETY: `out` is 16 floats.
        unsafe {
            _mm256_storeu_ps(out.as_mut_ptr(), sums[0]);
            _mm256_storeu_ps(out.as_mut_ptr().add(8), sums[1]);
        }
    }
}

/// Calls the instance of a kernel for the number of columns, four at a time.
macro_rules! by_columns {
    ($kernel:ident, $format:expr, $panel:expr, $columns:expr, $out:expr) => {{
        let few = |columns: &Columns<'_>, out: &mut [[f32; PANEL]]| {
            // SAFETY: the lengths were checked, and the caller has the extensions.
            unsafe {
                match columns.n_columns {
                    1 => store(&$kernel::<1>($panel, columns), out),
                    2 => store(&$kernel::<2>($panel, columns), out),
                    3 => store(&$kernel::<3>($panel, columns), out),
                    _ => store(&$kernel::<4>($panel, columns), out),
                }
            }
        };
        if $columns.n_columns <= FEW_COLUMNS {
            return few($columns, $out);
        }
        for first in (0..$columns.n_columns).step_by(FEW_COLUMNS) {
            let n = ($columns.n_columns - first).min(FEW_COLUMNS);
            few(&$columns.part($format, first, n), &mut $out[first..]);
        }
    }};
}
pub(super) use by_columns;

/// Sixteen weights of a column in single precision.
///
/// # Safety
/// A column of the format is readable.
type Weights = unsafe fn(*const u8) -> (__m256, __m256);

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn single(at: *const u8) -> (__m256, __m256) {
    // SAFETY: 64 bytes are readable, as the caller promises.
    unsafe { (_mm256_loadu_ps(at.cast()), _mm256_loadu_ps(at.add(32).cast())) }
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn half(at: *const u8) -> (__m256, __m256) {
    // SAFETY: 32 bytes are readable, as the caller promises.
    unsafe { (halves(at), halves(at.add(16))) }
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn upper_half(at: *const u8) -> (__m256, __m256) {
    // SAFETY: 32 bytes are readable, as the caller promises.
    let both = unsafe { load(at) };
    let wide = |part| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(part)));
    (wide(_mm256_castsi256_si128(both)), wide(_mm256_extracti128_si256::<1>(both)))
}

macro_rules! dense {
    ($name:ident, $inner:ident, $format:expr, $weights:ident) => {
        #[target_feature(enable = "avx2,fma,f16c")]
        pub fn $name(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
            columns.check(panel, $format);
            by_columns!($inner, $format, panel, columns, out);
        }

        /// # Safety
        /// The lengths were checked for `C` columns.
        #[target_feature(enable = "avx2,fma,f16c")]
        unsafe fn $inner<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
            let _: Weights = $weights;
            let mut sums = [[_mm256_setzero_ps(); 2]; C];
            let mut at = panel.quants.as_ptr();
            let x = columns.values.as_ptr();
            for index in 0..columns.n_values {
                // SAFETY: column `index` of the panel and of each of the `C` columns is there.
                unsafe {
                    let (first, second) = $weights(at);
                    for (column, sums) in sums.iter_mut().enumerate() {
                        let x = _mm256_set1_ps(*x.add(column * columns.n_values + index));
                        sums[0] = _mm256_fmadd_ps(x, first, sums[0]);
                        sums[1] = _mm256_fmadd_ps(x, second, sums[1]);
                    }
                    at = at.add($format.quant_bytes());
                }
            }
            sums
        }
    };
}

dense!(f32, f32_columns, Format::F32, single);
dense!(f16, f16_columns, Format::F16, half);
dense!(bf16, bf16_columns, Format::BF16, upper_half);

/// Multiplies unsigned bytes of 16 rows with the same four activations of each column, and adds pairs
/// to 16-bit sums.
///
/// # Safety
/// Four activations of each column, `stride` apart, are readable.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) unsafe fn add_pairs<const C: usize>(
    pairs: &mut Integers<C>,
    weights: [__m256i; 2],
    x: *const i8,
    stride: usize,
) {
    for (column, pairs) in pairs.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        let x = unsafe { broadcast(x.add(column * stride)) };
        pairs[0] = _mm256_add_epi16(pairs[0], _mm256_maddubs_epi16(weights[0], x));
        pairs[1] = _mm256_add_epi16(pairs[1], _mm256_maddubs_epi16(weights[1], x));
    }
}

/// Multiplies 16-bit sums with `factors`, and adds pairs of them to 32-bit sums.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn add_scaled<const C: usize>(
    products: &mut Integers<C>,
    pairs: &Integers<C>,
    factors: [__m256i; 2],
) {
    for column in 0..C {
        let first = _mm256_madd_epi16(pairs[column][0], factors[0]);
        let second = _mm256_madd_epi16(pairs[column][1], factors[1]);
        products[column][0] = _mm256_add_epi32(products[column][0], first);
        products[column][1] = _mm256_add_epi32(products[column][1], second);
    }
}

/// The low or high nibbles of bytes.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn nibbles<const HIGH: bool>(bytes: __m256i) -> __m256i {
    let bytes = if HIGH { _mm256_srli_epi16::<4>(bytes) } else { bytes };
    _mm256_and_si256(bytes, _mm256_set1_epi8(15))
}

/// Adds `d · (scale · product − zero · sum)` of a block to the sums of all columns.
///
/// # Safety
/// 32 bytes of scales, and one scale and, unless `zero` is 0, one sum a column at `stride`, are
/// readable.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
pub(super) unsafe fn add_block<const C: usize>(
    sums: &mut Sums<C>,
    products: &Integers<C>,
    d: *const u8,
    (scales, x_sums, zero): (*const f32, *const f32, f32),
    stride: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let d = [halves(d), halves(d.add(PANEL))];
        for column in 0..C {
            let scale = _mm256_set1_ps(*scales.add(column * stride));
            for half in 0..2 {
                let product = _mm256_cvtepi32_ps(products[column][half]);
                let scaled = if zero == 0.0 {
                    _mm256_mul_ps(product, scale)
                } else {
                    let offset = _mm256_set1_ps(zero * *x_sums.add(column * stride));
                    _mm256_fmsub_ps(product, scale, offset)
                };
                sums[column][half] = _mm256_fmadd_ps(d[half], scaled, sums[column][half]);
            }
        }
    }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q8_0(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q8_0);
    by_columns!(q8_0_columns, Format::Q8_0, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q8_0_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    let ones = _mm256_set1_epi16(1);
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 32);
    let mut sums = [[_mm256_setzero_ps(); 2]; C];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let lines = panel.quants.as_ptr().add(block * Format::Q8_0.quant_bytes());
            ahead::block_of_32(lines, Format::Q8_0);
            let x = columns.quants.as_ptr().add(32 * block);
            let mut products: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            for line in 0..8 {
                let at = lines.add(line * LINE);
                let (first, second) = (load(at), load(at.add(LINE / 2)));
                let sizes = [_mm256_abs_epi8(first), _mm256_abs_epi8(second)];
                for (column, products) in products.iter_mut().enumerate() {
                    let x = broadcast(x.add(column * n_values + 4 * line));
                    let pairs = _mm256_maddubs_epi16(sizes[0], _mm256_sign_epi8(x, first));
                    products[0] = _mm256_add_epi32(products[0], _mm256_madd_epi16(pairs, ones));
                    let pairs = _mm256_maddubs_epi16(sizes[1], _mm256_sign_epi8(x, second));
                    products[1] = _mm256_add_epi32(products[1], _mm256_madd_epi16(pairs, ones));
                }
            }
            let d = panel.scales.as_ptr().add(block * Format::Q8_0.scale_bytes());
            let (scales, x_sums) = (columns.scales.as_ptr(), columns.sums.as_ptr());
            let scaling = (scales.add(block), x_sums.add(block), 0.0);
            add_block(&mut sums, &products, d, scaling, n_blocks);
        }
    }
    sums
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q4_0(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q4_0);
    if columns.n_columns >= LEAST_COLUMNS {
        // SAFETY: the lengths were checked.
        return unsafe { wide::blocks_of_32::<false>(panel, columns, out, (Format::Q4_0, 8.0)) };
    }
    by_columns!(q4_0_columns, Format::Q4_0, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q4_0_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    let ones = [_mm256_set1_epi16(1); 2];
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 32);
    let mut sums = [[_mm256_setzero_ps(); 2]; C];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let lines = panel.quants.as_ptr().add(block * Format::Q4_0.quant_bytes());
            ahead::block_of_32(lines, Format::Q4_0);
            let x = columns.quants.as_ptr().add(32 * block);
            let mut pairs: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            for line in 0..4 {
                let at = lines.add(line * LINE);
                let (first, second) = (load(at), load(at.add(LINE / 2)));
                let low = [nibbles::<false>(first), nibbles::<false>(second)];
                add_pairs(&mut pairs, low, x.add(4 * line), n_values);
                let high = [nibbles::<true>(first), nibbles::<true>(second)];
                add_pairs(&mut pairs, high, x.add(16 + 4 * line), n_values);
            }
            let mut products: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            add_scaled(&mut products, &pairs, ones);
            let d = panel.scales.as_ptr().add(block * Format::Q4_0.scale_bytes());
            let (scales, x_sums) = (columns.scales.as_ptr(), columns.sums.as_ptr());
            let scaling = (scales.add(block), x_sums.add(block), 8.0);
            add_block(&mut sums, &products, d, scaling, n_blocks);
        }
    }
    sums
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q5_0(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q5_0);
    if columns.n_columns >= LEAST_COLUMNS_OF_FIVE_BITS {
        // SAFETY: the lengths were checked.
        return unsafe { wide::blocks_of_32::<true>(panel, columns, out, (Format::Q5_0, 16.0)) };
    }
    by_columns!(q5_0_columns, Format::Q5_0, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q5_0_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    // SAFETY: as the caller promises.
    unsafe { five_bit_columns::<C>(panel, columns, Format::Q5_0, 16.0) }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q5_1(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q5_1);
    if columns.n_columns >= LEAST_COLUMNS_OF_FIVE_BITS {
        // SAFETY: the lengths were checked.
        return unsafe { wide::blocks_of_32::<true>(panel, columns, out, (Format::Q5_1, 0.0)) };
    }
    by_columns!(q5_1_columns, Format::Q5_1, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q5_1_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    let n_blocks = columns.n_values / 32;
    // SAFETY: as the caller promises, block `block` of the panel and of each column is there.
    unsafe {
        let mut sums = five_bit_columns::<C>(panel, columns, Format::Q5_1, 0.0);
        for block in 0..n_blocks {
            let minima = panel.scales.as_ptr().add(block * Format::Q5_1.scale_bytes() + 2 * PANEL);
            let minima = [halves(minima), halves(minima.add(PANEL))];
            for (column, sums) in sums.iter_mut().enumerate() {
                let x = _mm256_set1_ps(*columns.sums.as_ptr().add(column * n_blocks + block));
                for half in 0..2 {
                    sums[half] = _mm256_fmadd_ps(minima[half], x, sums[half]);
                }
            }
        }
        sums
    }
}

/// The sums of a format with five bits, but for minima.
///
/// # Safety
/// The lengths were checked for `C` columns of the format.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn five_bit_columns<const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    format: Format,
    zero: f32,
) -> Sums<C> {
    let ones = [_mm256_set1_epi16(1); 2];
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 32);
    let mut sums = [[_mm256_setzero_ps(); 2]; C];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let lines = panel.quants.as_ptr().add(block * format.quant_bytes());
            ahead::block_of_32(lines, format);
            let x = columns.quants.as_ptr().add(32 * block);
            let fifths = lines.add(4 * LINE);
            let mut products: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            let low = five_bits::<C, false, false>(lines, fifths, x, n_values);
            add_scaled(&mut products, &low, ones);
            let high = five_bits::<C, true, true>(lines, fifths, x.add(16), n_values);
            add_scaled(&mut products, &high, ones);
            let d = panel.scales.as_ptr().add(block * format.scale_bytes());
            let (scales, x_sums) = (columns.scales.as_ptr(), columns.sums.as_ptr());
            let scaling = (scales.add(block), x_sums.add(block), zero);
            add_block(&mut sums, &products, d, scaling, n_blocks);
        }
    }
    sums
}

/// The 16-bit sums of four lines' low or high nibbles with the lower or upper four of a line of fifth
/// bits. Four products of at most 31 · 127 · 2 fit.
///
/// # Safety
/// Four lines and one of fifth bits, and 16 activations of each column at `x`, are readable.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) unsafe fn five_bits<const C: usize, const HIGH: bool, const UPPER: bool>(
    lines: *const u8,
    fifths: *const u8,
    x: *const i8,
    n_values: usize,
) -> Integers<C> {
    let sixteen = _mm256_set1_epi8(16);
    let mut pairs: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
    // SAFETY: as the caller promises.
    unsafe {
        // Bit `line` (or four further) comes to the place of 16 when moved right by `line`.
        let place = |half| {
            let bits = load(fifths.add(half));
            if UPPER { bits } else { _mm256_slli_epi16::<4>(bits) }
        };
        let mut bits = [place(0), place(LINE / 2)];
        for line in 0..4 {
            let at = lines.add(line * LINE);
            let first = nibbles::<HIGH>(load(at));
            let second = nibbles::<HIGH>(load(at.add(LINE / 2)));
            let weights = [
                _mm256_or_si256(first, _mm256_and_si256(bits[0], sixteen)),
                _mm256_or_si256(second, _mm256_and_si256(bits[1], sixteen)),
            ];
            add_pairs(&mut pairs, weights, x.add(4 * line), n_values);
            bits = [_mm256_srli_epi16::<1>(bits[0]), _mm256_srli_epi16::<1>(bits[1])];
        }
    }
    pairs
}
