//! The three steps of attention over a block of cells.
//!
//! Scores and mixing are small matrix products in single precision: up to six queries share every load
//! of a key or value, in tiles of 6 × 16 that fill twelve vectors of sums.

use std::arch::x86_64::*;

use super::super::Softmax;
use super::super::scalar::KERNELS as SCALAR;
use super::exponential::{exponential, largest, sum};
use super::products::halves;

/// What keys and values are kept as.
pub trait Kept: Copy {
    /// Sixteen of them.
    ///
    /// # Safety
    /// Sixteen are readable, and the processor has AVX2 and F16C.
    unsafe fn load(at: *const Self) -> (__m256, __m256);
}

impl Kept for f32 {
    #[target_feature(enable = "avx2,fma,f16c")]
    #[inline]
    unsafe fn load(at: *const Self) -> (__m256, __m256) {
        // SAFETY: as the caller promises.
        unsafe { (_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(8))) }
    }
}

/// Bits of half precision.
impl Kept for u16 {
    #[target_feature(enable = "avx2,fma,f16c")]
    #[inline]
    unsafe fn load(at: *const Self) -> (__m256, __m256) {
        // SAFETY: as the caller promises.
        unsafe { (halves(at.cast()), halves(at.add(8).cast())) }
    }
}

/// Queries in a tile.
const TILE: usize = 6;

/// Calls the instance of a tile for the number of queries, 1 to [`TILE`].
macro_rules! by_queries {
    ($kernel:ident, $n:expr, ($($argument:expr),*)) => {
        match $n {
            1 => $kernel::<_, 1>($($argument),*),
            2 => $kernel::<_, 2>($($argument),*),
            3 => $kernel::<_, 3>($($argument),*),
            4 => $kernel::<_, 4>($($argument),*),
            5 => $kernel::<_, 5>($($argument),*),
            _ => $kernel::<_, 6>($($argument),*),
        }
    };
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn scores<K: Kept>(queries: &[f32], keys: &[K], n_cells: usize, scores: &mut [f32]) {
    let d_head = keys.len() / n_cells;
    let tiles = queries.chunks(TILE * d_head).zip(scores.chunks_mut(TILE * n_cells));
    for (queries, scores) in tiles {
        let n = queries.len() / d_head;
        assert!(n_cells.is_multiple_of(16) && scores.len() == n * n_cells, "cells in sixteens");
        assert!(queries.len() == n * d_head && keys.len() == n_cells * d_head, "whole rows");
        for first in (0..n_cells).step_by(16) {
            // SAFETY: the lengths of all rows were checked above.
            unsafe {
                let keys = &keys[first * d_head..][..16 * d_head];
                by_queries!(score_tile, n, (queries, keys, d_head, n_cells, &mut scores[first..]));
            }
        }
    }
}

/// Scores of `N` queries for 16 cells.
///
/// # Safety
/// Rows of `d_head` queries, `d_head` rows of 16 keys, and rows of `n_cells` scores are there, the
/// latter from the first of the 16 cells on.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn score_tile<K: Kept, const N: usize>(
    queries: &[f32],
    keys: &[K],
    d_head: usize,
    n_cells: usize,
    scores: &mut [f32],
) {
    let mut sums = [[_mm256_setzero_ps(); 2]; N];
    for i in 0..d_head {
        // SAFETY: value `i` of each row is there, as the caller promises.
        unsafe {
            let (first, second) = K::load(keys.as_ptr().add(i * 16));
            for (query, sums) in sums.iter_mut().enumerate() {
                let x = _mm256_set1_ps(*queries.as_ptr().add(query * d_head + i));
                sums[0] = _mm256_fmadd_ps(x, first, sums[0]);
                sums[1] = _mm256_fmadd_ps(x, second, sums[1]);
            }
        }
    }
    for (query, sums) in sums.iter().enumerate() {
        // SAFETY: 16 scores of each row are there, as the caller promises.
        unsafe {
            let at = scores.as_mut_ptr().add(query * n_cells);
            _mm256_storeu_ps(at, sums[0]);
            _mm256_storeu_ps(at.add(8), sums[1]);
        }
    }
}

