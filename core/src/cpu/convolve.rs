//! Gated short convolutions over time, and what they keep of earlier tokens.
//!
//! ```text
//! kept      [cell][width], the products b · x of a token, in single precision
//! kernel    [n][width], so that a column's factors are a row here and all loops run along rows
//! out[t] = c[t] · Σ_j kernel[j] · (b · x)[t − n + 1 + j], summed from the oldest token on
//! ```
//! A token of the batch multiplies `b · x` of those before it anew, so no thread waits for another.

use super::runner::Pass;
use super::shared::Shared;
use crate::error::ModelError;
use crate::ops::{BufferId, WeightId};

/// A gated convolution of one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShortConv {
    pub(super) layer: u32,
    pub(super) input: BufferId,
    pub(super) kernel: WeightId,
    pub(super) out: BufferId,
}

/// What a layer's convolution looks back at.
pub(super) struct Inputs {
    width: usize,
    rows: Shared<f32>,
}

impl Inputs {
    pub(super) fn new(width: usize, n_cells: usize) -> Result<Self, ModelError> {
        Ok(Self { width, rows: Shared::new(n_cells * width, "the KV cache")? })
    }

    /// Copies cells `first ..` out, as many as fit.
    pub(super) fn read(&self, first: usize, saved: &mut [u8]) {
        let start = first * self.width;
        // SAFETY: no pass is running while the caches are borrowed, so nobody writes.
        let rows = unsafe { self.rows.read(start..start + saved.len() / 4) };
        for (bytes, value) in saved.as_chunks_mut::<4>().0.iter_mut().zip(rows) {
            *bytes = value.to_le_bytes();
        }
    }

    /// Copies cells `first ..` in.
    pub(super) fn write(&mut self, first: usize, saved: &[u8]) {
        let rows = &mut self.rows.all_mut()[first * self.width..];
        for (value, bytes) in rows.iter_mut().zip(saved.as_chunks::<4>().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
}

impl Pass<'_> {
    /// The result of one token, whose products are kept for later ones.
    ///
    /// # Safety
    /// No other thread reads or writes the token's row of the result or its cell meanwhile, and none writes
    /// to the input.
    pub(super) unsafe fn convolve(&self, op: &ShortConv, token: usize) {
        let view = &self.batch.caches[self.plan.cache_of(op.layer)];
        let kept = self.caches.inputs(op.layer as usize);
        let kernel = self.weights.vector(op.kernel).chunks_exact(kept.width);
        let n_before = view.before.len();
        // SAFETY: the row is the caller's.
        let out = unsafe { self.row_of_mut(op.out, token) };
        out.fill(0.0);
        for (factors, place) in kernel.zip(token..) {
            // Places count from the first token that the batch's first one reaches.
            if let Some(earlier) = place.checked_sub(n_before) {
                // SAFETY: nobody writes to the input.
                let row = unsafe { self.row_of(op.input, earlier) };
                let (b, x) = (&row[..kept.width], &row[2 * kept.width..]);
                let terms = factors.iter().zip(b).zip(x);
                out.iter_mut().zip(terms).for_each(|(out, ((k, b), x))| *out += k * (b * x));
            } else if let Ok(cell) = usize::try_from(view.before[place]) {
                // SAFETY: a batch writes to other cells than those that it looks back at.
                let row = unsafe { kept.rows.read(cell * kept.width..(cell + 1) * kept.width) };
                let terms = factors.iter().zip(row);
                out.iter_mut().zip(terms).for_each(|(out, (k, bx))| *out += k * bx);
            }
        }
        let start = view.cells[token] as usize * kept.width;
        // SAFETY: the cell is the caller's, and nobody writes to the input.
        let (cell, row) =
            unsafe { (kept.rows.write(start..start + kept.width), self.row_of(op.input, token)) };
        let (b, rest) = row.split_at(kept.width);
        let (c, x) = rest.split_at(kept.width);
        cell.iter_mut().zip(b.iter().zip(x)).for_each(|(cell, (b, x))| *cell = b * x);
        out.iter_mut().zip(c).for_each(|(out, c)| *out *= c);
    }
}
