//! A model whose last layers run on a GPU and the others on the processor, where the GPU's memory is
//! too small for all of them.
//!
//! ```text
//! tokens ─> processor: look-up, layers 0 .. first ─> hidden state ─> GPU: layers first .., logits
//! ```
//! The plan is cut where one buffer alone carries everything on. The processor goes first: so the
//! table of embeddings, which is looked up a row at a time, need not lie on the GPU.

use std::sync::Arc;

use super::decoder::cpu_runner;
use super::model::Model;
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::gpu::{GpuRunner, GpuWeights};
use crate::ops::{Batch, Best, BufferId, CacheGroup, Op, Outcome, Plan, Runner, RunnerOptions};

/// A plan in two parts.
pub(super) struct Halves {
    /// Ends with the hidden state as its logits.
    pub(super) on_cpu: Plan,
    /// Begins with the hidden state; its layers are numbered from 0.
    pub(super) on_gpu: Plan,
    /// The buffer that goes from one to the other.
    pub(super) hidden: BufferId,
}

/// Cuts a plan before layer `first`; `None` if there is no place to cut.
pub(super) fn halves(plan: &Plan, first: u32) -> Option<Halves> {
    let mixes = |op: &Op| match *op {
        Op::Attend { layer, .. } | Op::ShortConv { layer, .. } => layer + 1 == first,
        _ => false,
    };
    let earliest = plan.ops.iter().position(mixes)? + 1;
    let latest = plan.ops.iter().position(|op| op.stores() == Some(first))?;
    let (cut, hidden) = (earliest..=latest).find_map(|cut| {
        let buffers = (0..plan.buffers.len()).map(BufferId);
        let mut carried = buffers.filter(|&buffer| is_carried(plan, buffer, cut));
        match (carried.next(), carried.next()) {
            (Some(hidden), None) => Some((cut, hidden)),
            _ => None,
        }
    })?;
    let layers = |keep: &dyn Fn(u32) -> bool, shift: u32| -> Vec<CacheGroup> {
        let kept = |group: &CacheGroup| CacheGroup {
            content: group.content,
            window: group.window,
            layers: group.layers.iter().filter(|&&layer| keep(layer)).map(|l| l - shift).collect(),
        };
        plan.caches.iter().map(kept).collect()
    };
    let mut on_cpu = plan.clone();
    on_cpu.ops.truncate(cut);
    on_cpu.ops.push(Op::SelectRows { buffer: hidden });
    on_cpu.layer_rope.truncate(first as usize);
    on_cpu.caches = layers(&|layer| layer < first, 0);
    on_cpu.logits = hidden;
    on_cpu.n_vocab = plan.buffers[hidden.0].width;
    let mut on_gpu = plan.clone();
    on_gpu.ops.drain(..cut);
    on_gpu.layer_rope.drain(..first as usize);
    on_gpu.caches = layers(&|layer| layer >= first, first);
    for op in &mut on_gpu.ops {
        if let Op::StoreKeysValues { layer, .. }
        | Op::Attend { layer, .. }
        | Op::ShortConv { layer, .. } = op
        {
            *layer -= first;
        }
    }
    Some(Halves { on_cpu, on_gpu, hidden })
}

/// The same as an error if there is no place to cut.
pub(super) fn cut(plan: &Plan, first: u32) -> Result<Halves, ModelError> {
    halves(plan, first).ok_or_else(|| ModelError::Option {
        option: "the first layer on the GPU",
        found: first.to_string(),
        expected: format!("1 to {}", plan.n_layer().saturating_sub(1)),
    })
}

/// Whether what was written to the buffer before an operation is read from there on.
fn is_carried(plan: &Plan, buffer: BufferId, cut: usize) -> bool {
    let is_written = plan.ops[..cut].iter().any(|op| op.written() == Some(buffer));
    let next = plan.ops[cut..].iter().find_map(|op| {
        let is_read = op.read().contains(&Some(buffer));
        (is_read || op.written() == Some(buffer)).then_some(is_read)
    });
    is_written && next == Some(true)
}

/// Both parts as one runner.
pub(super) struct SplitRunner {
    on_cpu: Box<dyn Runner>,
    on_gpu: GpuRunner,
    /// The first layer on the GPU.
    first: u32,
}

impl SplitRunner {
    pub(super) fn new(
        model: &Model,
        plan: &Plan,
        first: u32,
        weights: &Arc<GpuWeights>,
        options: &RunnerOptions,
    ) -> Result<Self, ModelError> {
        let Halves { on_cpu, on_gpu, hidden } = cut(plan, first)?;
        let weights = weights.clone();
        let on_gpu = GpuRunner::with_input(on_gpu.into(), weights, options, Some(hidden))?;
        Ok(Self { on_cpu: cpu_runner(model, &on_cpu.into(), options)?, on_gpu, first })
    }
}

impl Runner for SplitRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        let all =
            Batch { rows: (0..batch.tokens.len() as i32).collect(), n_best: 0, ..batch.clone() };
        if self.on_cpu.forward(&all, cancel)? == Outcome::Cancelled {
            return Ok(Outcome::Cancelled);
        }
        self.on_gpu.forward_from(self.on_cpu.logits(), batch, cancel)
    }

    fn logits(&self) -> &[f32] {
        self.on_gpu.logits()
    }

    fn best(&self) -> &[Best] {
        self.on_gpu.best()
    }

    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError> {
        self.on_cpu.rotate_first_cells(group, n_cells, delta)?;
        self.on_gpu.rotate_first_cells(group, n_cells, delta)
    }

    fn forget_first_cells(&mut self) {
        self.on_cpu.forget_first_cells();
        self.on_gpu.forget_first_cells();
    }

    fn cell_bytes(&self, layer: u32) -> [usize; 2] {
        match layer.checked_sub(self.first) {
            Some(layer) => self.on_gpu.cell_bytes(layer),
            None => self.on_cpu.cell_bytes(layer),
        }
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        match layer.checked_sub(self.first) {
            Some(layer) => self.on_gpu.read_cells(layer, first, keys, values),
            None => self.on_cpu.read_cells(layer, first, keys, values),
        }
    }

    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        match layer.checked_sub(self.first) {
            Some(layer) => self.on_gpu.write_cells(layer, first, keys, values),
            None => self.on_cpu.write_cells(layer, first, keys, values),
        }
    }

    fn rest(&mut self) {
        self.on_cpu.rest();
    }

    fn set_threads(&mut self, n_threads: usize) -> Result<(), ModelError> {
        self.on_cpu.set_threads(n_threads)
    }

    fn cache_bytes(&self) -> u64 {
        self.on_cpu.cache_bytes() + self.on_gpu.cache_bytes()
    }

    fn compute_bytes(&self) -> u64 {
        self.on_cpu.compute_bytes() + self.on_gpu.compute_bytes()
    }
}
