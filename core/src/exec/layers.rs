//! How many layers of a model lie on a GPU: as many of the last ones as fit, whatever bounds there are.
//!
//! The memory beside the GPU counts, too: both together are what the promise of a budget is about.

use std::borrow::Cow;
use std::sync::Arc;

use super::decoder::{DecoderOptions, cells_for, context_length, runner_options};
use super::model::Model;
use super::need::{MemoryNeed, Part};
use super::split::{cut, halves};
use crate::error::{GpuError, ModelError};
use crate::gpu::{Gpu, GpuNeed};
use crate::ops::{Plan, RunnerOptions};

/// Bytes that a model and one decoder may take; as many as there are where absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct MemoryBounds {
    /// On the GPU.
    pub gpu_bytes: Option<u64>,
    /// On the GPU and beside it together.
    pub total_bytes: Option<u64>,
}

/// Layers on a GPU, and what a model needs that way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GpuLayers {
    /// The first layer there; the processor computes those before it.
    pub first: u32,
    /// Memory of model and decoder.
    pub need: MemoryNeed,
}

/// What does not change with the number of layers.
struct Wanted {
    plan: Plan,
    runner: RunnerOptions,
    n_ctx: usize,
}

impl Wanted {
    fn of(model: &Model, options: &DecoderOptions) -> Result<Self, ModelError> {
        let n_ctx = context_length(options);
        let plan = model.plan_for(n_ctx as u32)?;
        let runner = runner_options(&cells_for(&plan, options)?, options);
        Ok(Self { plan, runner, n_ctx })
    }

    fn gpu_need(&self, gpu: &Gpu, first: u32) -> Result<GpuNeed, ModelError> {
        Ok(GpuNeed::of(gpu, gpu_part(&self.plan, first)?.as_ref(), &self.runner))
    }

    fn need(&self, model: &Model, gpu: &Gpu, first: u32) -> Result<MemoryNeed, ModelError> {
        let gpu_bytes = self.gpu_need(gpu, first)?.total_bytes();
        let beside = halves(&self.plan, first).map(|halves| (halves.on_cpu, halves.hidden));
        let mut handed_bytes = 0;
        let on_cpu = match beside {
            Some((on_cpu, hidden)) => {
                // All tokens' hidden states: as computed, and as handed out.
                let width = u64::from(on_cpu.buffers[hidden.0].width);
                handed_bytes = 2 * 4 * width * self.runner.n_batch as u64;
                on_cpu
            }
            None => Plan { ops: Vec::new(), ..self.plan.clone() },
        };
        let (runner, n_ctx) = (&self.runner, self.n_ctx);
        let part = Part { plan: &on_cpu, runner, n_ctx, uses_all: false };
        let need = part.need(model, &self.plan)?;
        Ok(MemoryNeed { activation_bytes: need.activation_bytes + handed_bytes, gpu_bytes, ..need })
    }
}

impl Model {
    /// As many of the last layers on the GPU as the bounds allow, with one decoder of these options.
    /// Nothing is uploaded.
    ///
    /// # Errors
    /// [`ModelError::Budget`] with the numbers if not even one layer fits; if the options do not fit
    /// the model.
    pub fn gpu_layers(
        &self,
        gpu: &Gpu,
        options: &DecoderOptions,
        bounds: &MemoryBounds,
    ) -> Result<GpuLayers, ModelError> {
        let wanted = Wanted::of(self, options)?;
        let gpu_bytes = bounds.gpu_bytes.unwrap_or(u64::MAX);
        let total_bytes = bounds.total_bytes.unwrap_or(u64::MAX);
        let mut needs: Vec<MemoryNeed> = Vec::new();
        for first in 0..self.plan().n_layer() as u32 {
            let need = wanted.need(self, gpu, first)?;
            if need.gpu_bytes <= gpu_bytes && need.total_bytes() <= total_bytes {
                return Ok(GpuLayers { first, need });
            }
            needs.push(need);
        }
        let budget = |budget_bytes, bytes: &dyn Fn(&MemoryNeed) -> u64| ModelError::Budget {
            needed_bytes: needs.first().map_or(0, bytes),
            budget_bytes,
            minimum_bytes: needs.iter().map(bytes).min().unwrap_or(0),
        };
        let fits_gpu = needs.iter().any(|need| need.gpu_bytes <= gpu_bytes);
        Err(match fits_gpu {
            true => budget(total_bytes, &MemoryNeed::total_bytes),
            false => budget(gpu_bytes, &|need| need.gpu_bytes),
        })
    }

    /// The same model with as many of the last layers on the GPU as fit, with one decoder of these
    /// options, into the bounds and into what the GPU has.
    ///
    /// # Errors
    /// As [`Model::gpu_layers`] and [`Model::on_gpu`].
    pub fn on_gpu_within(
        &self,
        gpu: &Arc<Gpu>,
        options: &DecoderOptions,
        bounds: &MemoryBounds,
    ) -> Result<Self, ModelError> {
        let n_layer = self.plan().n_layer() as u32;
        let mut first = self.gpu_layers(gpu, options, bounds)?.first;
        loop {
            match self.on_gpu_from(gpu, first) {
                Err(ModelError::Gpu(GpuError::OutOfMemory)) if first + 1 < n_layer => {
                    log::warn!("{} layers do not fit on the GPU", n_layer - first);
                    first += (n_layer - first) / 2;
                }
                result => return result,
            }
        }
    }

    /// What this model needs on its GPU with one decoder of these options; `None` if it has none.
    ///
    /// # Errors
    /// If the options do not fit the model.
    pub fn gpu_need(&self, options: &DecoderOptions) -> Result<Option<GpuNeed>, ModelError> {
        let Some(part) = self.part_on_gpu() else { return Ok(None) };
        Wanted::of(self, options)?.gpu_need(part.gpu(), part.first_layer()).map(Some)
    }

    /// What this model and one decoder need on its GPU and beside it; `None` if it has none.
    pub(super) fn need_with_gpu(
        &self,
        options: &DecoderOptions,
    ) -> Result<Option<MemoryNeed>, ModelError> {
        let Some(part) = self.part_on_gpu() else { return Ok(None) };
        Wanted::of(self, options)?.need(self, part.gpu(), part.first_layer()).map(Some)
    }
}

/// The part of a plan from a layer on.
pub(super) fn gpu_part(plan: &Plan, first_layer: u32) -> Result<Cow<'_, Plan>, ModelError> {
    if first_layer == 0 {
        return Ok(Cow::Borrowed(plan));
    }
    Ok(Cow::Owned(cut(plan, first_layer)?.on_gpu))
}
