//! The three steps of attention over a block of cells.
//!
//! Scores and mixing are small matrix products in single precision: up to six queries share every load of
//! keys or values, which are four vectors wide where so many are there, one elsewhere.

use std::arch::x86_64::*;

use super::super::ahead::{self, Cache};
use super::super::scalar::KERNELS as SCALAR;
use super::super::{ByteRows, LINE, MOST_CELLS, Softmax};
use super::exponential::share;
use super::products::halves;

/// Queries in a tile.
const TILE: usize = 6;
/// Numbers of a vector.
const LANES: usize = 16;

/// What keys and values are kept as.
pub trait Kept: Copy {
    /// Whether it is read where it is kept, so that the next block is asked for while one is computed. A
    /// copy in single precision is near.
    const IS_FAR: bool;

    /// Sixteen of them.
    ///
    /// # Safety
    /// Sixteen are readable, and the processor has AVX-512.
    unsafe fn load(at: *const Self) -> __m512;
}

impl Kept for f32 {
    const IS_FAR: bool = false;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn load(at: *const Self) -> __m512 {
        // SAFETY: as the caller promises.
        unsafe { _mm512_loadu_ps(at) }
    }
}

/// Bits of half precision.
impl Kept for u16 {
    const IS_FAR: bool = true;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn load(at: *const Self) -> __m512 {
        // SAFETY: as the caller promises.
        unsafe { halves(at.cast()) }
    }
}

/// Signed bytes, without their scales.
impl Kept for u8 {
    const IS_FAR: bool = true;

    #[target_feature(enable = "avx512f")]
    #[inline]
    unsafe fn load(at: *const Self) -> __m512 {
        // SAFETY: as the caller promises.
        unsafe { bytes(at) }
    }
}

/// Sixteen signed bytes as numbers.
///
/// # Safety
/// Sixteen bytes from `at` on are readable.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn bytes(at: *const u8) -> __m512 {
    // SAFETY: as the caller promises; no alignment is asked for.
    _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(unsafe { _mm_loadu_si128(at.cast()) }))
}

/// Queries of a tile where there are `n`: as many in each as can be.
pub(super) fn tile_of(n: usize) -> usize {
    n.div_ceil(n.div_ceil(TILE).max(1)).max(1)
}

/// Calls the instance of a tile for the number of queries, 1 to [`TILE`], and of vectors.
macro_rules! by_queries {
    ($kernel:ident[$($parameter:tt)*], $n:expr, $width:expr, ($($argument:expr),*)) => {
        match $n {
            1 => $kernel::<$($parameter)* 1, $width>($($argument),*),
            2 => $kernel::<$($parameter)* 2, $width>($($argument),*),
            3 => $kernel::<$($parameter)* 3, $width>($($argument),*),
            4 => $kernel::<$($parameter)* 4, $width>($($argument),*),
            5 => $kernel::<$($parameter)* 5, $width>($($argument),*),
            _ => $kernel::<$($parameter)* 6, $width>($($argument),*),
        }
    };
}
pub(super) use by_queries;

/// Calls a tile for all of `n_all`, in fours of vectors and then in single ones.
macro_rules! by_width {
    ($n_all:expr, $first:ident, $width:ident => $call:expr) => {{
        const WIDE: usize = 64;
        let n_wide = $n_all / WIDE * WIDE;
        for $first in (0..n_wide).step_by(WIDE) {
            const $width: usize = 4;
            $call
        }
        for $first in (n_wide..$n_all).step_by(16) {
            const $width: usize = 1;
            $call
        }
    }};
}
pub(super) use by_width;

#[target_feature(enable = "avx512f")]
pub fn scores<K: Kept>(queries: &[f32], keys: &[K], n_cells: usize, scores: &mut [f32]) {
    let d_head = keys.len() / n_cells;
    let tile = tile_of(queries.len() / d_head);
    let tiles = queries.chunks(tile * d_head).zip(scores.chunks_mut(tile * n_cells));
    for (queries, scores) in tiles {
        let n = queries.len() / d_head;
        assert!(n_cells.is_multiple_of(LANES) && scores.len() == n * n_cells, "cells in sixteens");
        assert!(queries.len() == n * d_head && keys.len() == n_cells * d_head, "whole rows");
        by_width!(n_cells, first, WIDTH => {
            let (keys, scores) = (&keys[first * d_head..], &mut scores[first..]);
            // SAFETY: the lengths of all rows were checked above.
            unsafe { by_queries!(score_tile[_,], n, WIDTH, (queries, keys, d_head, n_cells, scores)) }
        });
    }
}

