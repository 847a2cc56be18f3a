//! Keys and values in 8 bits: Q8_0, a scale in half precision for 32 values.
//!
//! ```text
//! keys     [row / 16], each a panel of the products' format Q8_0: cells are its rows, so scores are
//!          products with queries that are rounded to 8 bits, too, as llama.cpp does it
//! values   quants [row][d_head]
//! scales   of both [row / 16][d_head / 32][16]
//! saved    blocks as in a GGUF file: a scale and 32 quants
//! ```

use half::f16;

use super::cells::CELLS;
use super::shared::Shared;
use crate::error::ModelError;
use carrel_kernels::{Blocks, Kernels, LINE, Quantised};

/// Values and bytes of a block.
pub(super) const BLOCK_VALUES: usize = 32;
pub(super) const BLOCK_BYTES: usize = 34;

/// Keys, or values, by rows as `caches` counts them.
pub(super) struct Bytes {
    is_key: bool,
    d_head: usize,
    quants: Shared<u8>,
    scales: Shared<u8>,
}

impl Bytes {
    /// Zeros for `n_rows` rows.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub(super) fn new(
        is_key: bool,
        n_rows: usize,
        d_head: usize,
        what: &'static str,
    ) -> Result<Self, ModelError> {
        let quants = Shared::new(n_rows * d_head, what)?;
        let scales = Shared::new(2 * n_rows * d_head / BLOCK_VALUES, what)?;
        Ok(Self { is_key, d_head, quants, scales })
    }

    /// Where the scale of a row's block begins.
    fn scale_at(&self, row: usize, block: usize) -> usize {
        2 * ((row / CELLS * (self.d_head / BLOCK_VALUES) + block) * CELLS + row % CELLS)
    }

    /// Where four quants of a row begin.
    fn four_at(&self, row: usize, four: usize) -> usize {
        match self.is_key {
            true => row / CELLS * CELLS * self.d_head + four * LINE + row % CELLS * 4,
            false => row * self.d_head + 4 * four,
        }
    }

    /// Rounds a row.
    ///
    /// # Safety
    /// Nobody else reads or writes the row meanwhile.
    pub(super) unsafe fn store(&self, kernels: &Kernels, row: usize, values: &[f32]) {
        for (block, values) in values.chunks_exact(BLOCK_VALUES).enumerate() {
            let (mut quants, mut scale) = ([0; BLOCK_VALUES], [0.0]);
            let mut out = Quantised {
                quants: &mut quants,
                scales: &mut scale,
                sums: &mut [0.0],
                starts: &mut [0],
                sums_of_16: &mut [],
            };
            (kernels.quantise)(values, Blocks::Of32, &mut out);
            let quants = quants.map(|quant| quant as u8);
            // SAFETY: as the caller promises.
            unsafe { self.put(row, block, f16::from_f32(scale[0]).to_le_bytes(), &quants) };
        }
    }

    /// # Safety
    /// Nobody else reads or writes the row meanwhile.
    unsafe fn put(&self, row: usize, block: usize, scale: [u8; 2], quants: &[u8]) {
        let at = self.scale_at(row, block);
        // SAFETY: these bytes are the row's, which is the caller's.
        unsafe {
            self.scales.write(at..at + 2).copy_from_slice(&scale);
            for (index, quants) in quants.as_chunks::<4>().0.iter().enumerate() {
                let at = self.four_at(row, block * BLOCK_VALUES / 4 + index);
                self.quants.write(at..at + 4).copy_from_slice(quants);
            }
        }
    }

    /// Copies a row out as it is saved.
    pub(super) fn save(&self, row: usize, out: &mut [u8]) {
        for (block, out) in out.chunks_exact_mut(BLOCK_BYTES).enumerate() {
            let at = self.scale_at(row, block);
            let (scale, quants) = out.split_at_mut(2);
            // SAFETY: no pass is running while the caches are borrowed, so nobody writes.
            unsafe {
                scale.copy_from_slice(self.scales.read(at..at + 2));
                for (index, out) in quants.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                    let at = self.four_at(row, block * BLOCK_VALUES / 4 + index);
                    out.copy_from_slice(self.quants.read(at..at + 4));
                }
            }
        }
    }

    /// Copies a row in as it is saved.
    pub(super) fn restore(&mut self, row: usize, saved: &[u8]) {
        for (block, saved) in saved.chunks_exact(BLOCK_BYTES).enumerate() {
            // SAFETY: the caches are borrowed exclusively.
            unsafe { self.put(row, block, [saved[0], saved[1]], &saved[2..]) };
        }
    }

    /// Quants and scales of `n_rows` rows, whole sixteens.
    ///
    /// # Safety
    /// Nobody writes to these rows while the result lives.
    pub(super) unsafe fn read(&self, row: usize, n_rows: usize) -> (&[u8], &[u8]) {
        let (start, n) = (row * self.d_head, n_rows * self.d_head);
        let scales = 2 * start / BLOCK_VALUES..2 * (start + n) / BLOCK_VALUES;
        // SAFETY: as the caller promises.
        unsafe { (self.quants.read(start..start + n), self.scales.read(scales)) }
    }

    /// Asks for a range of values that will be read soon.
    pub(super) fn ask_ahead(&self, values: std::ops::Range<usize>) {
        let scale = |value: usize| 2 * (value / BLOCK_VALUES);
        self.scales.ask_ahead(scale(values.start)..scale(values.end));
        self.quants.ask_ahead(values);
    }
}

/// Q8_0 blocks → values.
pub(super) fn decode(blocks: &[u8], out: &mut [f32]) {
    for (bytes, out) in blocks.chunks_exact(BLOCK_BYTES).zip(out.chunks_exact_mut(BLOCK_VALUES)) {
        let scale = f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
        for (out, &quant) in out.iter_mut().zip(&bytes[2..]) {
            *out = scale * f32::from(quant as i8);
        }
    }
}

/// Values → Q8_0 blocks.
pub(super) fn encode(values: &[f32], out: &mut [u8]) {
    for (values, bytes) in values.chunks_exact(BLOCK_VALUES).zip(out.chunks_exact_mut(BLOCK_BYTES))
    {
        let largest = values.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        bytes[..2].copy_from_slice(&f16::from_f32(largest / 127.0).to_le_bytes());
        for (byte, value) in bytes[2..].iter_mut().zip(values) {
            *byte = (value * inverse).round() as i8 as u8;
        }
    }
}
