//! Attention over a block of cells in integers of 16 bits, for many queries: `vpdpwssd` multiplies pairs of
//! them and adds both products to 32-bit sums, twice as many a cycle as in single precision.
//!
//! ```text
//! scores    rows are queries, columns keys, a pair two values of a head
//! mix       rows are shares, columns values, a pair two cells
//! ```
//! Every row and every column has a unit of its own, so large that no sum leaves 32 bits:
//! ```text
//! queries, keys   |x| ≤ 32767 and ‖x‖ ≤ 46300       |Σ x · y| ≤ ‖x‖ · ‖y‖ < 2³¹
//! shares          p ≤ 32767 and Σ p ≤ 2¹⁸ − 64
//! values          |v| ≤ 8191                         |Σ p · v| ≤ Σ p · max |v| < 2³¹
//! ```
//! what is left below the bounds is for rounding. So queries and keys are finer than half precision, by
//! their largest values, and so are shares, by the largest of the block.

use std::arch::asm;
use std::arch::x86_64::*;

use super::super::{Pairs, ShortRows, Softmax};
use super::attention::{by_queries, by_width, tile_of};

const LANES: usize = 16;
/// The largest integer of a query or key, and the largest norm.
const MOST: f32 = 32767.0;
const MOST_NORM: f32 = 46300.0;
/// The largest sum of shares of a block's cells.
const MOST_SHARES: f32 = 262_080.0;
/// The largest integer of a value.
const MOST_VALUE: f32 = 8191.0;
/// Below this, numbers are as good as zero: its inverse is a number.
const LEAST: f32 = 1e-30;

/// Stores integers of 16 bits.
///
/// # Safety
/// There is room for sixteen a vector.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn store_short<const W: usize>(integers: &[__m512i; W], out: *mut i16) {
    // Packing works within quarters of a vector; this puts the fours in order.
    let order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    let (twos, rest) = integers.as_chunks::<2>();
    for (index, [first, second]) in twos.iter().enumerate() {
        let packed = _mm512_permutexvar_epi64(order, _mm512_packs_epi32(*first, *second));
        // SAFETY: as the caller promises.
        unsafe { _mm512_storeu_si512(out.add(2 * index * LANES).cast(), packed) };
    }
    if let [last] = rest {
        // SAFETY: as the caller promises.
        unsafe {
            let short = _mm512_cvtepi32_epi16(*last);
            _mm256_storeu_si256(out.add((W - 1) * LANES).cast(), short);
        }
    }
}

/// Two vectors of integers as pairs of 16 bits.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn pair(first: __m512, second: __m512) -> __m512i {
    let second = _mm512_slli_epi32::<16>(_mm512_cvtps_epi32(second));
    _mm512_mask_blend_epi16(0xaaaa_aaaa, _mm512_cvtps_epi32(first), second)
}

#[target_feature(enable = "avx512f,avx512bw")]
pub fn round_queries(values: &[f32], depth: usize, integers: &mut [i16], units: &mut [f32]) {
    assert!(depth.is_multiple_of(LANES) && values.len() == units.len() * depth, "whole rows");
    assert_eq!(values.len(), integers.len(), "an integer a value");
    let rows = values.chunks_exact(depth).zip(integers.chunks_exact_mut(depth));
    for ((row, integers), unit) in rows.zip(units) {
        let sixteens = row.as_chunks::<LANES>().0;
        let load = |sixteen: &[f32; LANES]| {
            // SAFETY: sixteen numbers are there.
            unsafe { _mm512_loadu_ps(sixteen.as_ptr()) }
        };
        let (mut tops, mut squares) = (_mm512_setzero_ps(), _mm512_setzero_ps());
        for sixteen in sixteens {
            let x = load(sixteen);
            tops = _mm512_max_ps(tops, _mm512_abs_ps(x));
            squares = _mm512_fmadd_ps(x, x, squares);
        }
        let norm = _mm512_reduce_add_ps(squares).sqrt().max(LEAST);
        let scale = (MOST_NORM / norm).min(MOST / _mm512_reduce_max_ps(tops).max(LEAST));
        *unit = 1.0 / scale;
        for (sixteen, out) in sixteens.iter().zip(integers.as_chunks_mut::<LANES>().0) {
            let scaled = _mm512_mul_ps(load(sixteen), _mm512_set1_ps(scale));
            let short = _mm512_cvtepi32_epi16(_mm512_cvtps_epi32(scaled));
            // SAFETY: room for sixteen integers is there.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), short) };
        }
    }
}

