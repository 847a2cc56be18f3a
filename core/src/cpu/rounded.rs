//! Activations rounded to 8 bits, as products of whole numbers read them.

use std::ops::Range;

use super::shared::Shared;
use crate::error::ModelError;
use carrel_kernels::{Blocks, Columns, Quantised};

/// What the memory is for, in errors.
const WHAT: &str = "activations";

/// A buffer rounded to 8 bits.
pub(super) struct Rounded {
    blocks: Blocks,
    quants: Shared<i8>,
    scales: Shared<f32>,
    sums: Shared<f32>,
    starts: Shared<i32>,
    sums_of_16: Shared<i16>,
}

impl Rounded {
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub(super) fn new(blocks: Blocks, width: usize, n_batch: usize) -> Result<Self, ModelError> {
        let n = n_batch * width;
        let (n_sums, n_sums_of_16) = match blocks {
            Blocks::Of32 => (n / 32, 0),
            Blocks::Of256 => (0, n / 16),
        };
        Ok(Self {
            blocks,
            quants: Shared::new(n, WHAT)?,
            scales: Shared::new(n / blocks.n_values(), WHAT)?,
            sums: Shared::new(n_sums, WHAT)?,
            starts: Shared::new(n_sums, WHAT)?,
            sums_of_16: Shared::new(n_sums_of_16, WHAT)?,
        })
    }

    /// Sums of a row of `width` values.
    fn n_sums(&self, width: usize) -> usize {
        if self.blocks == Blocks::Of32 { width / 32 } else { 0 }
    }

    /// Sums of sixteen of a row of `width` values.
    fn n_sums_of_16(&self, width: usize) -> usize {
        if self.blocks == Blocks::Of256 { width / 16 } else { 0 }
    }

    /// Rows of `width` values, as products read them.
    ///
    /// # Safety
    /// Nobody writes to the rows while the result lives.
    pub(super) unsafe fn read(&self, rows: Range<usize>, width: usize) -> Columns<'_> {
        let part = |n: usize| rows.start * n..rows.end * n;
        // SAFETY: as the caller promises.
        unsafe {
            Columns {
                n_columns: rows.len(),
                n_values: width,
                values: &[],
                quants: self.quants.read(part(width)),
                scales: self.scales.read(part(width / self.blocks.n_values())),
                sums: self.sums.read(part(self.n_sums(width))),
                starts: self.starts.read(part(self.n_sums(width))),
                sums_of_16: self.sums_of_16.read(part(self.n_sums_of_16(width))),
            }
        }
    }

    /// Where rows of `width` values go.
    ///
    /// # Safety
    /// Nobody else reads or writes the rows while the result lives.
    pub(super) unsafe fn write(&self, rows: Range<usize>, width: usize) -> Quantised<'_> {
        let part = |n: usize| rows.start * n..rows.end * n;
        // SAFETY: as the caller promises.
        unsafe {
            Quantised {
                quants: self.quants.write(part(width)),
                scales: self.scales.write(part(width / self.blocks.n_values())),
                sums: self.sums.write(part(self.n_sums(width))),
                starts: self.starts.write(part(self.n_sums(width))),
                sums_of_16: self.sums_of_16.write(part(self.n_sums_of_16(width))),
            }
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> u64 {
        let n_fours = self.scales.len() + self.sums.len() + self.starts.len();
        (self.quants.len() + 4 * n_fours + 2 * self.sums_of_16.len()) as u64
    }
}
