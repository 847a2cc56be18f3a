//! What a layer's short convolution keeps of earlier tokens.
//!
//! ```text
//! kept      [cell][width], the products b · x of a token, in single precision
//! ```

use super::shared::Shared;
use crate::error::ModelError;

/// What a layer's convolution looks back at.
pub(super) struct Inputs {
    pub(super) width: usize,
    pub(super) rows: Shared<f32>,
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
