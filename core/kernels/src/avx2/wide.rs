//! Products of a panel with many columns, as in prefill.
//!
//! Four columns at a time need their sums in registers, and then unpacked weights have no room there.
//! Here it is the other way round: eight vectors of unpacked weights stay in registers while all columns
//! pass by, whose sums lie in the first cache. Such a group is four values of 16 rows, times four: for
//! every four activations that are broadcast, there are two products.

use std::arch::x86_64::*;

use super::super::ahead;
use super::super::{Columns, Format, LINE, PANEL, Panel, SCALE_LINES, TILE_COLUMNS, Tile, layout};
use super::k_blocks::{broadcast_sums, unsigned_pairs};
use super::products::{broadcast, halves, load, nibbles, store};

/// Fewest columns for which this is faster, as measured.
pub(super) const LEAST_COLUMNS: usize = 2;
/// The same for Q5_0 and Q5_1.
pub(super) const LEAST_COLUMNS_OF_FIVE_BITS: usize = 5;
/// The same for Q5_K.
pub(super) const LEAST_COLUMNS_OF_Q5_K: usize = 8;

/// Sums of single precision by column and half of the rows.
type Sums = [[__m256; 2]; TILE_COLUMNS];
/// Sums of integers.
type Integers = [[__m256i; 2]; TILE_COLUMNS];
/// Weights: by half of the rows, four values of each row a vector.
type Group = [[__m256i; 4]; 2];

/// The low or high nibbles of four lines.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn four_lines<const HIGH: bool>(lines: *const u8) -> Group {
    // Loops, as a closure is not always inlined where the extensions are asked for by function.
    let mut group = [[_mm256_setzero_si256(); 4]; 2];
    for (half, vectors) in group.iter_mut().enumerate() {
        for (line, vector) in vectors.iter_mut().enumerate() {
            // SAFETY: as the caller promises.
            let bytes = unsafe { load(lines.add(line * LINE + half * LINE / 2)) };
            *vector = nibbles::<HIGH>(bytes);
        }
    }
    group
}

/// The low nibbles of two lines, and their high ones.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn both_of_two_lines(lines: *const u8) -> Group {
    [0, LINE / 2].map(|half| {
        // SAFETY: as the caller promises.
        let (first, second) = unsafe { (load(lines.add(half)), load(lines.add(half + LINE))) };
        let low = [nibbles::<false>(first), nibbles::<false>(second)];
        [low[0], low[1], nibbles::<true>(first), nibbles::<true>(second)]
    })
}

/// Nibbles with a bit of `bits`, which lies at the place of 16, as their fifth.
#[target_feature(enable = "avx2")]
#[inline]
fn with_fifth(nibbles: __m256i, bits: __m256i) -> __m256i {
    _mm256_or_si256(nibbles, _mm256_and_si256(bits, _mm256_set1_epi8(16)))
}

/// The 16-bit sums of a group's products with four times four activations of a column.
///
/// # Safety
/// Four bytes are readable at each of `x`.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn pairs(group: &Group, x: [*const i8; 4]) -> [__m256i; 2] {
    // SAFETY: as the caller promises.
    let x = x.map(|at| unsafe { broadcast(at) });
    [0, 1].map(|half| {
        let product = |i: usize| _mm256_maddubs_epi16(group[half][i], x[i]);
        let first = _mm256_add_epi16(product(0), product(1));
        _mm256_add_epi16(first, _mm256_add_epi16(product(2), product(3)))
    })
}

