//! One batch on its way through the steps: what every step reads, and where it writes.

use super::caches::Caches;
use super::memory::Memory;
use super::pool::Exit;
use super::rounded::Rounded;
use super::shared::Shared;
use super::split::Split;
use super::weights::CpuWeights;
use crate::cancel::CancelFlag;
use crate::ops::{Batch, BufferId, Plan};
use carrel_kernels::{Blocks, Kernels};

/// One batch on its way through the steps.
pub(super) struct Pass<'a> {
    pub(super) plan: &'a Plan,
    pub(super) weights: &'a CpuWeights,
    pub(super) kernels: &'static Kernels,
    pub(super) caches: &'a Caches,
    pub(super) batch: &'a Batch,
    pub(super) split: Split,
    pub(super) turns: &'a [Shared<f32>],
    pub(super) visibility: &'a [Shared<u8>],
    pub(super) parts: &'a Shared<f32>,
    pub(super) memory: &'a Memory,
    pub(super) cancel: &'a CancelFlag,
    pub(super) exit: Exit,
}

impl<'a> Pass<'a> {
    pub(super) fn buffer(&self, id: BufferId) -> &'a Shared<f32> {
        if id == self.plan.logits { &self.memory.logits } else { &self.memory.buffers[id.0] }
    }

    pub(super) fn rounded(&self, id: BufferId, blocks: Blocks) -> &'a Rounded {
        self.memory.rounded[id.0][blocks as usize].as_ref().expect("allocated for this step")
    }

    /// Row `row` of a buffer, to read.
    ///
    /// # Safety
    /// Nobody writes to the row while the result lives.
    pub(super) unsafe fn row_of(&self, id: BufferId, row: usize) -> &'a [f32] {
        let width = self.plan.buffers[id.0].width as usize;
        // SAFETY: as the caller promises.
        unsafe { self.buffer(id).read(row * width..(row + 1) * width) }
    }

    /// Row `row` of a buffer, to write.
    ///
    /// # Safety
    /// Nobody else reads or writes the row while the result lives.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn row_of_mut(&self, id: BufferId, row: usize) -> &'a mut [f32] {
        let width = self.plan.buffers[id.0].width as usize;
        // SAFETY: as the caller promises.
        unsafe { self.buffer(id).write(row * width..(row + 1) * width) }
    }
}
