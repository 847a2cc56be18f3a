//! Products of a panel with one to four columns at a time: blocks of 256 with integer sub-scales.
//!
//! 16-bit sums of a sub-block are multiplied with its sub-scale by the same `madd` that takes them to
//! 32 bits, so single precision is only needed once for 256 values.

use std::arch::x86_64::*;
use std::ptr;

use super::super::ahead;
use super::super::layout::FEW_COLUMNS;
use super::super::{Columns, Format, LINE, PANEL, Panel, SCALE_LINES, Tile, layout};
use super::products::{
    Integers, Sums, add_block, add_pairs, add_scaled, by_columns, five_bits, load, nibbles, store,
};
use super::wide::{self, LEAST_COLUMNS_OF_Q5_K};

/// Eight bytes as pairs of equal 16-bit numbers, a pair a row.
///
/// # Safety
/// Eight bytes are readable.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) unsafe fn unsigned_pairs(bytes: *const u8) -> __m256i {
    // SAFETY: as the caller promises.
    let wide = _mm256_cvtepu8_epi32(unsafe { _mm_loadl_epi64(bytes.cast()) });
    _mm256_or_si256(wide, _mm256_slli_epi32::<16>(wide))
}

/// The same for signed bytes.
///
/// # Safety
/// Eight bytes are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn signed_pairs(bytes: *const u8) -> __m256i {
    // SAFETY: as the caller promises.
    let wide = _mm256_cvtepi8_epi32(unsafe { _mm_loadl_epi64(bytes.cast()) });
    _mm256_blend_epi16::<0b1010_1010>(wide, _mm256_slli_epi32::<16>(wide))
}

/// Two neighbouring sums of sixteen, the same for all rows.
///
/// # Safety
/// Both are readable.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) unsafe fn broadcast_sums(sums: *const i16) -> __m256i {
    // SAFETY: as the caller promises; the read is unaligned.
    _mm256_set1_epi32(unsafe { sums.cast::<i32>().read_unaligned() })
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q4_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q4_K);
    by_columns!(q4_k_columns, Format::Q4_K, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q4_k_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    // SAFETY: as the caller promises.
    unsafe { sub_blocks_of_32::<C, false>(panel, columns) }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q5_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q5_K);
    if columns.n_columns >= LEAST_COLUMNS_OF_Q5_K {
        // SAFETY: the lengths were checked.
        return unsafe { wide::q5_k(panel, columns, out) };
    }
    by_columns!(q5_k_columns, Format::Q5_K, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q5_k_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    // SAFETY: as the caller promises.
    unsafe { sub_blocks_of_32::<C, true>(panel, columns) }
}

/// Q4_K, or Q5_K with its fifth bits.
///
/// # Safety
/// The lengths were checked for `C` columns of the format.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
unsafe fn sub_blocks_of_32<const C: usize, const HAS_FIFTHS: bool>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
) -> Sums<C> {
    let format = if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K };
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let mut sums = [[_mm256_setzero_ps(); 2]; C];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * format.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let x = columns.quants.as_ptr().add(256 * block);
            let x_sums = columns.sums_of_16.as_ptr().add(16 * block);
            let mut products: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            let mut offsets: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            for pair in 0..4 {
                ahead::quarter(d, format, pair);
                let x = x.add(64 * pair);
                let low_scales = d.add((4 + 2 * pair) * PANEL);
                let (high_scales, high_x) = (low_scales.add(PANEL), x.add(32));
                if HAS_FIFTHS {
                    let fifths = |sub| lines.add(layout::q5_k::fifths(2 * pair + sub) * LINE);
                    let lines = lines.add(layout::q5_k::nibbles(pair, 0) * LINE);
                    let (low, high) = ((lines, fifths(0)), (lines, fifths(1)));
                    q5_k_half::<C, false>(&mut products, low, low_scales, x, n_values);
                    q5_k_half::<C, true>(&mut products, high, high_scales, high_x, n_values);
                } else {
                    let lines = lines.add(8 * pair * LINE);
                    q4_k_half::<C, false>(&mut products, lines, low_scales, x, n_values);
                    q4_k_half::<C, true>(&mut products, lines, high_scales, high_x, n_values);
                }
            }
            let minima = d.add(12 * PANEL);
            for sub in 0..8 {
                let at = minima.add(sub * PANEL);
                let minima = [unsigned_pairs(at), unsigned_pairs(at.add(PANEL / 2))];
                for (column, offsets) in offsets.iter_mut().enumerate() {
                    let x = broadcast_sums(x_sums.add(column * n_values / 16 + 2 * sub));
                    for (offset, minima) in offsets.iter_mut().zip(minima) {
                        *offset = _mm256_add_epi32(*offset, _mm256_madd_epi16(minima, x));
                    }
                }
            }
            let scaling = (columns.scales.as_ptr().add(block), ptr::null(), 0.0);
            add_block(&mut sums, &products, d, scaling, n_blocks);
            for offset in offsets.as_flattened_mut() {
                *offset = _mm256_sub_epi32(_mm256_setzero_si256(), *offset);
            }
            add_block(&mut sums, &offsets, d.add(2 * PANEL), scaling, n_blocks);
        }
    }
    sums
}

