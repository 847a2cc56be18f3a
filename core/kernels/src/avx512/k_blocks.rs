//! Products of a panel with columns of activations: blocks of 256 with integer sub-scales.
//!
//! Sums of a sub-block are multiplied with its rows' sub-scales in 32 bits, so single precision is only
//! needed once for 256 values. Two sub-blocks' weights (four of Q6_K, whose sub-blocks have 16 values)
//! stay in sixteen registers while all columns pass by; sums of products lie in the first cache. A single
//! column is `k_column`'s.

use std::arch::x86_64::*;

use super::super::ahead;
use super::super::{Columns, Format, LINE, PANEL, Panel, SCALE_LINES, TILE_COLUMNS, Tile, layout};
use super::k_column;
use super::products::{broadcast, halves, load};

/// Sums by column.
type Integers = [__m512i; TILE_COLUMNS];

/// Sixteen unsigned bytes, a 32-bit number a row.
///
/// # Safety
/// 16 bytes are readable.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) unsafe fn unsigned(bytes: *const u8) -> __m512i {
    // SAFETY: as the caller promises.
    _mm512_cvtepu8_epi32(unsafe { _mm_loadu_si128(bytes.cast()) })
}

/// The same for signed bytes.
///
/// # Safety
/// 16 bytes are readable.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) unsafe fn signed(bytes: *const u8) -> __m512i {
    // SAFETY: as the caller promises.
    _mm512_cvtepi8_epi32(unsafe { _mm_loadu_si128(bytes.cast()) })
}

/// Two 32-bit numbers a row as a pair of 16-bit ones.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) fn pair(first: __m512i, second: __m512i) -> __m512i {
    _mm512_mask_blend_epi16(0xaaaa_aaaa, first, _mm512_slli_epi32::<16>(second))
}

/// Low nibbles of a line, and high ones.
///
/// # Safety
/// The line is readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn nibbles(line: *const u8) -> [__m512i; 2] {
    // SAFETY: as the caller promises.
    let bytes = unsafe { load(line) };
    let fifteen = _mm512_set1_epi8(15);
    let high = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), fifteen);
    [_mm512_and_si512(bytes, fifteen), high]
}

/// Calls the instance of a kernel for the number of columns.
macro_rules! by_columns {
    ($kernel:ident [$($parameter:tt)*], $panel:expr, $columns:expr, $out:expr) => {
        match $columns.n_columns {
            2 => $kernel::<$($parameter)* 2>($panel, $columns, $out),
            4 => $kernel::<$($parameter)* 4>($panel, $columns, $out),
            16 => $kernel::<$($parameter)* 16>($panel, $columns, $out),
            _ => $kernel::<$($parameter)* 0>($panel, $columns, $out),
        }
    };
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn q4_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q4_K);
    // SAFETY: the lengths were checked.
    unsafe {
        match columns.n_columns {
            1 => k_column::sub_blocks_of_32::<false>(panel, columns, out),
            _ => by_columns!(sub_blocks_of_32 [false,], panel, columns, out),
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn q5_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q5_K);
    // SAFETY: the lengths were checked.
    unsafe {
        match columns.n_columns {
            1 => k_column::sub_blocks_of_32::<true>(panel, columns, out),
            _ => by_columns!(sub_blocks_of_32 [true,], panel, columns, out),
        }
    }
}

/// Adds `d · scale · integer` of a block to a column's sums.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn add_scaled(sum: &mut __m512, d: __m512, scale: __m512, integers: __m512i) {
    let scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(integers), scale);
    *sum = _mm512_fmadd_ps(d, scaled, *sum);
}

