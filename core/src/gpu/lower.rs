//! Plan → dispatches over buffers that never move.
//!
//! ```text
//! head   everything before the first SelectRows: n_tokens rows
//! tail   everything from there on: as many rows as logits are wanted, a few at a time
//! best   the likeliest tokens of the rows, where only they are wanted
//! ```
//! A selected buffer gets a twin that the tail works on, so that the tail can run again for the next
//! rows, and room for logits stays small however large the batch is. A step knows everything but the
//! number of rows and of cells, which come with the batch.
//!
//! Runs of operations that others don't look into (`Plan::fused`) become single dispatches where there
//! is a kernel: always for stores and sums, for up to four rows for norms, their products and gates.

use carrel_shaders::{Candidates, Kernel, Operand};

use super::caches::Caches;
use super::device::Gpu;
use super::inputs::Inputs;
use super::need::most_steps;
use super::pipelines::{Constants, Variant};
use super::products::Product;
use super::rounded::{Rounded, RoundedInputs};
use super::steps::{PART_CELLS, PART_LOGITS, Params, Rows, Step, Work};
use super::together::MOST_TOGETHER;
use super::weights::{GpuWeights, Vector};
use crate::error::GpuError;
use crate::ops::{Activation, BufferId, Fusion, Op, Plan, RopePairs, Run, RunnerOptions, WeightId};

/// Bytes that the logits of one run of the tail may take.
const LOGIT_BYTES: u64 = 8 << 20;

/// A plan made ready for a GPU.
pub(super) struct Lowered {
    /// What the plan begins with, if not with a look-up.
    pub(super) input: Option<wgpu::Buffer>,
    pub(super) head: Vec<Step>,
    pub(super) tail: Vec<Step>,
    pub(super) best: Vec<Step>,
    /// Steps of the head that batches without wanted rows need.
    pub(super) n_stored: usize,
    /// Rows that the tail works on at once.
    pub(super) n_tail_rows: usize,
    pub(super) logits: wgpu::Buffer,
    /// Pairs of id and logit of every row.
    pub(super) found: wgpu::Buffer,
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
    input: Option<BufferId>,
) -> Result<Lowered, GpuError> {
    check(plan)?;
    let gpu: &Gpu = &weights.gpu;
    let n_tail_rows = tail_rows(plan, options);
    let n_head_ops = head_ops(plan).len();
    let params = gpu.buffer(
        "parameters",
        most_steps(gpu, plan) * gpu.param_stride(),
        wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
    )?;
    let usage = wgpu::BufferUsages::STORAGE;
    let nothing_written = || gpu.buffer("nothing that is written", 16, usage);
    let mut walk = Walk {
        gpu,
        weights,
        plan,
        caches,
        inputs,
        params,
        nothing: gpu.buffer("nothing", 16, usage)?,
        nothing_written: [nothing_written()?, nothing_written()?, nothing_written()?],
        rounded: RoundedInputs::new(gpu, plan)?,
        parts: gpu.buffer("parts of attention", part_bytes(plan, options), usage)?,
        buffers: Vec::with_capacity(plan.buffers.len()),
        steps: Vec::new(),
        n_tail_rows,
        n_bytes: 0,
    };
    for (index, info) in plan.buffers.iter().enumerate() {
        let n_rows = if is_in_head(plan, BufferId(index)) { options.n_batch } else { n_tail_rows };
        let buffer = walk.activation(info.width, n_rows)?;
        walk.buffers.push(buffer);
    }
    let input = input.map(|id| walk.buffers[id.0].clone());
    let mut n_stored = 0;
    let (mut head, mut is_head) = (Vec::new(), true);
    let runs = plan.fused();
    for (index, run) in runs.iter().enumerate() {
        if is_head && run.ops.start >= n_head_ops {
            head = std::mem::take(&mut walk.steps);
            is_head = false;
        }
        let wanted = runs.get(index + 1).and_then(|next| walk.wanted(&plan.ops[next.ops.clone()]));
        walk.rounded.begin_run(wanted);
        walk.run(run)?;
        if is_head && plan.ops[run.ops.clone()].iter().any(|op| op.stores().is_some()) {
            n_stored = walk.steps.len();
        }
    }
    let tail = std::mem::take(&mut walk.steps);
    let (head, tail) = if is_head { (tail, Vec::new()) } else { (head, tail) };
    let logits = walk.buffers[plan.logits.0].clone();
    let found = walk.best(&logits)?;
    let extra_bytes = walk.rounded.n_bytes() + walk.parts.size() + walk.params.size();
    let n_bytes = walk.n_bytes + inputs.n_bytes() + extra_bytes;
    let (best, params) = (walk.steps, walk.params);
    Ok(Lowered { input, head, tail, best, n_stored, n_tail_rows, logits, found, params, n_bytes })
}