/// Scores of `N` queries for `W` times 16 cells.
///
/// # Safety
/// Rows of `d_head` queries, `W` times `d_head` rows of 16 keys, and rows of `n_cells` scores are there,
/// the latter from the first of these cells on.
#[target_feature(enable = "avx512f")]
unsafe fn score_tile<K: Kept, const N: usize, const W: usize>(
    queries: &[f32],
    keys: &[K],
    d_head: usize,
    n_cells: usize,
    scores: &mut [f32],
) {
    let mut sums = [[_mm512_setzero_ps(); W]; N];
    for i in 0..d_head {
        // SAFETY: value `i` of each row is there, as the caller promises.
        unsafe {
            let mut row = [_mm512_setzero_ps(); W];
            for (group, row) in row.iter_mut().enumerate() {
                let at = keys.as_ptr().add((group * d_head + i) * LANES);
                *row = K::load(at);
            }
            if K::IS_FAR && W > 1 {
                // The next block, line after line, whose groups the processor does not guess.
                let block = keys.as_ptr().wrapping_add(W * d_head * LANES);
                let lines = W * LANES * size_of::<K>() / LINE;
                let next = block.cast::<u8>().wrapping_add(i * lines * LINE);
                ahead::lines(next, lines, Cache::Second);
            }
            for (query, sums) in sums.iter_mut().enumerate() {
                let x = _mm512_set1_ps(*queries.as_ptr().add(query * d_head + i));
                for (sum, row) in sums.iter_mut().zip(row) {
                    *sum = _mm512_fmadd_ps(x, row, *sum);
                }
            }
        }
    }
    for (query, sums) in sums.iter().enumerate() {
        for (group, sum) in sums.iter().enumerate() {
            // SAFETY: these scores of each row are there, as the caller promises.
            unsafe {
                _mm512_storeu_ps(scores.as_mut_ptr().add(query * n_cells + group * LANES), *sum);
            }
        }
    }
}

#[target_feature(enable = "avx512f")]
pub fn softmax(scores: &mut [f32], running: &mut Softmax) -> f32 {
    let (sixteens, rest) = scores.as_chunks_mut::<LANES>();
    if !rest.is_empty() {
        return (SCALAR.softmax)(scores, running);
    }
    let mut tops = _mm512_set1_ps(running.top);
    for sixteen in &*sixteens {
        // SAFETY: sixteen numbers are there.
        tops = _mm512_max_ps(tops, unsafe { _mm512_loadu_ps(sixteen.as_ptr()) });
    }
    // Most blocks have no score above all before.
    let is_above = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(tops, _mm512_set1_ps(running.top)) != 0;
    let top = if is_above { _mm512_reduce_max_ps(tops) } else { running.top };
    if top == f32::NEG_INFINITY {
        // Nothing is visible so far.
        scores.fill(0.0);
        return 1.0;
    }
    let factor = if is_above { (running.top - top).exp() } else { 1.0 };
    let tops = _mm512_set1_ps(top);
    let mut sums = _mm512_setzero_ps();
    for sixteen in sixteens {
        // SAFETY: sixteen numbers are there.
        unsafe {
            let shares = share(_mm512_sub_ps(_mm512_loadu_ps(sixteen.as_ptr()), tops));
            _mm512_storeu_ps(sixteen.as_mut_ptr(), shares);
            sums = _mm512_add_ps(sums, shares);
        }
    }
    running.sum = running.sum * factor + _mm512_reduce_add_ps(sums);
    running.top = top;
    factor
}

#[target_feature(enable = "avx512f")]
pub fn mix(shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]) {
    if !(values.len() / n_cells).is_multiple_of(LANES) {
        return (SCALAR.mix)(shares, values, n_cells, factors, mixed);
    }
    mix_whole(shares, values, n_cells, factors, mixed);
}

/// As [`mix`], for rows of whole vectors.
#[target_feature(enable = "avx512f")]
pub fn mix_whole<V: Kept>(
    shares: &[f32],
    values: &[V],
    n_cells: usize,
    factors: &[f32],
    mixed: &mut [f32],
) {
    let d_head = values.len() / n_cells;
    assert!(d_head.is_multiple_of(LANES), "whole vectors");
    let tile = tile_of(factors.len());
    let tiles = shares.chunks(tile * n_cells).zip(mixed.chunks_mut(tile * d_head));
    for ((shares, mixed), factors) in tiles.zip(factors.chunks(tile)) {
        let n = factors.len();
        assert!(shares.len() == n * n_cells && mixed.len() == n * d_head, "a row a query");
        assert!(values.len() == n_cells * d_head, "whole rows");
        by_width!(d_head, first, WIDTH => {
            let (values, mixed) = (&values[first..], &mut mixed[first..]);
            // SAFETY: the lengths of all rows were checked above.
            unsafe {
                by_queries!(mix_tile[_,], n, WIDTH, (shares, values, n_cells, d_head, factors, mixed));
            }
        });
    }
}