/// Q4_0, or Q5_0 or Q5_1 with their fifth bits.
///
/// # Safety
/// The lengths were checked for the columns and `format`.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline(never)]
pub(super) unsafe fn blocks_of_32<const HAS_FIFTHS: bool>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut Tile,
    (format, zero): (Format, f32),
) {
    let ones = _mm256_set1_epi16(1);
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 32);
    let n_columns = columns.n_columns.min(TILE_COLUMNS);
    let mut sums: Sums = [[_mm256_setzero_ps(); 2]; TILE_COLUMNS];
    let mut parts: Integers = [[_mm256_setzero_si256(); 2]; TILE_COLUMNS];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let lines = panel.quants.as_ptr().add(block * format.quant_bytes());
            ahead::block_of_32(lines, format);
            let x = |column: usize| columns.quants.as_ptr().add(column * n_values + 32 * block);
            let mut group = both_of_two_lines(lines);
            if HAS_FIFTHS {
                group = with_fifths::<0>(group, lines.add(4 * LINE));
            }
            for (column, part) in parts.iter_mut().enumerate().take(n_columns) {
                let x = x(column);
                *part = pairs(&group, [x, x.add(4), x.add(16), x.add(20)]);
                if HAS_FIFTHS {
                    *part = part.map(|part| _mm256_madd_epi16(part, ones));
                }
            }
            let mut group = both_of_two_lines(lines.add(2 * LINE));
            if HAS_FIFTHS {
                group = with_fifths::<2>(group, lines.add(4 * LINE));
            }
            let scales = panel.scales.as_ptr().add(block * format.scale_bytes());
            let d = [halves(scales), halves(scales.add(PANEL))];
            for column in 0..n_columns {
                let x = x(column).add(8);
                let pairs = pairs(&group, [x, x.add(4), x.add(16), x.add(20)]);
                let at = column * n_blocks + block;
                let scale = _mm256_set1_ps(*columns.scales.as_ptr().add(at));
                let sum = _mm256_set1_ps(*columns.sums.as_ptr().add(at));
                let offset = _mm256_mul_ps(_mm256_set1_ps(zero), sum);
                for half in 0..2 {
                    let before = parts[column][half];
                    // Eight products of at most 15 · 127 · 2 fit into 16 bits, of 31 only four.
                    let product = if HAS_FIFTHS {
                        _mm256_add_epi32(before, _mm256_madd_epi16(pairs[half], ones))
                    } else {
                        _mm256_madd_epi16(_mm256_add_epi16(before, pairs[half]), ones)
                    };
                    let scaled = _mm256_fmsub_ps(_mm256_cvtepi32_ps(product), scale, offset);
                    let all = &mut sums[column][half];
                    *all = _mm256_fmadd_ps(d[half], scaled, *all);
                    if format == Format::Q5_1 {
                        let minima = halves(scales.add((2 + half) * PANEL));
                        *all = _mm256_fmadd_ps(minima, sum, *all);
                    }
                }
            }
        }
    }
    store(&sums, &mut out[..n_columns]);
}

/// Both nibbles of two lines, of which `FIRST` is the first of a block, with their fifth bits.
///
/// # Safety
/// The line of fifth bits is readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn with_fifths<const FIRST: i32>(group: Group, fifths: *const u8) -> Group {
    let with = |[a, b, c, d]: [__m256i; 4], half: usize| {
        // SAFETY: as the caller promises.
        let high = unsafe { load(fifths.add(half)) };
        // Bits 0 to 3 belong to low nibbles, 4 to 7 to high ones. What comes from a byte's neighbour
        // is not at the place of 16.
        let (low, high) = (_mm256_slli_epi16::<4>(high), high);
        let moved = match FIRST {
            0 => [low, _mm256_srli_epi16::<1>(low), high, _mm256_srli_epi16::<1>(high)],
            _ => [
                _mm256_srli_epi16::<2>(low),
                _mm256_srli_epi16::<3>(low),
                _mm256_srli_epi16::<2>(high),
                _mm256_srli_epi16::<3>(high),
            ],
        };
        [
            with_fifth(a, moved[0]),
            with_fifth(b, moved[1]),
            with_fifth(c, moved[2]),
            with_fifth(d, moved[3]),
        ]
    };
    [with(group[0], 0), with(group[1], LINE / 2)]
}

