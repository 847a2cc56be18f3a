//! Plan → dispatches over buffers that never move.
//!
//! ```text
//! head   everything before the first SelectRows: n_tokens rows
//! tail   everything from there on: as many rows as logits are wanted, a few at a time
//! ```
//! A selected buffer gets a twin that the tail works on, so that the tail can run again for the next
//! rows, and room for logits stays small however large the batch is. A step knows everything but the
//! number of rows and of cells, which come with the batch.

use carrel_shaders::{Kernel, Operand};

use super::caches::Caches;
use super::device::Gpu;
use super::inputs::Inputs;
use super::pipelines::Variant;
use super::weights::{GpuWeights, Matrix};
use crate::error::GpuError;
use crate::ops::{Activation, BufferId, Op, Plan, RopePairs, RunnerOptions, WeightId};

/// Bytes that the logits of one run of the tail may take.
const LOGIT_BYTES: u64 = 8 << 20;

/// Parameters of a kernel, as the words of its uniform block.
pub(super) type Params = [u32; 8];

/// How the size of a dispatch follows from the batch. The first parameter of every kernel is the
/// number that varies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// An invocation for each of so many values a row; the parameter is the number of values.
    Values(u32),
    /// An invocation for each of so many items a row; the parameter is the number of rows.
    Items(u32),
    /// A workgroup for each of so many parts a row; the parameter is the number of parts.
    Parts(u32),
    /// A product with so many rows of so many columns; the parameter is the number of tokens.
    Product(u32, u32),
    /// A workgroup for each of so many heads a row; the parameter is the number of cells of the
    /// cache with this index.
    Heads(u32, usize),
}

/// One dispatch.
pub(super) struct Step {
    pub(super) variant: Variant,
    pub(super) params: Params,
    pub(super) work: Work,
    pub(super) bindings: wgpu::BindGroup,
}

/// A plan made ready for a GPU.
pub(super) struct Lowered {
    pub(super) head: Vec<Step>,
    pub(super) tail: Vec<Step>,
    /// Steps of the head that batches without wanted rows need.
    pub(super) n_stored: usize,
    /// Rows that the tail works on at once.
    pub(super) n_tail_rows: usize,
    pub(super) logits: wgpu::Buffer,
    /// A block for each step, head first.
    pub(super) params: wgpu::Buffer,
    pub(super) n_bytes: u64,
}

pub(super) fn lower(
    weights: &GpuWeights,
    plan: &Plan,
    caches: &Caches,
    inputs: &Inputs,
    options: &RunnerOptions,
) -> Result<Lowered, GpuError> {
    check(plan)?;
    let gpu: &Gpu = &weights.gpu;
    let row_bytes = 4 * u64::from(plan.n_vocab);
    let n_tail_rows = (LOGIT_BYTES / row_bytes).clamp(1, options.n_batch as u64) as usize;
    let n_head_ops = plan.ops.iter().position(|op| matches!(op, Op::SelectRows { .. }));
    let n_head_ops = n_head_ops.unwrap_or(plan.ops.len());
    let n_shards: usize = (0..plan.weights.len()).map(|id| weights.n_shards(WeightId(id))).sum();
    let params = gpu.buffer(
        "parameters",
        // A tied table is looked up and multiplied; keys and values are stored by two steps.
        (2 * plan.ops.len() + 2 * n_shards) as u64 * gpu.param_stride(),
        wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
    )?;
    let usage = wgpu::BufferUsages::STORAGE;
    let no_bias = gpu.buffer("no bias", 16, usage)?;
    let mut walk = Walk {
        gpu,
        weights,
        plan,
        caches,
        inputs,
        params,
        no_bias,
        buffers: Vec::with_capacity(plan.buffers.len()),
        steps: Vec::new(),
        n_tail_rows,
        n_bytes: 0,
    };
    for (index, info) in plan.buffers.iter().enumerate() {
        let id = BufferId(index);
        let is_in_head = plan.ops[..n_head_ops].iter().any(|op| written(op) == Some(id));
        let n_rows = if is_in_head { options.n_batch } else { n_tail_rows };
        let buffer = walk.activation(info.width, n_rows)?;
        walk.buffers.push(buffer);
    }
    let mut n_stored = 0;
    for op in &plan.ops[..n_head_ops] {
        walk.step(op)?;
        if matches!(op, Op::StoreKeysValues { .. }) {
            n_stored = walk.steps.len();
        }
    }
    let head = std::mem::take(&mut walk.steps);
    for op in &plan.ops[n_head_ops..] {
        walk.step(op)?;
    }
    let logits = walk.buffers[plan.logits.0].clone();
    let n_bytes = walk.n_bytes + inputs.n_bytes() + walk.params.size();
    let (tail, params) = (walk.steps, walk.params);
    Ok(Lowered { head, tail, n_stored, n_tail_rows, logits, params, n_bytes })
}

