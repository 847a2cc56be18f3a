//! Runs batches: inputs up, one submission for a token or a few for a long batch, logits down, or only
//! the likeliest tokens where nobody wants more.

use std::sync::Arc;
use std::time::Instant;

use carrel_shaders::Kernel;

use super::caches::Caches;
use super::device::Gpu;
use super::inputs::Inputs;
use super::lower::{Lowered, lower};
use super::pace::Pace;
use super::steps::Step;
use super::weights::GpuWeights;
use crate::cancel::CancelFlag;
use crate::error::{GpuError, ModelError};
use crate::ops::{Batch, Best, BufferId, Outcome, Plan, Runner, RunnerOptions};

/// A plan on a GPU with its weights, caches and scratch memory.
pub struct GpuRunner {
    plan: Arc<Plan>,
    weights: Arc<GpuWeights>,
    caches: Caches,
    inputs: Inputs,
    lowered: Lowered,
    staging: wgpu::Buffer,
    /// Parameters of all steps, a block each, as they are on the GPU.
    params: Vec<u8>,
    pace: Pace,
    n_batch: usize,
    logits: Vec<f32>,
    best: Vec<Best>,
    /// Commands for a short batch like the last one, recorded while the GPU computed that.
    ready: Option<(Likeness, wgpu::CommandBuffer)>,
    /// Why cells could not be written, until the next pass says so.
    unwritten: Option<GpuError>,
}

/// What short batches must have in common for their commands to be the same: the rest is in buffers.
#[derive(PartialEq)]
struct Likeness {
    n_tokens: usize,
    n_rows: usize,
    n_best: usize,
    n_cells: Vec<usize>,
    is_timed: bool,
}

impl Likeness {
    fn of(gpu: &Gpu, batch: &Batch) -> Self {
        Self {
            n_tokens: batch.tokens.len(),
            n_rows: batch.rows.len(),
            n_best: batch.n_best,
            n_cells: batch.caches.iter().map(|cache| cache.n_cells).collect(),
            is_timed: gpu.profiler().is_some(),
        }
    }
}