/// Q5_K. Unpacking its weights for each four columns takes as long as multiplying them; Q4_K's are
/// unpacked so fast that this way is no faster for it.
///
/// # Safety
/// The lengths were checked for the columns.
#[target_feature(enable = "avx2,fma,f16c")]
#[inline(never)]
pub(super) unsafe fn q5_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    let n_blocks = columns.n_values / 256;
    let n_columns = columns.n_columns.min(TILE_COLUMNS);
    let nothing: Integers = [[_mm256_setzero_si256(); 2]; TILE_COLUMNS];
    let mut sums: Sums = [[_mm256_setzero_ps(); 2]; TILE_COLUMNS];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * Format::Q5_K.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let (mut products, mut offsets) = (nothing, nothing);
            for pair in 0..4 {
                ahead::quarter(d, Format::Q5_K, pair);
                let both = (&mut products, &mut offsets);
                q5_k_sub_block::<false>(both, lines, d, columns, (block, 2 * pair));
                let both = (&mut products, &mut offsets);
                q5_k_sub_block::<true>(both, lines, d, columns, (block, 2 * pair + 1));
            }
            let halves_at = |at: *const u8| [halves(at), halves(at.add(PANEL))];
            let (d, d_min) = (halves_at(d), halves_at(d.add(2 * PANEL)));
            for column in 0..n_columns {
                let scale = _mm256_set1_ps(*columns.scales.as_ptr().add(column * n_blocks + block));
                for half in 0..2 {
                    let scaled = |sum| _mm256_mul_ps(_mm256_cvtepi32_ps(sum), scale);
                    let all = &mut sums[column][half];
                    *all = _mm256_fmadd_ps(d[half], scaled(products[column][half]), *all);
                    *all = _mm256_fnmadd_ps(d_min[half], scaled(offsets[column][half]), *all);
                }
            }
        }
    }
    store(&sums, &mut out[..n_columns]);
}

/// Adds the products of sub-block `sub`, and what its minima take off.
///
/// # Safety
/// The block's lines and scales, and block `block` of each column, are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn q5_k_sub_block<const HIGH: bool>(
    (products, offsets): (&mut Integers, &mut Integers),
    lines: *const u8,
    d: *const u8,
    columns: &Columns<'_>,
    (block, sub): (usize, usize),
) {
    let (n_values, n_columns) = (columns.n_values, columns.n_columns.min(TILE_COLUMNS));
    // SAFETY: as the caller promises.
    unsafe {
        let both = |at: *const u8| [unsigned_pairs(at), unsigned_pairs(at.add(PANEL / 2))];
        let (scales, minima) = (both(d.add((4 + sub) * PANEL)), both(d.add((12 + sub) * PANEL)));
        let fifths = lines.add(layout::q5_k::fifths(sub) * LINE);
        let lines = lines.add(layout::q5_k::nibbles(sub / 2, 0) * LINE);
        let x = columns.quants.as_ptr().add(256 * block + 32 * sub);
        let x_sums = columns.sums_of_16.as_ptr().add(16 * block + 2 * sub);
        let group = with_four_fifths::<false>(four_lines::<HIGH>(lines), fifths);
        for column in 0..n_columns {
            let x = x.add(column * n_values);
            let pairs = pairs(&group, [x, x.add(4), x.add(8), x.add(12)]);
            let sum = broadcast_sums(x_sums.add(column * n_values / 16));
            for half in 0..2 {
                let all = &mut products[column][half];
                *all = _mm256_add_epi32(*all, _mm256_madd_epi16(pairs[half], scales[half]));
                let all = &mut offsets[column][half];
                *all = _mm256_add_epi32(*all, _mm256_madd_epi16(minima[half], sum));
            }
        }
        let group = with_four_fifths::<true>(four_lines::<HIGH>(lines.add(4 * LINE)), fifths);
        for (column, products) in products.iter_mut().enumerate().take(n_columns) {
            let x = x.add(column * n_values + 16);
            let pairs = pairs(&group, [x, x.add(4), x.add(8), x.add(12)]);
            for half in 0..2 {
                let scaled = _mm256_madd_epi16(pairs[half], scales[half]);
                products[half] = _mm256_add_epi32(products[half], scaled);
            }
        }
    }
}

/// Nibbles of four lines with the lower or upper four of a line of fifth bits.
///
/// # Safety
/// The line of fifth bits is readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn with_four_fifths<const UPPER: bool>(group: Group, fifths: *const u8) -> Group {
    let with = |[a, b, c, d]: [__m256i; 4], half: usize| {
        // SAFETY: as the caller promises.
        let bits = unsafe { load(fifths.add(half)) };
        let bits = if UPPER { bits } else { _mm256_slli_epi16::<4>(bits) };
        [
            with_fifth(a, bits),
            with_fifth(b, _mm256_srli_epi16::<1>(bits)),
            with_fifth(c, _mm256_srli_epi16::<2>(bits)),
            with_fifth(d, _mm256_srli_epi16::<3>(bits)),
        ]
    };
    [with(group[0], 0), with(group[1], LINE / 2)]
}