/// The operations for all tokens of a batch: those before the first selection of rows.
fn head_ops(plan: &Plan) -> &[Op] {
    let n_ops = plan.ops.iter().position(|op| matches!(op, Op::SelectRows { .. }));
    &plan.ops[..n_ops.unwrap_or(plan.ops.len())]
}

/// Whether a buffer holds values of all tokens of a batch: one that the plan begins with is only read.
pub(super) fn is_in_head(plan: &Plan, id: BufferId) -> bool {
    let touches = |op: &Op| op.written() == Some(id) || op.read().contains(&Some(id));
    head_ops(plan).iter().any(touches)
}

/// Rows of logits that are computed at once.
pub(super) fn tail_rows(plan: &Plan, options: &RunnerOptions) -> usize {
    let row_bytes = 4 * u64::from(plan.n_vocab);
    (LOGIT_BYTES / row_bytes).clamp(1, options.n_batch as u64) as usize
}

/// Bytes of the parts of attention over the longest cache, for few rows.
pub(super) fn part_bytes(plan: &Plan, options: &RunnerOptions) -> u64 {
    let n_cells = options.n_cells.iter().copied().max().unwrap_or(0) as u64;
    if n_cells <= u64::from(PART_CELLS) {
        return 0;
    }
    let n_parts = n_cells.div_ceil(PART_CELLS.into()) * u64::from(plan.n_head);
    4 * n_parts * u64::from((plan.d_head + 2) * Kernel::MATVEC_TOKENS)
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
pub(super) struct Walk<'a> {
    pub(super) gpu: &'a Gpu,
    pub(super) weights: &'a GpuWeights,
    pub(super) plan: &'a Plan,
    pub(super) caches: &'a Caches,
    pub(super) inputs: &'a Inputs,
    pub(super) params: wgpu::Buffer,
    /// Bound where a kernel has a binding that it does not use.
    pub(super) nothing: wgpu::Buffer,
    pub(super) nothing_written: [wgpu::Buffer; MOST_TOGETHER],
    /// Inputs of products of bytes.
    pub(super) rounded: RoundedInputs,
    /// Parts of attention.
    pub(super) parts: wgpu::Buffer,
    pub(super) buffers: Vec<wgpu::Buffer>,
    pub(super) steps: Vec<Step>,
    pub(super) n_tail_rows: usize,
    pub(super) n_bytes: u64,
}

/// What happens to queries, and to keys before they are stored.
struct Turned {
    queries: BufferId,
    rope: usize,
    /// Factors for heads of queries, then of keys, and an epsilon.
    norm: Option<(wgpu::Buffer, f32)>,
}