/// The buffer that an operation writes anew.
fn written(op: &Op) -> Option<BufferId> {
    match *op {
        Op::Embed { out, .. }
        | Op::RmsNorm { out, .. }
        | Op::Linear { out, .. }
        | Op::Slice { out, .. }
        | Op::Attend { out, .. }
        | Op::Gate { out, .. }
        | Op::GateHalves { out, .. }
        | Op::Add { out, .. } => Some(out),
        Op::Rope { .. } | Op::StoreKeysValues { .. } | Op::SelectRows { .. } | Op::Cap { .. } => {
            None
        }
    }
}

/// What the kernels for attention cannot do.
fn check(plan: &Plan) -> Result<(), GpuError> {
    if plan.d_head.is_multiple_of(4) && plan.d_head <= Kernel::MAX_D_HEAD {
        return Ok(());
    }
    Err(GpuError::Unsupported {
        what: "the width of a head".into(),
        found: plan.d_head.to_string(),
        expected: "a multiple of 4, at most 512",
    })
}

/// The walk over a plan: which buffer on the GPU each buffer of the plan currently is.
struct Walk<'a> {
    gpu: &'a Gpu,
    weights: &'a GpuWeights,
    plan: &'a Plan,
    caches: &'a Caches,
    inputs: &'a Inputs,
    params: wgpu::Buffer,
    no_bias: wgpu::Buffer,
    buffers: Vec<wgpu::Buffer>,
    steps: Vec<Step>,
    n_tail_rows: usize,
    n_bytes: u64,
}

