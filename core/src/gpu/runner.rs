//! Runs batches: inputs up, one submission for a token or a few for a long batch, logits down.

use std::sync::Arc;

use carrel_shaders::Kernel;

use super::caches::Caches;
use super::device::Gpu;
use super::inputs::Inputs;
use super::lower::{Lowered, Step, Work, lower};
use super::pipelines::Variant;
use super::weights::GpuWeights;
use crate::cancel::CancelFlag;
use crate::error::{GpuError, ModelError};
use crate::ops::{Batch, Outcome, Plan, Runner, RunnerOptions};

/// Multiply-adds in a submission, so that the screen is not kept waiting for a long batch: a phone
/// that does 100 billion a second takes 20 ms.
const SUBMISSION_PRODUCTS: u64 = 2_000_000_000;

/// Most workgroups in one dimension of a dispatch, in WebGPU.
const MOST_WORKGROUPS: u32 = 65_535;

/// A plan on a GPU with its weights, caches and scratch memory.
pub struct GpuRunner {
    plan: Arc<Plan>,
    weights: Arc<GpuWeights>,
    caches: Caches,
    inputs: Inputs,
    lowered: Lowered,
    staging: wgpu::Buffer,
    /// Parameters of the steps of one submission, a block each.
    params: Vec<u8>,
    n_batch: usize,
    logits: Vec<f32>,
}

impl GpuRunner {
    /// Makes all buffers: nothing is allocated on the GPU after that.
    ///
    /// # Errors
    /// [`GpuError::TooLarge`] or [`GpuError::OutOfMemory`] if memory for the options cannot be had,
    /// [`GpuError::Unsupported`] if there are no kernels for the plan, [`GpuError::Lost`].
    pub fn new(
        plan: Arc<Plan>,
        weights: Arc<GpuWeights>,
        options: &RunnerOptions,
    ) -> Result<Self, ModelError> {
        let gpu = weights.gpu.clone();
        let caches = Caches::new(&gpu, &plan, options)?;
        let inputs = Inputs::new(&gpu, &plan, options)?;
        let lowered = lower(&weights, &plan, &caches, &inputs, options)?;
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let staging = gpu.buffer("logits to read", lowered.logits.size(), usage)?;
        gpu.check()?;
        let n_batch = options.n_batch;
        let (params, logits) = (Vec::new(), Vec::new());
        Ok(Self { plan, weights, caches, inputs, lowered, staging, params, n_batch, logits })
    }

