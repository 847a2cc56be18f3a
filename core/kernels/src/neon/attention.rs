//! The three steps of attention over a block of cells.
//!
//! Scores and mixing are small matrix products in single precision: up to six queries share every load
//! of a key or value, in tiles of 6 × 16 that fill 24 vectors of sums.

use std::arch::aarch64::*;
use std::array::from_fn;

use super::super::Softmax;
use super::super::scalar::KERNELS as SCALAR;
use super::exponential::exponential;

/// Queries in a tile.
const TILE: usize = 6;

/// Calls the instance of a tile for the number of queries, 1 to [`TILE`].
macro_rules! by_queries {
    ($kernel:ident, $n:expr, ($($argument:expr),*)) => {
        match $n {
            1 => $kernel::<1>($($argument),*),
            2 => $kernel::<2>($($argument),*),
            3 => $kernel::<3>($($argument),*),
            4 => $kernel::<4>($($argument),*),
            5 => $kernel::<5>($($argument),*),
            _ => $kernel::<6>($($argument),*),
        }
    };
}

/// Sixteen numbers.
///
/// # Safety
/// They are readable.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn load(at: *const f32) -> [float32x4_t; 4] {
    // SAFETY: as the caller promises.
    from_fn(|part| unsafe { vld1q_f32(at.add(4 * part)) })
}

/// # Safety
/// Room for sixteen numbers is there.
#[target_feature(enable = "neon")]
#[inline]
unsafe fn store(at: *mut f32, values: &[float32x4_t; 4]) {
    for (part, values) in values.iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe { vst1q_f32(at.add(4 * part), *values) };
    }
}

#[target_feature(enable = "neon")]
pub fn scores(queries: &[f32], keys: &[f32], n_cells: usize, scores: &mut [f32]) {
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
#[target_feature(enable = "neon")]
unsafe fn score_tile<const N: usize>(
    queries: &[f32],
    keys: &[f32],
    d_head: usize,
    n_cells: usize,
    scores: &mut [f32],
) {
    let mut sums = [[vdupq_n_f32(0.0); 4]; N];
    for i in 0..d_head {
        // SAFETY: value `i` of each row is there, as the caller promises.
        unsafe {
            let keys = load(keys.as_ptr().add(i * 16));
            for (query, sums) in sums.iter_mut().enumerate() {
                let x = *queries.as_ptr().add(query * d_head + i);
                for (sum, keys) in sums.iter_mut().zip(keys) {
                    *sum = vfmaq_n_f32(*sum, keys, x);
                }
            }
        }
    }
    for (query, sums) in sums.iter().enumerate() {
        // SAFETY: 16 scores of each row are there, as the caller promises.
        unsafe { store(scores.as_mut_ptr().add(query * n_cells), sums) };
    }
}

#[target_feature(enable = "neon")]
pub fn softmax(scores: &mut [f32], running: &mut Softmax) -> f32 {
    let (fours, rest) = scores.as_chunks_mut::<4>();
    if !rest.is_empty() {
        return (SCALAR.softmax)(scores, running);
    }
    let mut tops = vdupq_n_f32(running.top);
    for four in &*fours {
        // SAFETY: four numbers are there.
        tops = vmaxq_f32(tops, unsafe { vld1q_f32(four.as_ptr()) });
    }
    let top = vmaxvq_f32(tops);
    if top == f32::NEG_INFINITY {
        // Nothing is visible so far.
        scores.fill(0.0);
        return 1.0;
    }
    let factor = (running.top - top).exp();
    let tops = vdupq_n_f32(top);
    let mut sums = vdupq_n_f32(0.0);
    for four in fours {
        // SAFETY: four numbers are there.
        unsafe {
            let shares = exponential(vsubq_f32(vld1q_f32(four.as_ptr()), tops));
            vst1q_f32(four.as_mut_ptr(), shares);
            sums = vaddq_f32(sums, shares);
        }
    }
    running.sum = running.sum * factor + vaddvq_f32(sums);
    running.top = top;
    factor
}

#[target_feature(enable = "neon")]
pub fn mix(shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]) {
    let d_head = values.len() / n_cells;
    if !d_head.is_multiple_of(16) {
        return (SCALAR.mix)(shares, values, n_cells, factors, mixed);
    }
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
#[target_feature(enable = "neon")]
unsafe fn mix_tile<const N: usize>(
    shares: &[f32],
    values: &[f32],
    n_cells: usize,
    d_head: usize,
    factors: &[f32],
    mixed: &mut [f32],
) {
    let mut sums = [[vdupq_n_f32(0.0); 4]; N];
    for (query, sums) in sums.iter_mut().enumerate() {
        // SAFETY: as the caller promises.
        unsafe {
            let before = load(mixed.as_ptr().add(query * d_head));
            *sums = from_fn(|part| vmulq_n_f32(before[part], factors[query]));
        }
    }
    for cell in 0..n_cells {
        // SAFETY: the row of each cell and the share of each query are there.
        unsafe {
            let values = load(values.as_ptr().add(cell * d_head));
            for (query, sums) in sums.iter_mut().enumerate() {
                let share = *shares.as_ptr().add(query * n_cells + cell);
                for (sum, values) in sums.iter_mut().zip(values) {
                    *sum = vfmaq_n_f32(*sum, values, share);
                }
            }
        }
    }
    for (query, sums) in sums.iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe { store(mixed.as_mut_ptr().add(query * d_head), sums) };
    }
}
