//! Inputs of products of bytes, and who rounds them.
//!
//! Values are rounded by the kernel that makes them, if the next run multiplies them in bytes: a product
//! or a gate in bytes, attention, a convolution, and the sum of a norm. Else a kernel of its own does it. What is normed is rounded after
//! the norm's factors and before its division, by which products scale their results: the squares of a
//! span lie beside its bytes.
//!
//! Two buffers take turns, as a product reads the one while it fills the other.

use carrel_shaders::Kernel;

use super::device::Gpu;
use crate::error::GpuError;
use crate::ops::{BufferId, Plan, WeightId};

/// Values of a buffer, times the factors of a norm if they are normed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rounded {
    pub(super) of: BufferId,
    pub(super) factors: Option<WeightId>,
}

/// What is rounded, in the course of a walk over a plan.
pub(super) struct RoundedInputs {
    buffers: [wgpu::Buffer; 2],
    /// What the first of the two holds, for the run at hand.
    held: Option<Rounded>,
    /// What the next run wants in the second one.
    wanted: Option<Rounded>,
    /// Whether it is made there.
    is_made: bool,
}

impl RoundedInputs {
    pub(super) fn new(gpu: &Gpu, plan: &Plan) -> Result<Self, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE;
        let buffer = || gpu.buffer("rounded inputs", rounded_bytes(plan), usage);
        Ok(Self { buffers: [buffer()?, buffer()?], held: None, wanted: None, is_made: false })
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.buffers.iter().map(wgpu::Buffer::size).sum()
    }

    /// The next run begins, and the one after it wants this.
    pub(super) fn begin_run(&mut self, wanted: Option<Rounded>) {
        self.held = self.wanted.filter(|_| self.is_made);
        if self.is_made {
            self.buffers.swap(0, 1);
        }
        (self.wanted, self.is_made) = (wanted, false);
    }

    /// Where products of the run read, and whether somebody must put these values there first.
    pub(super) fn read(&mut self, values: Rounded) -> (wgpu::Buffer, bool) {
        let is_new = self.held != Some(values);
        self.held = Some(values);
        (self.buffers[0].clone(), is_new)
    }

    /// Where the run leaves what it makes of a buffer for the next one, and what that wants, if this run
    /// can make it.
    pub(super) fn make(
        &mut self,
        of: BufferId,
        can_make: impl FnOnce(&Rounded) -> bool,
    ) -> Option<(wgpu::Buffer, Rounded)> {
        let wanted = self.wanted.filter(|wanted| wanted.of == of).filter(can_make)?;
        self.is_made = true;
        Some((self.buffers[1].clone(), wanted))
    }
}

/// Bytes of the widest input of a product for few rows.
pub(super) fn rounded_bytes(plan: &Plan) -> u64 {
    let n_spans = plan.buffers.iter().map(|buffer| buffer.width.div_ceil(16)).max();
    4 * u64::from(n_spans.unwrap_or(0) * Kernel::ROUNDED_WORDS * Kernel::MATVEC_TOKENS)
}