/// Keys, `[cell / 16][depth][16]`: a cell is a column.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn pair_keys(keys: &[f32], n_cells: usize, integers: &mut [i16], units: &mut [f32]) {
    let depth = keys.len() / n_cells;
    columns::<true>(keys, (depth, n_cells), (LANES * depth, LANES), integers, units);
}

/// Values, `[cell][d_head]`: a cell is a place in all columns.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn pair_values(values: &[f32], n_cells: usize, integers: &mut [i16], units: &mut [f32]) {
    let d_head = values.len() / n_cells;
    columns::<false>(values, (n_cells, d_head), (LANES, d_head), integers, units);
}

/// `n` columns of an even depth, given how far sixteens of columns, and their rows, are apart.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn columns<const HAS_NORM: bool>(
    values: &[f32],
    (depth, n): (usize, usize),
    (to_next, to_next_row): (usize, usize),
    integers: &mut [i16],
    units: &mut [f32],
) {
    assert!(n.is_multiple_of(LANES) && depth.is_multiple_of(2), "whole vectors and pairs");
    assert!(values.len() == n * depth && units.len() == n, "whole columns");
    assert_eq!(values.len(), integers.len(), "an integer a value");
    let sixteens = integers.chunks_exact_mut(LANES * depth).zip(units.as_chunks_mut::<LANES>().0);
    for (index, (integers, units)) in sixteens.enumerate() {
        // SAFETY: `n / 16` times `depth` vectors lie so that together they are all values.
        let row = |row: usize| unsafe {
            _mm512_loadu_ps(values.as_ptr().add(index * to_next + row * to_next_row))
        };
        // Two of each, as one would wait for itself.
        let (mut tops, mut squares) = ([_mm512_setzero_ps(); 2], [_mm512_setzero_ps(); 2]);
        for two in (0..depth).step_by(2) {
            for (place, (tops, squares)) in tops.iter_mut().zip(&mut squares).enumerate() {
                let x = row(two + place);
                *tops = _mm512_max_ps(*tops, _mm512_abs_ps(x));
                if HAS_NORM {
                    *squares = _mm512_fmadd_ps(x, x, *squares);
                }
            }
        }
        let least = _mm512_set1_ps(LEAST);
        let top = _mm512_max_ps(_mm512_max_ps(tops[0], tops[1]), least);
        let most = if HAS_NORM { MOST } else { MOST_VALUE };
        let mut scale = _mm512_div_ps(_mm512_set1_ps(most), top);
        if HAS_NORM {
            let norm = _mm512_sqrt_ps(_mm512_add_ps(squares[0], squares[1]));
            let by_norm = _mm512_div_ps(_mm512_set1_ps(MOST_NORM), _mm512_max_ps(norm, least));
            scale = _mm512_min_ps(scale, by_norm);
        }
        // SAFETY: room for sixteen units is there.
        unsafe { _mm512_storeu_ps(units.as_mut_ptr(), _mm512_div_ps(_mm512_set1_ps(1.0), scale)) };
        for (two, out) in integers.as_chunks_mut::<{ 2 * LANES }>().0.iter_mut().enumerate() {
            let first = _mm512_mul_ps(row(2 * two), scale);
            let second = _mm512_mul_ps(row(2 * two + 1), scale);
            // SAFETY: room for sixteen pairs is there.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), pair(first, second)) };
        }
    }
}

/// `sum + first[0] · second[0] + first[1] · second[1]` of pairs.
///
/// As the compiler's function it would become a product and an addition, which Intel's processors do sooner,
/// but which take twice the places where one waits for no sum.
#[target_feature(enable = "avx512f,avx512vnni")]
#[inline]
fn add_products(mut sum: __m512i, first: __m512i, second: __m512i) -> __m512i {
    // SAFETY: the processor has the instruction, which changes nothing but its sum.
    unsafe {
        asm!(
            "vpdpwssd {0}, {1}, {2}",
            inout(zmm_reg) sum, in(zmm_reg) first, in(zmm_reg) second,
            options(pure, nomem, nostack, preserves_flags),
        );
    }
    sum
}