    /// Runs the head, and the tail for every part of the wanted rows.
    fn run(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, GpuError> {
        let gpu = self.weights.gpu.clone();
        self.inputs.write(&gpu, &self.plan, &self.weights, batch);
        let n_tokens = batch.tokens.len();
        let n_steps =
            if batch.rows.is_empty() { self.lowered.n_stored } else { self.lowered.head.len() };
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut first = 0;
        while first < n_steps {
            if cancel.is_cancelled() {
                return Ok(Outcome::Cancelled);
            }
            let last = first + fitting(&self.lowered.head[first..n_steps], n_tokens);
            self.encode(&gpu, &mut encoder, first..last, n_tokens, batch);
            first = last;
            if last < n_steps || batch.rows.is_empty() {
                let next = gpu.device.create_command_encoder(&Default::default());
                let commands = std::mem::replace(&mut encoder, next).finish();
                let submission = gpu.queue.submit([commands]);
                if gpu.wait(&submission, cancel)? == Outcome::Cancelled {
                    return Ok(Outcome::Cancelled);
                }
            }
        }
        let n_head = self.lowered.head.len();
        let all = n_head..n_head + self.lowered.tail.len();
        for rows in batch.rows.chunks(self.lowered.n_tail_rows) {
            self.inputs.write_rows(&gpu, rows);
            self.encode(&gpu, &mut encoder, all.clone(), rows.len(), batch);
            let n_values = rows.len() * self.plan.n_vocab as usize;
            let n_bytes = 4 * n_values as u64;
            encoder.copy_buffer_to_buffer(&self.lowered.logits, 0, &self.staging, 0, n_bytes);
            let next = gpu.device.create_command_encoder(&Default::default());
            let submission = gpu.queue.submit([std::mem::replace(&mut encoder, next).finish()]);
            if gpu.wait(&submission, cancel)? == Outcome::Cancelled {
                return Ok(Outcome::Cancelled);
            }
            let done = self.logits.len();
            self.logits.resize(done + n_values, 0.0);
            gpu.read(&self.staging, bytemuck::cast_slice_mut(&mut self.logits[done..]))?;
        }
        Ok(Outcome::Done)
    }

    /// Encodes steps, counted from the first of the head, and uploads their parameters.
    fn encode(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        range: std::ops::Range<usize>,
        n_rows: usize,
        batch: &Batch,
    ) {
        let stride = gpu.param_stride() as usize;
        let n_head = self.lowered.head.len();
        let steps = match range.start < n_head {
            true => &self.lowered.head[range.clone()],
            false => &self.lowered.tail[range.start - n_head..range.end - n_head],
        };
        self.params.clear();
        let mut pass = encoder.begin_compute_pass(&Default::default());
        for (index, step) in steps.iter().enumerate() {
            let (variant, number, grid) = sized(step, n_rows as u32, batch);
            let mut params = step.params;
            params[0] = number;
            self.params.resize(index * stride, 0);
            self.params.extend_from_slice(bytemuck::cast_slice(&params));
            let offset = ((range.start + index) * stride) as u32;
            pass.set_pipeline(&gpu.pipeline(variant));
            pass.set_bind_group(0, &step.bindings, &[offset]);
            pass.dispatch_workgroups(grid.0, grid.1, 1);
        }
        drop(pass);
        let offset = (range.start * stride) as u64;
        gpu.queue.write_buffer(&self.lowered.params, offset, &self.params);
    }
}

/// How many of the steps, at least one, make up a submission.
fn fitting(steps: &[Step], n_rows: usize) -> usize {
    let mut sum = 0;
    let too_much = |step: &Step| {
        if let Work::Product(n_outputs, n_cols) = step.work {
            sum += u64::from(n_outputs) * u64::from(n_cols) * n_rows as u64;
        }
        sum > SUBMISSION_PRODUCTS
    };
    steps.iter().position(too_much).map_or(steps.len(), |n| n.max(1))
}

/// Kernel, first parameter and workgroups of a step for so many rows.
fn sized(step: &Step, n_rows: u32, batch: &Batch) -> (Variant, u32, (u32, u32)) {
    let invocations = |n: u32| flat(n.div_ceil(Kernel::WORKGROUP));
    match step.work {
        Work::Values(width) => (step.variant, n_rows * width, invocations(n_rows * width)),
        Work::Items(n_items) => (step.variant, n_rows, invocations(n_rows * n_items)),
        Work::Parts(n_parts) => (step.variant, n_rows * n_parts, flat(n_rows * n_parts)),
        Work::Heads(n_head, cache) => {
            (step.variant, batch.caches[cache].n_cells as u32, (n_head, n_rows))
        }
        Work::Product(n_outputs, _) => match step.variant.kernel {
            Kernel::MatMul(format) if n_rows <= Kernel::MATVEC_TOKENS => {
                let constant = Some(("N_TOKENS", n_rows));
                let variant = Variant { kernel: Kernel::MatVec(format), constant };
                (variant, n_rows, flat(n_outputs.div_ceil(Kernel::MATVEC_ROWS)))
            }
            _ => {
                let tiles = |n: u32| n.div_ceil(Kernel::MATMUL_TILE);
                (step.variant, n_rows, (tiles(n_outputs), tiles(n_rows)))
            }
        },
    }
}

/// So many workgroups, in two dimensions if they are too many for one.
fn flat(n: u32) -> (u32, u32) {
    let n_lines = n.div_ceil(MOST_WORKGROUPS).max(1);
    (n.div_ceil(n_lines), n_lines)
}

impl Runner for GpuRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        self.logits.clear();
        if batch.tokens.len() > self.n_batch {
            return Err(ModelError::Option {
                option: "the batch size",
                found: batch.tokens.len().to_string(),
                expected: format!("at most {}", self.n_batch),
            });
        }
        let outcome = self.run(batch, cancel)?;
        self.weights.gpu.check()?;
        Ok(outcome)
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError> {
        let (plan, weights) = (&self.plan, &self.weights);
        Ok(self.caches.rotate_first_cells(plan, weights, group, n_cells, delta)?)
    }

    fn forget_first_cells(&mut self) {
        self.caches.forget_first_cells();
    }

    fn cell_bytes(&self) -> usize {
        self.caches.cell_bytes()
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        let (key_buffer, value_buffer) = &self.caches.layers[layer as usize];
        self.caches.read(key_buffer, first, keys)?;
        Ok(self.caches.read(value_buffer, first, values)?)
    }

    /// A device that is lost says so in the next forward pass.
    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        let (key_buffer, value_buffer) = &self.caches.layers[layer as usize];
        self.caches.write(key_buffer, first, keys);
        self.caches.write(value_buffer, first, values);
    }

    fn cache_bytes(&self) -> u64 {
        self.caches.n_bytes()
    }

    fn compute_bytes(&self) -> u64 {
        self.lowered.n_bytes + self.staging.size()
    }
}