/// As [`mix`], for values in 8 bits: their scales are multiplied with the shares, block by block.
#[target_feature(enable = "avx512f")]
pub fn mix_of_bytes(shares: &[f32], values: &ByteRows<'_>, factors: &[f32], mixed: &mut [f32]) {
    const BLOCK: usize = 32;
    let (n_cells, d_head) = (values.n_rows(), values.d_head);
    assert!((1..=MOST_CELLS).contains(&n_cells), "cells of a block");
    let tile = tile_of(factors.len());
    let tiles = shares.chunks(tile * n_cells).zip(mixed.chunks_mut(tile * d_head));
    let mut scaled = [0.0; TILE * MOST_CELLS];
    for ((shares, mixed), factors) in tiles.zip(factors.chunks(tile)) {
        let n = factors.len();
        assert!(shares.len() == n * n_cells && mixed.len() == n * d_head, "a row a query");
        let scaled = &mut scaled[..n * n_cells];
        for first in (0..d_head).step_by(BLOCK) {
            for (index, scales) in values.scales.chunks_exact(d_head).enumerate() {
                // SAFETY: sixteen scales of each block are there, and shares of these cells.
                unsafe {
                    let scales = halves(scales.as_ptr().add(first));
                    for query in 0..n {
                        let at = query * n_cells + index * LANES;
                        let share = _mm512_loadu_ps(shares.as_ptr().add(at));
                        let share = _mm512_mul_ps(share, scales);
                        _mm512_storeu_ps(scaled.as_mut_ptr().add(at), share);
                    }
                }
            }
            let (quants, mixed) = (&values.quants[first..], &mut mixed[first..]);
            // SAFETY: the lengths of all rows were checked above.
            unsafe {
                const WIDTH: usize = BLOCK / LANES;
                by_queries!(mix_tile[_,], n, WIDTH, (scaled, quants, n_cells, d_head, factors, mixed));
            }
        }
    }
}

/// `W` times sixteen columns of `N` queries' mixed values.
///
/// # Safety
/// `N` factors, rows of `n_cells` shares, `d_head` values and `d_head` results are there, the latter
/// two from the first of these columns on.
#[target_feature(enable = "avx512f")]
unsafe fn mix_tile<V: Kept, const N: usize, const W: usize>(
    shares: &[f32],
    values: &[V],
    n_cells: usize,
    d_head: usize,
    factors: &[f32],
    mixed: &mut [f32],
) {
    let mut sums = [[_mm512_setzero_ps(); W]; N];
    for (query, sums) in sums.iter_mut().enumerate() {
        let factor = _mm512_set1_ps(factors[query]);
        for (group, sum) in sums.iter_mut().enumerate() {
            // SAFETY: as the caller promises.
            let before =
                unsafe { _mm512_loadu_ps(mixed.as_ptr().add(query * d_head + group * LANES)) };
            *sum = _mm512_mul_ps(before, factor);
        }
    }
    for cell in 0..n_cells {
        // SAFETY: the row of each cell and the share of each query are there.
        unsafe {
            let mut row = [_mm512_setzero_ps(); W];
            for (group, row) in row.iter_mut().enumerate() {
                let at = values.as_ptr().add(cell * d_head + group * LANES);
                *row = V::load(at);
                if V::IS_FAR && W > 1 && (group * LANES * size_of::<V>()).is_multiple_of(LINE) {
                    let next = at.wrapping_add(n_cells * d_head);
                    ahead::lines(next.cast(), 1, Cache::Second);
                }
            }
            for (query, sums) in sums.iter_mut().enumerate() {
                let share = _mm512_set1_ps(*shares.as_ptr().add(query * n_cells + cell));
                for (sum, row) in sums.iter_mut().zip(row) {
                    *sum = _mm512_fmadd_ps(share, row, *sum);
                }
            }
        }
    }
    for (query, sums) in sums.iter().enumerate() {
        for (group, sum) in sums.iter().enumerate() {
            // SAFETY: as the caller promises.
            unsafe {
                _mm512_storeu_ps(mixed.as_mut_ptr().add(query * d_head + group * LANES), *sum);
            }
        }
    }
}