impl Walk<'_> {
    fn activation(&mut self, width: u32, n_rows: usize) -> Result<wgpu::Buffer, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST;
        let n_bytes = 4 * u64::from(width) * n_rows as u64;
        let buffer = self.gpu.buffer("the activations of a batch", n_bytes, usage)?;
        self.n_bytes += buffer.size();
        Ok(buffer)
    }

    pub(super) fn width(&self, id: BufferId) -> u32 {
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
        self.push_for(Rows::Any, variant, work, rest, buffers);
    }

    /// The same for some numbers of rows only.
    pub(super) fn push_for(
        &mut self,
        rows: Rows,
        variant: impl Into<Variant>,
        work: Work,
        rest: &[u32],
        buffers: &[&wgpu::Buffer],
    ) {
        let variant = variant.into();
        let mut params = Params::default();
        params[1..=rest.len()].copy_from_slice(rest);
        let bindings = self.gpu.bind(variant.kernel, &self.params, buffers);
        self.steps.push(Step { variant, params, work, rows, bindings });
    }

    /// Marks the steps from this one on as made for some numbers of rows only.
    pub(super) fn restrict(&mut self, first: usize, rows: Rows) {
        self.steps[first..].iter_mut().for_each(|step| step.rows = rows);
    }

    /// A run of operations, fused as far as there are kernels.
    fn run(&mut self, run: &Run) -> Result<(), GpuError> {
        let plan = self.plan;
        let ops = &plan.ops[run.ops.clone()];
        match (run.fusion, ops) {
            (
                Fusion::AddedProduct,
                [Op::Linear { input, weight, bias, .. }, Op::Add { out, .. }],
            ) => {
                let product = Product::new(*input, *weight, *bias, *out);
                self.product(&product.added(), Rows::Any);
            }
            (
                Fusion::NormedSum,
                [Op::RmsNorm { input, weight, epsilon, .. }, Op::Add { out, .. }],
            ) => self.norm_add(*input, *weight, *epsilon, *out),
            (Fusion::TurnedStore, ops) => self.turned_store(ops)?,
            (
                Fusion::NormedProducts
                | Fusion::GatedProducts
                | Fusion::SlicedProduct
                | Fusion::StoredProducts,
                [norm, rest @ ..],
            ) => self.normed(norm, rest)?,
            _ => ops.iter().try_for_each(|op| self.step(op))?,
        }
        Ok(())
    }

    pub(super) fn step(&mut self, op: &Op) -> Result<(), GpuError> {
        // A clone of a buffer is a second handle to the same memory.
        let buffer = |walk: &Self, id: BufferId| walk.buffers[id.0].clone();
        match *op {
            Op::Embed { table, scale, out } => self.embed(table, scale, out),
            Op::RmsNorm { input, weight, epsilon, out } => {
                let n_cols = self.plan.weights[weight.0].n_cols as u32;
                let work = Work::Parts(self.width(input) / n_cols);
                let Vector { buffer: factors, first } = self.weights.vector(weight);
                let rest = [n_cols, epsilon.to_bits(), *first];
                let (from, to) = (buffer(self, input), buffer(self, out));
                if input == out {
                    self.push(Kernel::RmsNorm(Operand::InPlace), work, &rest, &[factors, &to]);
                } else {
                    let kernel = Kernel::RmsNorm(Operand::Separate);
                    self.push(kernel, work, &rest, &[factors, &to, &from]);
                }
            }
            Op::Linear { input, weight, bias, out } => {
                self.product(&Product::new(input, weight, bias, out), Rows::Any);
            }
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
            Op::StoreKeysValues { layer, keys, values } => self.store(layer, keys, values, None),
            Op::Attend { layer, queries, scale, out } => self.attend(layer, queries, scale, out),
            Op::ShortConv { layer, input, kernel, out } => {
                let width = self.width(out);
                let n_kernel = self.plan.weights[kernel.0].n_cols as u32;
                let (cells, before) = &self.inputs.caches[self.plan.cache_of(layer)];
                let cache = &self.caches.layers[layer as usize].keys;
                let kernel = &self.weights.vector(kernel).buffer;
                let (from, to) = (buffer(self, input), buffer(self, out));
                let (rounded, made) = self
                    .rounded_result(out, |made| width.is_multiple_of(16) && made.factors.is_none());
                let buffers = [&from, kernel, cells, before, cache, &to, &rounded];
                let work = Work::Values(width);
                self.push_rounding(Kernel::ShortConv, work, &[width, n_kernel], made, &buffers);
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

    /// Attention for many rows, and for few in one go and in parts with their merge: the batch decides
    /// which.
    fn attend(&mut self, layer: u32, queries: BufferId, scale: f32, out: BufferId) {
        let (group, plan) = (self.plan.cache_of(layer), self.plan);
        let n_group = plan.n_head / plan.n_head_kv;
        let d_kv = plan.d_kv();
        let rest = [plan.n_head, n_group, plan.d_head, d_kv, scale.to_bits(), 0, 0];
        let cells = &self.caches.layers[layer as usize];
        let (keys, values) = (&cells.keys, cells.values());
        let (_, mask) = &self.inputs.caches[group];
        let (from, to) = (self.buffers[queries.0].clone(), self.buffers[out.0].clone());
        let parts = self.parts.clone();
        let whole = [&from, keys, values, mask, &to];
        // Spans must lie in heads.
        let can_round = |made: &Rounded| plan.d_head.is_multiple_of(16) && made.factors.is_none();
        let (rounded, made) = self.rounded_result(out, can_round);
        let rounds = u32::from(made.is_some());
        let many = Kernel::Attend(self.caches.format);
        self.push_for(Rows::Many, many, Work::Heads(plan.n_head, group), &rest, &whole);
        let kernel = Kernel::AttendFew(self.caches.format);
        let n_groups = plan.n_head_kv * n_group.div_ceil(Kernel::ATTEND_FEW_HEADS);
        let few = Work::HeadGroups(n_groups, group);
        let rounding = [plan.n_head, n_group, plan.d_head, d_kv, scale.to_bits(), 0, rounds];
        let buffers = [&from, keys, values, mask, &to, &rounded];
        self.push_for(Rows::Few, kernel, few, &rounding, &buffers);
        let constants = Constants { is_split: true, ..Default::default() };
        let split = Work::GroupParts(n_groups, group);
        let variant = Variant { kernel, constants };
        let buffers = [&from, keys, values, mask, &parts, &self.nothing_written[0].clone()];
        self.push_for(Rows::Few, variant, split, &rest, &buffers);
        let merged = Work::MergedHeads(plan.n_head, group);
        let rest = [plan.d_head, 0, rounds];
        let buffers = [&parts, &to, &rounded];
        self.push_for(Rows::Few, Kernel::Merge, merged, &rest, &buffers);
    }

    /// Where a run leaves its result in bytes, and what the next run wants there: nothing if it wants
    /// none, or what this run cannot make.
    pub(super) fn rounded_result(
        &mut self,
        out: BufferId,
        can_make: impl FnOnce(&Rounded) -> bool,
    ) -> (wgpu::Buffer, Option<Rounded>) {
        match self.rounded.make(out, can_make) {
            Some((buffer, made)) => (buffer, Some(made)),
            None => (self.nothing_written[MOST_TOGETHER - 1].clone(), None),
        }
    }

    /// Appends a dispatch for any number of rows that rounds its result, which `made` says, where they
    /// are few. Its last parameters are whether it rounds, and whether it does so after the factors of
    /// a norm.
    fn push_rounding(
        &mut self,
        kernel: Kernel,
        work: Work,
        rest: &[u32],
        made: Option<Rounded>,
        buffers: &[&wgpu::Buffer],
    ) {
        let rounds = |made: Option<Rounded>| {
            let flags = [made.is_some(), made.is_some_and(|made| made.factors.is_some())];
            [rest, &flags.map(u32::from)].concat()
        };
        match made {
            None => self.push(kernel, work, &rounds(None), buffers),
            Some(_) => {
                self.push_for(Rows::Few, kernel, work, &rounds(made), buffers);
                self.push_for(Rows::Many, kernel, work, &rounds(None), buffers);
            }
        }
    }

    /// The norm of a buffer that is added to another one.
    fn norm_add(&mut self, input: BufferId, weight: WeightId, epsilon: f32, out: BufferId) {
        let weights = self.weights;
        let (from, to) = (self.buffers[input.0].clone(), self.buffers[out.0].clone());
        let (rounded, made) = self.rounded_result(out, |_| true);
        let next = made.and_then(|made| made.factors);
        let nothing = self.nothing.clone();
        let next = next.map_or(&nothing, |id| &weights.vector(id).buffer);
        let buffers = [&weights.vector(weight).buffer, &from, next, &to, &rounded];
        let rest = [self.width(out), epsilon.to_bits()];
        self.push_rounding(Kernel::NormAdd, Work::Parts(1), &rest, made, &buffers);
    }

    /// The factors of both norms, if they lie one after the other from the beginning of a buffer, and
    /// their epsilon.
    fn norm_of_heads(&self, norms: &[Op]) -> Option<(wgpu::Buffer, f32)> {
        let [Op::RmsNorm { weight, epsilon, .. }, Op::RmsNorm { weight: second, .. }] = norms
        else {
            return None;
        };
        let (first, second) = (self.weights.vector(*weight), self.weights.vector(*second));
        let follows =
            first.buffer == second.buffer && (first.first, second.first) == (0, self.plan.d_head);
        follows.then(|| (first.buffer.clone(), *epsilon))
    }

    /// Queries and keys turned, and perhaps normed before that, and keys and values stored. Operations that
    /// are something else are done one by one.
    pub(super) fn turned_store(&mut self, ops: &[Op]) -> Result<(), GpuError> {
        let [
            norms @ ..,
            Op::Rope { buffer: queries, rope },
            _,
            Op::StoreKeysValues { layer, keys, values },
        ] = ops
        else {
            return ops.iter().try_for_each(|op| self.step(op));
        };
        let norm = self.norm_of_heads(norms);
        if norm.is_none() {
            // What does not lie together is normed by itself.
            norms.iter().try_for_each(|op| self.step(op))?;
        }
        let turned = Turned { queries: *queries, rope: *rope, norm };
        self.store(*layer, *keys, *values, Some(turned));
        Ok(())
    }

    /// Keys and values stored; queries and keys turned before, and normed before that.
    fn store(&mut self, layer: u32, keys: BufferId, values: BufferId, turned: Option<Turned>) {
        let plan = self.plan;
        let (cells, _) = &self.inputs.caches[plan.cache_of(layer)];
        let to = &self.caches.layers[layer as usize];
        let (keys, values) = (self.buffers[keys.0].clone(), self.buffers[values.0].clone());
        let kernel = Kernel::Store(self.caches.format);
        let nothing = self.nothing.clone();
        let n_head = turned.as_ref().map_or(0, |turned| self.width(turned.queries) / plan.d_head);
        let (queries, turns, [n_pairs, is_adjacent]) = match &turned {
            None => (self.nothing_written[0].clone(), &nothing, [0, 0]),
            Some(Turned { queries, rope, .. }) => {
                let info = &plan.ropes[*rope];
                let is_adjacent = info.pairs == RopePairs::Adjacent;
                let numbers = [info.d_rot / 2, is_adjacent.into()];
                (self.buffers[queries.0].clone(), &self.inputs.turns[*rope], numbers)
            }
        };
        let norm = turned.and_then(|turned| turned.norm);
        let is_normed = u32::from(norm.is_some());
        let (factors, epsilon) = norm.unwrap_or((nothing.clone(), 0.0));
        let (n_head_kv, d_head) = (plan.n_head_kv, plan.d_head);
        let rest = [n_head, n_head_kv, d_head, n_pairs, is_adjacent, is_normed, epsilon.to_bits()];
        let buffers = [turns, &keys, &values, cells, &factors, &queries, &to.keys, to.values()];
        self.push(kernel, Work::Stores(n_head + plan.n_head_kv), &rest, &buffers);
    }

    /// Two passes over the logits; answers where the second one leaves what it found.
    fn best(&mut self, logits: &wgpu::Buffer) -> Result<wgpu::Buffer, GpuError> {
        let n_vocab = self.plan.n_vocab;
        let n_parts = n_vocab.div_ceil(PART_LOGITS);
        let row_bytes = 8 * u64::from(Kernel::MAX_BEST) * self.n_tail_rows as u64;
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC;
        let pairs = self.gpu.buffer("candidates", u64::from(n_parts) * row_bytes, usage)?;
        let found = self.gpu.buffer("the likeliest tokens", row_bytes, usage)?;
        self.n_bytes += pairs.size() + found.size();
        let first = Kernel::Best(Candidates::Logits);
        let work = Work::BestOfLogits(n_vocab);
        self.push(first, work, &[n_vocab, PART_LOGITS], &[logits, &pairs]);
        let second = Kernel::Best(Candidates::Pairs);
        self.push(second, Work::BestOfParts(n_parts), &[], &[&pairs, &found]);
        Ok(found)
    }
}

fn activated(kernel: Kernel, activation: Activation) -> Variant {
    let is_gelu = activation == Activation::Gelu;
    Variant { kernel, constants: Constants { is_gelu, ..Default::default() } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::canary;

    #[test]
    fn what_a_plan_begins_with_has_room_for_the_whole_batch() {
        let (mut plan, _) = canary::layers().expect("a plan");
        let Op::Embed { out: hidden, .. } = plan.ops.remove(0) else { panic!("no look-up") };
        // The rest begins with hidden states, as the second part of a cut plan does.
        assert!(is_in_head(&plan, hidden));
        assert!(!is_in_head(&plan, plan.logits));
    }
}