/// Q4_K, or Q5_K with its fifth bits; `C` columns, or as many as there are if `C` is 0.
///
/// # Safety
/// The lengths were checked for the columns of the format, of which there are `C`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn sub_blocks_of_32<const HAS_FIFTHS: bool, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut Tile,
) {
    let format = if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K };
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let n_columns = if C == 0 { columns.n_columns.min(TILE_COLUMNS) } else { C };
    let mut sums = [_mm512_setzero_ps(); TILE_COLUMNS];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * format.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let mut products: Integers = [_mm512_setzero_si512(); TILE_COLUMNS];
            for two in 0..4 {
                ahead::quarter(d, format, two);
                let (low, high) = if HAS_FIFTHS {
                    let at = |line: usize| lines.add(line * LINE);
                    let fifths = at(layout::q5_k::fifths(2 * two));
                    five_bits(at(layout::q5_k::nibbles(two, 0)), fifths)
                } else {
                    four_bits(lines.add(8 * two * LINE))
                };
                let scales = d.add((4 + 2 * two) * PANEL);
                let scales = [unsigned(scales), unsigned(scales.add(PANEL))];
                let x = columns.quants.as_ptr().add(256 * block + 64 * two);
                for (column, products) in products.iter_mut().enumerate().take(n_columns) {
                    let x = x.add(column * n_values);
                    let mut both = [_mm512_setzero_si512(); 2];
                    for v in 0..8 {
                        both[0] = _mm512_dpbusd_epi32(both[0], low[v], broadcast(x.add(4 * v)));
                        let x = broadcast(x.add(32 + 4 * v));
                        both[1] = _mm512_dpbusd_epi32(both[1], high[v], x);
                    }
                    let both = [
                        _mm512_mullo_epi32(both[0], scales[0]),
                        _mm512_mullo_epi32(both[1], scales[1]),
                    ];
                    *products = _mm512_add_epi32(*products, _mm512_add_epi32(both[0], both[1]));
                }
            }
            let minima: [__m512i; 8] = [0, 1, 2, 3, 4, 5, 6, 7].map(|sub| {
                let minimum = unsigned(d.add((12 + sub) * PANEL));
                pair(minimum, minimum)
            });
            let (d, d_min) = (halves(d), halves(d.add(2 * PANEL)));
            let x_sums = columns.sums_of_16.as_ptr().add(16 * block);
            for (column, sum) in sums.iter_mut().enumerate().take(n_columns) {
                let x_sums = x_sums.add(column * n_values / 16);
                let mut offsets = [_mm512_setzero_si512(); 2];
                for (sub, minima) in minima.iter().enumerate() {
                    let x = broadcast(x_sums.add(2 * sub).cast());
                    offsets[sub % 2] = _mm512_dpwssd_epi32(offsets[sub % 2], *minima, x);
                }
                let offset = _mm512_add_epi32(offsets[0], offsets[1]);
                let scale = _mm512_set1_ps(*columns.scales.as_ptr().add(column * n_blocks + block));
                add_scaled(sum, d, scale, products[column]);
                let scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(offset), scale);
                *sum = _mm512_fnmadd_ps(d_min, scaled, *sum);
            }
        }
    }
    store(&sums, out, n_columns);
}

/// Stores the sums of all columns.
#[target_feature(enable = "avx512f")]
#[inline]
fn store(sums: &[__m512; TILE_COLUMNS], out: &mut Tile, n_columns: usize) {
    for (sum, out) in sums.iter().zip(out.iter_mut()).take(n_columns) {
        // SAFETY: `out` is 16 floats.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), *sum) };
    }
}

/// Two sub-blocks of 32: the low and high nibbles of eight lines.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) unsafe fn four_bits(lines: *const u8) -> ([__m512i; 8], [__m512i; 8]) {
    let mut both = ([_mm512_setzero_si512(); 8], [_mm512_setzero_si512(); 8]);
    for v in 0..8 {
        // SAFETY: as the caller promises.
        [both.0[v], both.1[v]] = unsafe { nibbles(lines.add(v * LINE)) };
    }
    both
}

/// The same with a line of fifth bits each, whose bit `v` belongs to vector `v`.
///
/// # Safety
/// The eight lines, and the two of fifth bits, are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) unsafe fn five_bits(
    lines: *const u8,
    fifths: *const u8,
) -> ([__m512i; 8], [__m512i; 8]) {
    // SAFETY: as the caller promises.
    let ((low, high), fifths) =
        unsafe { (four_bits(lines), [load(fifths), load(fifths.add(LINE))]) };
    (with_fifths(low, fifths[0]), with_fifths(high, fifths[1]))
}

/// Nibbles of eight vectors with their fifth bits.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn with_fifths(nibbles: [__m512i; 8], fifths: __m512i) -> [__m512i; 8] {
    let with = |v: usize| with_fifth(v, nibbles[v], fifths);
    [with(0), with(1), with(2), with(3), with(4), with(5), with(6), with(7)]
}

/// Nibbles of vector `v` of eight with their fifth bits.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) fn with_fifth(v: usize, nibbles: __m512i, fifths: __m512i) -> __m512i {
    let bits = match v {
        0 => _mm512_slli_epi16::<4>(fifths),
        1 => _mm512_slli_epi16::<3>(fifths),
        2 => _mm512_slli_epi16::<2>(fifths),
        3 => _mm512_slli_epi16::<1>(fifths),
        4 => fifths,
        5 => _mm512_srli_epi16::<1>(fifths),
        6 => _mm512_srli_epi16::<2>(fifths),
        _ => _mm512_srli_epi16::<3>(fifths),
    };
    // (bits & sixteen) | nibbles. What comes from a byte's neighbour is not at the place of 16.
    _mm512_ternarylogic_epi32::<0xea>(bits, _mm512_set1_epi8(16), nibbles)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn q6_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q6_K);
    // SAFETY: the lengths were checked.
    unsafe {
        match columns.n_columns {
            1 => k_column::sub_blocks_of_16(panel, columns, out),
            _ => by_columns!(sub_blocks_of_16 [], panel, columns, out),
        }
    }
}