/// A sub-block: the low or high nibbles of eight lines.
///
/// # Safety
/// The lines, 16 sub-scales, and 32 activations of each column are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn q4_k_half<const C: usize, const HIGH: bool>(
    products: &mut Integers<C>,
    lines: *const u8,
    sub_scales: *const u8,
    x: *const i8,
    n_values: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let mut pairs: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
        for line in 0..8 {
            let at = lines.add(line * LINE);
            let weights = [nibbles::<HIGH>(load(at)), nibbles::<HIGH>(load(at.add(LINE / 2)))];
            add_pairs(&mut pairs, weights, x.add(4 * line), n_values);
        }
        let scales = [unsigned_pairs(sub_scales), unsigned_pairs(sub_scales.add(PANEL / 2))];
        add_scaled(products, &pairs, scales);
    }
}

/// The same with a line of fifth bits.
///
/// # Safety
/// Eight lines and one of fifth bits, 16 sub-scales, and 32 activations of each column are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn q5_k_half<const C: usize, const HIGH: bool>(
    products: &mut Integers<C>,
    (lines, fifths): (*const u8, *const u8),
    sub_scales: *const u8,
    x: *const i8,
    n_values: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let scales = [unsigned_pairs(sub_scales), unsigned_pairs(sub_scales.add(PANEL / 2))];
        let pairs = five_bits::<C, HIGH, false>(lines, fifths, x, n_values);
        add_scaled(products, &pairs, scales);
        let (lines, x) = (lines.add(4 * LINE), x.add(16));
        let pairs = five_bits::<C, HIGH, true>(lines, fifths, x, n_values);
        add_scaled(products, &pairs, scales);
    }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn q6_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q6_K);
    by_columns!(q6_k_columns, Format::Q6_K, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn q6_k_columns<const C: usize>(panel: &Panel<'_>, columns: &Columns<'_>) -> Sums<C> {
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let mut sums = [[_mm256_setzero_ps(); 2]; C];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * Format::Q6_K.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let x = columns.quants.as_ptr().add(256 * block);
            let x_sums = columns.sums_of_16.as_ptr().add(16 * block);
            let mut products: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            q6_k_quarter::<C, 0>(&mut products, lines, d, x, n_values);
            q6_k_quarter::<C, 1>(&mut products, lines, d, x, n_values);
            q6_k_quarter::<C, 2>(&mut products, lines, d, x, n_values);
            q6_k_quarter::<C, 3>(&mut products, lines, d, x, n_values);
            let mut offsets: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
            for sub in 0..16 {
                let at = d.add((2 + sub) * PANEL);
                let scales = [signed_pairs(at), signed_pairs(at.add(PANEL / 2))];
                for (column, offsets) in offsets.iter_mut().enumerate() {
                    let sum = *x_sums.add(column * n_values / 16 + sub);
                    // In the lower half of each pair only, so that it counts once.
                    let sum = _mm256_set1_epi32(i32::from(sum) & 0xffff);
                    for (offset, scales) in offsets.iter_mut().zip(scales) {
                        *offset = _mm256_add_epi32(*offset, _mm256_madd_epi16(scales, sum));
                    }
                }
            }
            for column in 0..C {
                for half in 0..2 {
                    let offset = _mm256_slli_epi32::<5>(offsets[column][half]);
                    products[column][half] = _mm256_sub_epi32(products[column][half], offset);
                }
            }
            let scaling = (columns.scales.as_ptr().add(block), ptr::null(), 0.0);
            add_block(&mut sums, &products, d, scaling, n_blocks);
        }
    }
    sums
}

/// Four sub-blocks of 16. Two products of at most 63 · 127 · 2 fit into 16 bits.
///
/// # Safety
/// A block's lines and scales, and 256 activations of each column, are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn q6_k_quarter<const C: usize, const QUARTER: usize>(
    products: &mut Integers<C>,
    lines: *const u8,
    d: *const u8,
    x: *const i8,
    n_values: usize,
) {
    if C > 1 {
        ahead::quarter(d, Format::Q6_K, QUARTER);
    }
    let high_bits = _mm256_set1_epi8(48);
    // SAFETY: as the caller promises.
    unsafe {
        let weights = |line: usize, half: usize| {
            let low = load(lines.add(layout::q6_k::nibbles(QUARTER, line) * LINE + half));
            let low = if QUARTER < 2 { nibbles::<false>(low) } else { nibbles::<true>(low) };
            let high = load(lines.add(layout::q6_k::bits(line) * LINE + half));
            // The quarter's two bits to the places of 16 and 32.
            let high = match QUARTER {
                0 => _mm256_slli_epi16::<4>(high),
                1 => _mm256_slli_epi16::<2>(high),
                2 => high,
                _ => _mm256_srli_epi16::<2>(high),
            };
            _mm256_or_si256(low, _mm256_and_si256(high, high_bits))
        };
        let x = x.add(64 * QUARTER);
        for sub in 0..4 {
            let at = d.add((2 + 4 * QUARTER + sub) * PANEL);
            let scales = [signed_pairs(at), signed_pairs(at.add(PANEL / 2))];
            for first in [4 * sub, 4 * sub + 2] {
                let mut pairs: Integers<C> = [[_mm256_setzero_si256(); 2]; C];
                for line in first..first + 2 {
                    let weights = [weights(line, 0), weights(line, LINE / 2)];
                    add_pairs(&mut pairs, weights, x.add(4 * line), n_values);
                }
                add_scaled(products, &pairs, scales);
            }
        }
    }
}