/// Sums of products of `N` rows with `W` times sixteen columns, as numbers without units.
///
/// # Safety
/// Rows of `depth` integers are there, and `W` sixteens of columns, `to_next` integers apart, that are as
/// deep.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
unsafe fn sums<const N: usize, const W: usize>(
    rows: *const i16,
    depth: usize,
    columns: *const i16,
    to_next: usize,
) -> [[__m512i; W]; N] {
    let mut sums = [[_mm512_setzero_si512(); W]; N];
    for place in (0..depth).step_by(2) {
        // SAFETY: this pair of each row and column is there, as the caller promises.
        unsafe {
            let mut pairs = [_mm512_setzero_si512(); W];
            for (sixteen, pairs) in pairs.iter_mut().enumerate() {
                let at = columns.add(sixteen * to_next + place * LANES);
                *pairs = _mm512_loadu_si512(at.cast());
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                let two = rows.add(row * depth + place).cast::<i32>().read_unaligned();
                let two = _mm512_set1_epi32(two);
                for (sum, pairs) in sums.iter_mut().zip(pairs) {
                    *sum = add_products(*sum, two, pairs);
                }
            }
        }
    }
    sums
}

/// Checks what tiles rely on.
fn check(rows: &ShortRows<'_>, columns: &Pairs<'_>, out: &[f32]) {
    let (n_rows, n_columns) = (rows.units.len(), columns.units.len());
    assert!(n_columns.is_multiple_of(LANES) && rows.depth.is_multiple_of(2), "whole vectors");
    assert!(rows.depth <= columns.depth, "columns as deep as rows");
    assert_eq!(rows.integers.len(), n_rows * rows.depth, "whole rows");
    assert!(columns.integers.len() >= n_columns * columns.depth, "whole columns");
    assert_eq!(out.len(), n_rows * n_columns, "a result a row and column");
}

macro_rules! by_tiles {
    ($kernel:ident, $rows:ident, $columns:ident, $factors:expr, $out:ident) => {{
        check($rows, $columns, $out);
        let (depth, n_columns) = ($rows.depth, $columns.units.len());
        let tile = tile_of($rows.units.len());
        let factors: &[f32] = $factors;
        for (index, units) in $rows.units.chunks(tile).enumerate() {
            let first_row = index * tile;
            let rows = ShortRows { integers: &$rows.integers[first_row * depth..], depth, units };
            let factors = &factors[first_row.min(factors.len())..];
            let out = &mut $out[first_row * n_columns..];
            by_width!(n_columns, first, WIDTH => {
                // SAFETY: the lengths were checked above.
                unsafe {
                    by_queries!($kernel[], units.len(), WIDTH, (&rows, $columns, first, factors, out))
                }
            });
        }
    }};
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn scores(queries: &ShortRows<'_>, keys: &Pairs<'_>, scores: &mut [f32]) {
    by_tiles!(score_tile, queries, keys, &[], scores);
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn mix(shares: &ShortRows<'_>, values: &Pairs<'_>, factors: &[f32], mixed: &mut [f32]) {
    assert_eq!(factors.len(), shares.units.len(), "a factor a row");
    by_tiles!(mix_tile, shares, values, factors, mixed);
}

/// Scores of `N` queries for `W` times sixteen cells from cell `first` on.
///
/// # Safety
/// They are there, and rows of scores for all cells.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn score_tile<const N: usize, const W: usize>(
    queries: &ShortRows<'_>,
    keys: &Pairs<'_>,
    first: usize,
    _: &[f32],
    scores: &mut [f32],
) {
    let n_cells = keys.units.len();
    // SAFETY: as the caller promises.
    unsafe {
        let columns = keys.integers.as_ptr().add(first * keys.depth);
        let rows = queries.integers.as_ptr();
        let sums = sums::<N, W>(rows, queries.depth, columns, LANES * keys.depth);
        let mut units = [_mm512_setzero_ps(); W];
        for (group, units) in units.iter_mut().enumerate() {
            *units = _mm512_loadu_ps(keys.units.as_ptr().add(first + group * LANES));
        }
        for (query, sums) in sums.iter().enumerate() {
            let unit = _mm512_set1_ps(queries.units[query]);
            for (group, (sum, units)) in sums.iter().zip(units).enumerate() {
                let score = _mm512_mul_ps(_mm512_cvtepi32_ps(*sum), _mm512_mul_ps(unit, units));
                let at = query * n_cells + first + group * LANES;
                _mm512_storeu_ps(scores.as_mut_ptr().add(at), score);
            }
        }
    }
}

/// `W` times sixteen columns, from column `first` on, of `N` queries' mixed values.
///
/// # Safety
/// They are there, `N` factors, and rows of all columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn mix_tile<const N: usize, const W: usize>(
    shares: &ShortRows<'_>,
    values: &Pairs<'_>,
    first: usize,
    factors: &[f32],
    mixed: &mut [f32],
) {
    let d_head = values.units.len();
    // SAFETY: as the caller promises.
    unsafe {
        let columns = values.integers.as_ptr().add(first * values.depth);
        let rows = shares.integers.as_ptr();
        let sums = sums::<N, W>(rows, shares.depth, columns, LANES * values.depth);
        let mut units = [_mm512_setzero_ps(); W];
        for (group, units) in units.iter_mut().enumerate() {
            *units = _mm512_loadu_ps(values.units.as_ptr().add(first + group * LANES));
        }
        for (query, sums) in sums.iter().enumerate() {
            let unit = _mm512_set1_ps(shares.units[query]);
            let factor = _mm512_set1_ps(factors[query]);
            for (group, (sum, units)) in sums.iter().zip(units).enumerate() {
                let at = mixed.as_mut_ptr().add(query * d_head + first + group * LANES);
                let before = _mm512_mul_ps(_mm512_loadu_ps(at), factor);
                let units = _mm512_mul_ps(unit, units);
                _mm512_storeu_ps(at, _mm512_fmadd_ps(_mm512_cvtepi32_ps(*sum), units, before));
            }
        }
    }
}