/// Q6_K; `C` columns, or as many as there are if `C` is 0.
///
/// # Safety
/// The lengths were checked for the columns, of which there are `C`.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn sub_blocks_of_16<const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut Tile,
) {
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let n_columns = if C == 0 { columns.n_columns.min(TILE_COLUMNS) } else { C };
    let mut sums = [_mm512_setzero_ps(); TILE_COLUMNS];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * Format::Q6_K.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let mut products: Integers = [_mm512_setzero_si512(); TILE_COLUMNS];
            for four in 0..4 {
                ahead::quarter(d, Format::Q6_K, four);
                // Sub-block `four` of each quarter of 64 values.
                let weights = quarters(lines.add(layout::q6_k::bits(4 * four) * LINE));
                let scales = |quarter: usize| signed(d.add((2 + 4 * quarter + four) * PANEL));
                let scales = [scales(0), scales(1), scales(2), scales(3)];
                let x = columns.quants.as_ptr().add(256 * block + 16 * four);
                for (column, products) in products.iter_mut().enumerate().take(n_columns) {
                    let x = x.add(column * n_values);
                    let mut all = [_mm512_setzero_si512(); 4];
                    for (v, weights) in weights.iter().enumerate() {
                        for (quarter, sum) in all.iter_mut().enumerate() {
                            let x = broadcast(x.add(64 * quarter + 4 * v));
                            *sum = _mm512_dpbusd_epi32(*sum, weights[quarter], x);
                        }
                    }
                    for (sum, scales) in all.iter_mut().zip(scales) {
                        *sum = _mm512_mullo_epi32(*sum, scales);
                    }
                    let sum = _mm512_add_epi32(
                        _mm512_add_epi32(all[0], all[1]),
                        _mm512_add_epi32(all[2], all[3]),
                    );
                    *products = _mm512_add_epi32(*products, sum);
                }
            }
            let scales: [__m512i; 8] = [0, 1, 2, 3, 4, 5, 6, 7].map(|two| {
                let at = d.add((2 + 2 * two) * PANEL);
                pair(signed(at), signed(at.add(PANEL)))
            });
            let d = halves(d);
            let x_sums = columns.sums_of_16.as_ptr().add(16 * block);
            for (column, sum) in sums.iter_mut().enumerate().take(n_columns) {
                let x_sums = x_sums.add(column * n_values / 16);
                let mut offsets = [_mm512_setzero_si512(); 2];
                for (two, scales) in scales.iter().enumerate() {
                    let x = broadcast(x_sums.add(2 * two).cast());
                    offsets[two % 2] = _mm512_dpwssd_epi32(offsets[two % 2], *scales, x);
                }
                let offset = _mm512_slli_epi32::<5>(_mm512_add_epi32(offsets[0], offsets[1]));
                let scale = _mm512_set1_ps(*columns.scales.as_ptr().add(column * n_blocks + block));
                add_scaled(sum, d, scale, _mm512_sub_epi32(products[column], offset));
            }
        }
    }
    store(&sums, out, n_columns);
}

/// Part of each quarter of a block, line by line, from where the first of their lines lies.
///
/// # Safety
/// The twelve lines are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) unsafe fn quarters(lines: *const u8) -> [[__m512i; 4]; 4] {
    // SAFETY: as the caller promises.
    let line = |v: usize| unsafe { six_bits(lines.add(layout::q6_k::bits(v) * LINE)) };
    [line(0), line(1), line(2), line(3)]
}

/// Four values of each quarter of a block, from the line of their upper bits and the two of nibbles behind it.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) unsafe fn six_bits(lines: *const u8) -> [__m512i; 4] {
    // SAFETY: as the caller promises.
    let (bits, first, second) =
        unsafe { (load(lines), nibbles(lines.add(LINE)), nibbles(lines.add(2 * LINE))) };
    let places = _mm512_set1_epi8(48);
    // (bits & places) | nibbles.
    let with = |nibbles, bits| _mm512_ternarylogic_epi32::<0xea>(bits, places, nibbles);
    [
        with(first[0], _mm512_slli_epi16::<4>(bits)),
        with(second[0], _mm512_slli_epi16::<2>(bits)),
        with(first[1], bits),
        with(second[1], _mm512_srli_epi16::<2>(bits)),
    ]
}