/// Steps of a lowered plan.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Head,
    Tail,
    Best,
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
        Self::with_input(plan, weights, options, None)
    }

    /// The same for a plan that begins with values in a buffer instead of tokens to look up: see
    /// [`GpuRunner::forward_from`].
    ///
    /// # Errors
    /// As [`GpuRunner::new`].
    pub fn with_input(
        plan: Arc<Plan>,
        weights: Arc<GpuWeights>,
        options: &RunnerOptions,
        input: Option<BufferId>,
    ) -> Result<Self, ModelError> {
        let gpu = weights.gpu.clone();
        let caches = Caches::new(&gpu, &plan, options)?;
        let inputs = Inputs::new(&gpu, &plan, options)?;
        let lowered = lower(&weights, &plan, &caches, &inputs, options, input)?;
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let n_bytes = lowered.logits.size().max(lowered.found.size());
        let staging = gpu.buffer("logits to read", n_bytes, usage)?;
        let turn = gpu.turn();
        gpu.check()?;
        drop(turn);
        let n_batch = options.n_batch;
        let params = vec![0; lowered.params.size() as usize];
        let (pace, logits, best) = (Pace::new(), Vec::new(), Vec::new());
        Ok(Self {
            plan,
            weights,
            caches,
            inputs,
            lowered,
            staging,
            params,
            pace,
            n_batch,
            logits,
            best,
            ready: None,
            unwritten: None,
        })
    }

    /// Runs a batch whose values in the plan's first buffer are given, `[n_tokens, width]`.
    ///
    /// # Errors
    /// As [`Runner::forward`]; [`ModelError::Option`] if the runner was not made for it.
    pub fn forward_from(
        &mut self,
        values: &[f32],
        batch: &Batch,
        cancel: &CancelFlag,
    ) -> Result<Outcome, ModelError> {
        let gpu = self.weights.gpu.clone();
        let n_bytes = 4 * values.len() as u64;
        let Some(input) = self.lowered.input.as_ref().filter(|input| n_bytes <= input.size())
        else {
            return Err(ModelError::Option {
                option: "the values that a plan begins with",
                found: values.len().to_string(),
                expected: "as many as the plan was made for".into(),
            });
        };
        let turn = gpu.turn_unless(cancel);
        if turn.is_none() {
            return Ok(Outcome::Cancelled);
        }
        gpu.queue.write_buffer(input, 0, bytemuck::cast_slice(values));
        gpu.check()?;
        drop(turn);
        self.forward(batch, cancel)
    }

    /// Runs a short batch in one submission. While the GPU computes it, the commands for the next one
    /// are recorded, which takes the processor a good part of the time that a token takes.
    fn run_short(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, GpuError> {
        let gpu = self.weights.gpu.clone();
        let Some(_turn) = gpu.turn_unless(cancel) else { return Ok(Outcome::Cancelled) };
        if let Some(profiler) = &mut *gpu.profiler() {
            profiler.begin();
        }
        self.inputs.write(&gpu, &self.plan, &self.weights, batch);
        self.inputs.write_rows(&gpu, &batch.rows);
        let likeness = Likeness::of(&gpu, batch);
        let commands = match self.ready.take() {
            Some((ready, commands)) if ready == likeness => commands,
            _ => self.record_short(&gpu, batch),
        };
        gpu.check()?;
        let submission = gpu.submit(commands);
        if !likeness.is_timed {
            self.ready = Some((likeness, self.record_short(&gpu, batch)));
        }
        if gpu.wait(&submission, cancel)? == Outcome::Cancelled {
            return Ok(Outcome::Cancelled);
        }
        self.fetch(&gpu, batch, batch.rows.len())?;
        Ok(Outcome::Done)
    }

    /// Commands for all of a short batch.
    fn record_short(&mut self, gpu: &Gpu, batch: &Batch) -> wgpu::CommandBuffer {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let n_head = self.lowered.head.len();
        self.encode(gpu, &mut encoder, Part::Head, 0..n_head, batch.tokens.len(), batch);
        self.encode_tail(gpu, &mut encoder, batch.rows.len(), batch);
        encoder.finish()
    }

    /// Runs the head, and the tail for every part of the wanted rows.
    fn run(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, GpuError> {
        let is_few = batch.tokens.len() <= Kernel::MATVEC_TOKENS as usize;
        if is_few && (1..=self.lowered.n_tail_rows).contains(&batch.rows.len()) {
            return self.run_short(batch, cancel);
        }
        // They would find the parameters of this batch.
        self.ready = None;
        let gpu = self.weights.gpu.clone();
        let n_tokens = batch.tokens.len();
        let n_steps =
            if batch.rows.is_empty() { self.lowered.n_stored } else { self.lowered.head.len() };
        let turn = gpu.turn_unless(cancel);
        if turn.is_none() {
            return Ok(Outcome::Cancelled);
        }
        if let Some(profiler) = &mut *gpu.profiler() {
            profiler.begin();
        }
        self.inputs.write(&gpu, &self.plan, &self.weights, batch);
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        gpu.check()?;
        drop(turn);
        let mut first = 0;
        while first < n_steps {
            if cancel.is_cancelled() {
                return Ok(Outcome::Cancelled);
            }
            let steps = &self.lowered.head[first..n_steps];
            let (n_fitting, n_products) = fitting(steps, n_tokens, self.pace.n_products());
            let last = first + n_fitting;
            let Some(_turn) = gpu.turn_unless(cancel) else { return Ok(Outcome::Cancelled) };
            self.encode(&gpu, &mut encoder, Part::Head, first..last, n_tokens, batch);
            first = last;
            if last < n_steps || batch.rows.is_empty() {
                gpu.resolve_profile(&mut encoder);
                let next = gpu.device.create_command_encoder(&Default::default());
                let commands = std::mem::replace(&mut encoder, next).finish();
                let start = Instant::now();
                let submission = gpu.submit(commands);
                if gpu.wait(&submission, cancel)? == Outcome::Cancelled {
                    return Ok(Outcome::Cancelled);
                }
                self.pace.learn(n_products, start.elapsed());
                gpu.collect_profile()?;
            }
        }
        for rows in batch.rows.chunks(self.lowered.n_tail_rows) {
            let Some(_turn) = gpu.turn_unless(cancel) else { return Ok(Outcome::Cancelled) };
            self.inputs.write_rows(&gpu, rows);
            self.encode_tail(&gpu, &mut encoder, rows.len(), batch);
            let next = gpu.device.create_command_encoder(&Default::default());
            let submission = gpu.submit(std::mem::replace(&mut encoder, next).finish());
            if gpu.wait(&submission, cancel)? == Outcome::Cancelled {
                return Ok(Outcome::Cancelled);
            }
            self.fetch(&gpu, batch, rows.len())?;
        }
        Ok(Outcome::Done)
    }

    /// Encodes the tail for some rows, and what they need to be read.
    fn encode_tail(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        n_rows: usize,
        batch: &Batch,
    ) {
        let n_tail = self.lowered.tail.len();
        self.encode(gpu, encoder, Part::Tail, 0..n_tail, n_rows, batch);
        let n_wanted = n_rows * self.wanted(batch);
        let (found, n_bytes) = if batch.n_best > 0 {
            let n_best = self.lowered.best.len();
            self.encode(gpu, encoder, Part::Best, 0..n_best, n_rows, batch);
            (&self.lowered.found, 8 * n_wanted as u64)
        } else {
            (&self.lowered.logits, 4 * n_wanted as u64)
        };
        encoder.copy_buffer_to_buffer(found, 0, &self.staging, 0, n_bytes);
        gpu.resolve_profile(encoder);
    }

    /// Reads the logits, or likeliest tokens, of some rows whose submission is done.
    fn fetch(&mut self, gpu: &Gpu, batch: &Batch, n_rows: usize) -> Result<(), GpuError> {
        gpu.collect_profile()?;
        let n_wanted = n_rows * self.wanted(batch);
        if batch.n_best > 0 {
            let mut pairs = vec![[0u32; 2]; n_wanted];
            gpu.read(&self.staging, bytemuck::cast_slice_mut(&mut pairs))?;
            self.best.extend(pairs.into_iter().map(|[id, logit]| match id {
                u32::MAX => Best::NONE,
                _ => Best { id, logit: f32::from_bits(logit) },
            }));
        } else {
            let done = self.logits.len();
            self.logits.resize(done + n_wanted, 0.0);
            gpu.read(&self.staging, bytemuck::cast_slice_mut(&mut self.logits[done..]))?;
        }
        Ok(())
    }

    /// Logits, or likeliest tokens, of a row.
    fn wanted(&self, batch: &Batch) -> usize {
        if batch.n_best > 0 { batch.n_best } else { self.plan.n_vocab as usize }
    }

    /// Encodes steps of a part, and uploads those of their parameters that are new.
    fn encode(
        &mut self,
        gpu: &Gpu,
        encoder: &mut wgpu::CommandEncoder,
        part: Part,
        range: std::ops::Range<usize>,
        n_rows: usize,
        batch: &Batch,
    ) {
        let stride = gpu.param_stride() as usize;
        let Lowered { head, tail, best, params: buffer, .. } = &self.lowered;
        let (steps, first_block) = match part {
            Part::Head => (head, 0),
            Part::Tail => (tail, head.len()),
            Part::Best => (best, head.len() + tail.len()),
        };
        let mut changed: Option<std::ops::Range<usize>> = None;
        let mut profiler = gpu.profiler();
        let mut pass: Option<wgpu::ComputePass<'static>> = None;
        for (index, step) in range.clone().zip(&steps[range]) {
            let Some(sized) = step.sized(n_rows as u32, batch) else { continue };
            let offset = (first_block + index) * stride;
            let words: &[u8] = bytemuck::cast_slice(&sized.params);
            let here = &mut self.params[offset..offset + words.len()];
            if here != words {
                here.copy_from_slice(words);
                let start = changed.map_or(offset, |changed| changed.start);
                changed = Some(start..offset + words.len());
            }
            if profiler.is_some() {
                // A pass ends before the next one begins.
                pass = None;
            }
            let pass = pass.get_or_insert_with(|| {
                let readings = profiler.as_mut().and_then(|p| p.readings(step, &sized));
                let descriptor =
                    wgpu::ComputePassDescriptor { label: None, timestamp_writes: readings };
                encoder.begin_compute_pass(&descriptor).forget_lifetime()
            });
            pass.set_pipeline(&gpu.pipeline(sized.variant));
            pass.set_bind_group(0, &step.bindings, &[offset as u32]);
            pass.dispatch_workgroups(sized.grid.0, sized.grid.1, sized.grid.2);
        }
        drop(pass);
        if let Some(changed) = changed {
            gpu.queue.write_buffer(buffer, changed.start as u64, &self.params[changed]);
        }
    }
}

/// How many of the steps, at least one, fit into a submission of so many products, and the products.
fn fitting(steps: &[Step], n_rows: usize, most_products: u64) -> (usize, u64) {
    let mut sum = 0;
    for (index, step) in steps.iter().enumerate() {
        let n_products = step.n_products(n_rows as u64);
        if index > 0 && sum + n_products > most_products {
            return (index, sum);
        }
        sum += n_products;
    }
    (steps.len(), sum)
}

impl Runner for GpuRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        self.logits.clear();
        self.best.clear();
        if batch.tokens.len() > self.n_batch {
            return Err(ModelError::Option {
                option: "the batch size",
                found: batch.tokens.len().to_string(),
                expected: format!("at most {}", self.n_batch),
            });
        }
        if batch.n_best > Kernel::MAX_BEST as usize {
            return Err(ModelError::Option {
                option: "the number of likeliest tokens",
                found: batch.n_best.to_string(),
                expected: format!("at most {}", Kernel::MAX_BEST),
            });
        }
        if let Some(error) = self.unwritten.take() {
            return Err(error.into());
        }
        Ok(self.run(batch, cancel)?)
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn best(&self) -> &[Best] {
        &self.best
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

    fn cell_bytes(&self, layer: u32) -> [usize; 2] {
        self.caches.cell_bytes(layer as usize)
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        Ok(self.caches.read_layer(layer as usize, first, [keys, values])?)
    }

    /// What goes wrong is said in the next forward pass.
    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        let written = self.caches.write_layer(layer as usize, first, [keys, values]);
        self.unwritten = self.unwritten.take().or(written.err());
    }

    fn cache_bytes(&self) -> u64 {
        self.caches.n_bytes()
    }

    fn compute_bytes(&self) -> u64 {
        self.lowered.n_bytes + self.staging.size()
    }
}