/// 2ˣ for numbers up to 0, within 2⁻¹⁸ of itself: finer than the integers that come of it. Below 2⁻¹²⁶, as
/// for −∞, it is so little that none comes of it.
#[target_feature(enable = "avx512f")]
#[inline]
fn power(x: __m512) -> __m512 {
    let x = _mm512_max_ps(_mm512_set1_ps(-126.0), x);
    let n = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x);
    let r = _mm512_sub_ps(x, n);
    // The polynomial of degree 4 with the least relative error between −½ and ½ (Remez's exchange).
    let mut p = _mm512_set1_ps(9.570_102e-3);
    for coefficient in [5.591_786e-2, 2.402_474_5e-1, 6.931_218e-1, 9.999_993e-1] {
        p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(coefficient));
    }
    _mm512_scalef_ps(p, n)
}

/// Rows whose shares are computed together: what one waits for, the others compute meanwhile, and their
/// vectors stay in registers.
const ROWS: usize = 4;

/// Shares of rows of at most four vectors.
#[target_feature(enable = "avx512f,avx512bw")]
pub fn shares(
    scores: &[f32],
    running: &mut [Softmax],
    shares: &mut [i16],
    (factors, units): (&mut [f32], &mut [f32]),
) {
    let (n, n_cells) = (running.len(), scores.len() / running.len());
    assert!(scores.len() == n * n_cells && shares.len() == scores.len(), "whole rows");
    assert!(n_cells.is_multiple_of(LANES) && factors.len() == n && units.len() == n, "rows");
    let rows = scores.chunks_exact(n_cells).zip(&mut *running);
    rows.zip(factors).for_each(|((scores, running), factor)| *factor = raise_top(scores, running));
    match n_cells / LANES {
        1 => shares_of::<1>(scores, running, shares, units),
        2 => shares_of::<2>(scores, running, shares, units),
        3 => shares_of::<3>(scores, running, shares, units),
        4 => shares_of::<4>(scores, running, shares, units),
        n => panic!("1 to 4 vectors of scores, not {n}"),
    }
}

/// Takes a row's scores into the running maximum, and answers the factor for what was summed before.
#[target_feature(enable = "avx512f")]
#[inline]
fn raise_top(scores: &[f32], running: &mut Softmax) -> f32 {
    let before = _mm512_set1_ps(running.top);
    let tops = scores.as_chunks::<LANES>().0.iter().fold(before, |tops, x| {
        // SAFETY: sixteen numbers are there.
        _mm512_max_ps(tops, unsafe { _mm512_loadu_ps(x.as_ptr()) })
    });
    // Most blocks have no score above all before.
    if _mm512_cmp_ps_mask::<_CMP_GT_OQ>(tops, before) == 0 {
        return 1.0;
    }
    let top = _mm512_reduce_max_ps(tops);
    let factor = (running.top - top).exp();
    *running = Softmax { top, sum: running.sum * factor };
    factor
}