#[target_feature(enable = "avx2,fma")]
pub fn softmax(scores: &mut [f32], running: &mut Softmax) -> f32 {
    let (eights, rest) = scores.as_chunks_mut::<8>();
    if !rest.is_empty() {
        return (SCALAR.softmax)(scores, running);
    }
    let mut tops = _mm256_set1_ps(running.top);
    for eight in &*eights {
        // SAFETY: eight numbers are there.
        tops = _mm256_max_ps(tops, unsafe { _mm256_loadu_ps(eight.as_ptr()) });
    }
    let top = largest(tops);
    if top == f32::NEG_INFINITY {
        // Nothing is visible so far.
        scores.fill(0.0);
        return 1.0;
    }
    let factor = (running.top - top).exp();
    let tops = _mm256_set1_ps(top);
    let mut sums = _mm256_setzero_ps();
    for eight in eights {
        // SAFETY: eight numbers are there.
        unsafe {
            let shares = exponential(_mm256_sub_ps(_mm256_loadu_ps(eight.as_ptr()), tops));
            _mm256_storeu_ps(eight.as_mut_ptr(), shares);
            sums = _mm256_add_ps(sums, shares);
        }
    }
    running.sum = running.sum * factor + sum(sums);
    running.top = top;
    factor
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn mix(shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]) {
    if !(values.len() / n_cells).is_multiple_of(16) {
        return (SCALAR.mix)(shares, values, n_cells, factors, mixed);
    }
    mix_whole(shares, values, n_cells, factors, mixed);
}

/// As [`mix`], for rows of whole sixteens.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn mix_whole<V: Kept>(
    shares: &[f32],
    values: &[V],
    n_cells: usize,
    factors: &[f32],
    mixed: &mut [f32],
) {
    let d_head = values.len() / n_cells;
    assert!(d_head.is_multiple_of(16), "whole sixteens");
    let tiles = shares.chunks(TILE * n_cells).zip(mixed.chunks_mut(TILE * d_head));
    for ((shares, mixed), factors) in tiles.zip(factors.chunks(TILE)) {
        let n = factors.len();
        assert!(shares.len() == n * n_cells && mixed.len() == n * d_head, "a row a query");
        assert!(values.len() == n_cells * d_head, "whole rows");
        for first in (0..d_head).step_by(16) {
            // SAFETY: the lengths of all rows were checked above.
            unsafe {
                by_queries!(
                    mix_tile,
                    n,
                    (shares, &values[first..], n_cells, d_head, factors, &mut mixed[first..])
                );
            }
        }
    }
}

/// Sixteen columns of `N` queries' mixed values.
///
/// # Safety
/// `N` factors, rows of `n_cells` shares, `d_head` values and `d_head` results are there, the latter
/// two from the first of the 16 columns on.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn mix_tile<V: Kept, const N: usize>(
    shares: &[f32],
    values: &[V],
    n_cells: usize,
    d_head: usize,
    factors: &[f32],
    mixed: &mut [f32],
) {
    let mut sums = [[_mm256_setzero_ps(); 2]; N];
    for (query, sums) in sums.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        unsafe {
            let factor = _mm256_set1_ps(factors[query]);
            let at = mixed.as_ptr().add(query * d_head);
            *sums = [_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(8))]
                .map(|value| _mm256_mul_ps(value, factor));
        }
    }
    for cell in 0..n_cells {
        // SAFETY: the row of each cell and the share of each query are there.
        unsafe {
            let (first, second) = V::load(values.as_ptr().add(cell * d_head));
            for (query, sums) in sums.iter_mut().enumerate() {
                let share = _mm256_set1_ps(*shares.as_ptr().add(query * n_cells + cell));
                sums[0] = _mm256_fmadd_ps(share, first, sums[0]);
                sums[1] = _mm256_fmadd_ps(share, second, sums[1]);
            }
        }
    }
    for (query, sums) in sums.iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe {
            let at = mixed.as_mut_ptr().add(query * d_head);
            _mm256_storeu_ps(at, sums[0]);
            _mm256_storeu_ps(at.add(8), sums[1]);
        }
    }
}