impl Walk<'_> {
    fn activation(&mut self, width: u32, n_rows: usize) -> Result<wgpu::Buffer, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        let n_bytes = 4 * u64::from(width) * n_rows as u64;
        let buffer = self.gpu.buffer("the activations of a batch", n_bytes, usage)?;
        self.n_bytes += buffer.size();
        Ok(buffer)
    }

    fn width(&self, id: BufferId) -> u32 {
        self.plan.buffers[id.0].width
    }

    /// Appends a dispatch; `rest` are the parameters after the one that the batch decides.
    fn push(
        &mut self,
        variant: impl Into<Variant>,
        work: Work,
        rest: &[u32],
        buffers: &[&wgpu::Buffer],
    ) {
        let variant = variant.into();
        let mut params = Params::default();
        params[1..=rest.len()].copy_from_slice(rest);
        let bindings = self.gpu.bind(variant.kernel, &self.params, buffers);
        self.steps.push(Step { variant, params, work, bindings });
    }

    fn step(&mut self, op: &Op) -> Result<(), GpuError> {
        // A clone of a buffer is a second handle to the same memory.
        let buffer = |walk: &Self, id: BufferId| walk.buffers[id.0].clone();
        match *op {
            Op::Embed { table, scale, out } => self.embed(table, scale, out),
            Op::RmsNorm { input, weight, epsilon, out } => {
                let n_cols = self.plan.weights[weight.0].n_cols as u32;
                let work = Work::Parts(self.width(input) / n_cols);
                let factors = self.weights.vector(weight);
                let rest = [n_cols, epsilon.to_bits()];
                let (from, to) = (buffer(self, input), buffer(self, out));
                if input == out {
                    self.push(Kernel::RmsNorm(Operand::InPlace), work, &rest, &[factors, &to]);
                } else {
                    let kernel = Kernel::RmsNorm(Operand::Separate);
                    self.push(kernel, work, &rest, &[factors, &to, &from]);
                }
            }
            Op::Linear { input, weight, bias, out } => self.linear(input, weight, bias, out),
            Op::Slice { input, first, out } => {
                let width = self.width(out);
                let rest = [width, self.width(input), first];
                let (from, to) = (buffer(self, input), buffer(self, out));
                self.push(Kernel::Slice, Work::Values(width), &rest, &[&from, &to]);
            }
            Op::Rope { buffer: id, rope } => {
                let info = &self.plan.ropes[rope];
                let (n_heads, n_pairs) = (self.width(id) / self.plan.d_head, info.d_rot / 2);
                let is_adjacent = info.pairs == RopePairs::Adjacent;
                let rest = [n_heads, self.plan.d_head, n_pairs, is_adjacent.into()];
                let work = Work::Items(n_heads * n_pairs);
                self.push(
                    Kernel::Rope,
                    work,
                    &rest,
                    &[&self.inputs.turns[rope], &buffer(self, id)],
                );
            }
            Op::StoreKeysValues { layer, keys, values } => self.store(layer, keys, values),
            Op::Attend { layer, queries, scale, out } => {
                let group = self.plan.cache_of(layer);
                let plan = self.plan;
                let rest = [
                    plan.n_head,
                    plan.n_head / plan.n_head_kv,
                    plan.d_head,
                    plan.d_kv(),
                    scale.to_bits(),
                ];
                let (keys, values) = &self.caches.layers[layer as usize];
                let (_, mask) = &self.inputs.caches[group];
                let (from, to) = (buffer(self, queries), buffer(self, out));
                let kernel = Kernel::Attend(self.caches.format);
                let work = Work::Heads(plan.n_head, group);
                self.push(kernel, work, &rest, &[&from, keys, values, mask, &to]);
            }
            Op::Gate { gate, up, activation, out } => {
                let work = Work::Values(self.width(out));
                let (gate, up) = (buffer(self, gate), buffer(self, up));
                let to = buffer(self, out);
                self.push(activated(Kernel::Gate, activation), work, &[], &[&gate, &up, &to]);
            }
            Op::GateHalves { input, activation, out } => {
                let width = self.width(out);
                let (from, to) = (buffer(self, input), buffer(self, out));
                let kernel = activated(Kernel::GateHalves, activation);
                self.push(kernel, Work::Values(width), &[width], &[&from, &to]);
            }
            Op::Add { a, b, out } => {
                let work = Work::Values(self.width(out));
                // The sum is the same either way round, so that only one form in place is needed.
                let (a, b) = if a == out { (b, a) } else { (a, b) };
                let (first, second, to) = (buffer(self, a), buffer(self, b), buffer(self, out));
                if b == out {
                    self.push(Kernel::Add(Operand::InPlace), work, &[], &[&first, &to]);
                } else {
                    let kernel = Kernel::Add(Operand::Separate);
                    self.push(kernel, work, &[], &[&first, &to, &second]);
                }
            }
            Op::SelectRows { buffer: id } => {
                let width = self.width(id);
                let twin = self.activation(width, self.n_tail_rows)?;
                let from = std::mem::replace(&mut self.buffers[id.0], twin.clone());
                let work = Work::Values(width);
                self.push(Kernel::SelectRows, work, &[width], &[&from, &self.inputs.rows, &twin]);
            }
            Op::Cap { buffer: id, cap } => {
                let work = Work::Values(self.width(id));
                self.push(Kernel::Cap, work, &[cap.to_bits()], &[&buffer(self, id)]);
            }
        }
        Ok(())
    }

    fn embed(&mut self, table: WeightId, scale: f32, out: BufferId) {
        let Matrix { format, shards, row_bytes } = self.weights.matrix(table);
        let n_cols = self.width(out);
        let to = self.buffers[out.0].clone();
        for shard in shards {
            let rest = [n_cols, *row_bytes, shard.first_row, shard.n_rows, scale.to_bits()];
            let work = Work::Items(n_cols.div_ceil(16));
            let buffers = [&shard.buffer, &self.inputs.tokens, &to];
            self.push(Kernel::Embed(*format), work, &rest, &buffers);
        }
    }

    fn linear(&mut self, input: BufferId, weight: WeightId, bias: Option<WeightId>, out: BufferId) {
        let Matrix { format, shards, row_bytes } = self.weights.matrix(weight);
        let (n_cols, d_out) = (self.width(input), self.width(out));
        let (from, to) = (self.buffers[input.0].clone(), self.buffers[out.0].clone());
        let no_bias = self.no_bias.clone();
        let vector = bias.map_or(&no_bias, |id| self.weights.vector(id));
        for shard in shards {
            let (first_row, n_rows) = (shard.first_row, shard.n_rows);
            let rest = [n_cols, *row_bytes, first_row, n_rows, d_out, bias.is_some().into()];
            let buffers = [&shard.buffer, &from, vector, &to];
            let work = Work::Product(n_rows, n_cols);
            self.push(Kernel::MatMul(*format), work, &rest, &buffers);
        }
    }

    fn store(&mut self, layer: u32, keys: BufferId, values: BufferId) {
        let (cells, _) = &self.inputs.caches[self.plan.cache_of(layer)];
        let d_kv = self.plan.d_kv();
        let n_items = match self.caches.format {
            carrel_shaders::CacheFormat::F32 => d_kv,
            carrel_shaders::CacheFormat::F16 => d_kv / 2,
            carrel_shaders::CacheFormat::Q8_0 => d_kv / 32,
        };
        let (to_keys, to_values) = &self.caches.layers[layer as usize];
        for (id, cache) in [(keys, to_keys), (values, to_values)] {
            let rows = self.buffers[id.0].clone();
            let kernel = Kernel::Store(self.caches.format);
            self.push(kernel, Work::Items(n_items), &[d_kv], &[&rows, cells, cache]);
        }
    }
}

fn activated(kernel: Kernel, activation: Activation) -> Variant {
    let is_gelu = activation == Activation::Gelu;
    Variant { kernel, constant: is_gelu.then_some(("GELU", 1)) }
}