/// Rows of `W` vectors.
#[target_feature(enable = "avx512f,avx512bw")]
fn shares_of<const W: usize>(
    scores: &[f32],
    running: &mut [Softmax],
    shares: &mut [i16],
    units: &mut [f32],
) {
    let row = W * LANES;
    let n_fours = running.len() / ROWS * ROWS;
    for first in (0..n_fours).step_by(ROWS) {
        let (scores, shares) = (&scores[first * row..], &mut shares[first * row..]);
        shares_of_rows::<W, ROWS>(scores, &mut running[first..], shares, &mut units[first..]);
    }
    for first in n_fours..running.len() {
        let (scores, shares) = (&scores[first * row..], &mut shares[first * row..]);
        shares_of_rows::<W, 1>(scores, &mut running[first..], shares, &mut units[first..]);
    }
}

/// The first `R` rows of `W` vectors, whose running maxima are those with these rows.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn shares_of_rows<const W: usize, const R: usize>(
    scores: &[f32],
    running: &mut [Softmax],
    shares: &mut [i16],
    units: &mut [f32],
) {
    let log2_e = _mm512_set1_ps(std::f32::consts::LOG2_E);
    let mut x = [[_mm512_setzero_ps(); W]; R];
    let (mut tops, mut sums) = ([_mm512_setzero_ps(); ROWS], [_mm512_setzero_ps(); ROWS]);
    let rows = scores.as_chunks::<LANES>().0.as_chunks::<W>().0.iter().zip(&*running);
    let of_row = x.iter_mut().zip(tops.iter_mut().zip(&mut sums));
    for ((scores, running), (x, (top, sum))) in rows.zip(of_row) {
        // Where nothing is visible so far, what comes of any number is too little to count.
        let before = if running.top == f32::NEG_INFINITY { 0.0 } else { running.top };
        let offset = _mm512_mul_ps(_mm512_set1_ps(before), log2_e);
        // SAFETY: sixteen numbers are there.
        let scores = scores.each_ref().map(|x| unsafe { _mm512_loadu_ps(x.as_ptr()) });
        *x = scores.map(|x| power(_mm512_fmsub_ps(x, log2_e, offset)));
        *top = x[1..].iter().fold(x[0], |top, x| _mm512_max_ps(top, *x));
        *sum = x[1..].iter().fold(x[0], |sum, x| _mm512_add_ps(sum, *x));
    }
    let least = _mm_set1_ps(LEAST);
    let largest = _mm_max_ps(across(tops, |a, b| _mm512_max_ps(a, b)), least);
    let sums = across(sums, |a, b| _mm512_add_ps(a, b));
    let by_sum = _mm_div_ps(_mm_set1_ps(MOST_SHARES), _mm_max_ps(sums, least));
    let scales = _mm_min_ps(_mm_div_ps(_mm_set1_ps(MOST), largest), by_sum);
    let array = |four| {
        let mut out = [0.0; ROWS];
        // SAFETY: room for four numbers is there.
        unsafe { _mm_storeu_ps(out.as_mut_ptr(), four) };
        out
    };
    running.iter_mut().zip(array(sums)).take(R).for_each(|(running, sum)| running.sum += sum);
    units[..R].copy_from_slice(&array(_mm_div_ps(_mm_set1_ps(1.0), scales))[..R]);
    let shares = shares.as_chunks_mut::<LANES>().0.as_chunks_mut::<W>().0;
    for ((x, scale), shares) in x.iter().zip(array(scales)).zip(shares) {
        let scale = _mm512_set1_ps(scale);
        let integers = x.map(|x| _mm512_cvtps_epi32(_mm512_mul_ps(x, scale)));
        // SAFETY: room for sixteen integers a vector is there.
        unsafe { store_short(&integers, shares.as_flattened_mut().as_mut_ptr()) };
    }
}

/// What comes of an operation across each of four vectors.
#[target_feature(enable = "avx512f")]
#[inline]
fn across(x: [__m512; ROWS], with: impl Fn(__m512, __m512) -> __m512) -> __m128 {
    let pairs = |a, b| with(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    let [first, second] = [pairs(x[0], x[1]), pairs(x[2], x[3])].map(|x| _mm512_castps_pd(x));
    let low = _mm512_castpd_ps(_mm512_unpacklo_pd(first, second));
    let fours = with(low, _mm512_castpd_ps(_mm512_unpackhi_pd(first, second)));
    let eights = with(fours, _mm512_shuffle_f32x4::<0b01_00_11_10>(fours, fours));
    let all = with(eights, _mm512_shuffle_f32x4::<0b10_11_00_01>(eights, eights));
    _mm512_castps512_ps128(all)
}
