//! The memory that a model takes on a GPU, before anything is uploaded.
//!
//! Every buffer that `weights`, `caches`, `inputs`, `lower` and `runner` make is counted here again from
//! the plan alone; a test compares the two sums.

use carrel_shaders::Kernel;

use super::caches::CellLayout;
use super::device::{Gpu, rounded};
use super::inputs::sight_bytes;
use super::lower::{is_in_head, part_bytes, tail_rows};
use super::rounded::rounded_bytes;
use super::steps::PART_LOGITS;
use super::together::{Factor, norms_together, together};
use crate::ops::{BufferId, CellContent, Op, Plan, RunnerOptions, WeightId, WeightInfo};

/// Bytes on a GPU, by purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GpuNeed {
    /// Weights, shared by all runners.
    pub weight_bytes: u64,
    /// Keys and values of a runner.
    pub cache_bytes: u64,
    /// Activations, inputs and results of a runner.
    pub compute_bytes: u64,
}

impl GpuNeed {
    /// All of it.
    pub fn total_bytes(&self) -> u64 {
        self.weight_bytes + self.cache_bytes + self.compute_bytes
    }

    /// What a plan needs with one runner.
    pub fn of(gpu: &Gpu, plan: &Plan, options: &RunnerOptions) -> Self {
        let format = super::caches::format_of(options.cache_type);
        let caches = plan.caches.iter().enumerate().map(|(cache, group)| {
            let cell_bytes = CellLayout::of(plan, cache, format).device_bytes();
            let n_buffers = match group.content {
                CellContent::KeysValues => 2 * group.layers.len(),
                CellContent::Inputs(_) => group.layers.len(),
            };
            n_buffers as u64 * rounded((options.n_cells[cache] * cell_bytes) as u64)
        });
        Self {
            weight_bytes: weight_bytes(gpu, plan),
            cache_bytes: caches.sum(),
            compute_bytes: compute_bytes(gpu, plan, options),
        }
    }
}

/// Rows of a matrix that are bound at once: whole workgroups of them if that many fit. Room for the word
/// after the last row that an unaligned read touches.
pub(super) fn rows_at_once(gpu: &Gpu, weight: &WeightInfo) -> u64 {
    let row_bytes = weight.n_bytes / weight.n_rows;
    let n_rows = (gpu.most_binding_bytes().saturating_sub(8) / row_bytes).max(1);
    let in_groups = n_rows - n_rows % u64::from(Kernel::MATVEC_INTEGER_ROWS);
    if in_groups > 0 { in_groups } else { n_rows }
}

/// Bytes of a buffer for so many bytes of a weight.
fn uploaded(n_bytes: u64) -> u64 {
    rounded(n_bytes + 4)
}

fn weight_bytes(gpu: &Gpu, plan: &Plan) -> u64 {
    let mut is_counted = vec![false; plan.weights.len()];
    let mut sum = 0;
    for group in plan.fused().iter().flat_map(|run| together(gpu, plan, run)) {
        let ids = |(id, bias): &Factor| std::iter::once(*id).chain(*bias);
        if group.iter().flat_map(ids).all(|id| !is_counted[id.0]) {
            group.iter().flat_map(ids).for_each(|id| is_counted[id.0] = true);
            let n_bytes = |id: WeightId| plan.weights[id.0].n_bytes;
            sum += uploaded(group.iter().map(|&(id, _)| n_bytes(id)).sum());
            let biases = group.iter().filter_map(|&(_, bias)| bias.map(n_bytes));
            let bias_bytes: u64 = biases.sum();
            sum += if bias_bytes > 0 { uploaded(bias_bytes) } else { 0 };
        }
    }
    for ids in plan.fused().iter().filter_map(|run| norms_together(plan, run)) {
        if ids.iter().all(|id| !is_counted[id.0]) {
            ids.iter().for_each(|id| is_counted[id.0] = true);
            sum += uploaded(ids.iter().map(|id| plan.weights[id.0].n_bytes).sum());
        }
    }
    let mut is_new = |id: WeightId| !std::mem::replace(&mut is_counted[id.0], true);
    let matrix = |id: WeightId| -> u64 {
        let weight = &plan.weights[id.0];
        let row_bytes = weight.n_bytes / weight.n_rows;
        let at_once = rows_at_once(gpu, weight);
        let rest = weight.n_rows % at_once;
        let whole = weight.n_rows / at_once * uploaded(at_once * row_bytes);
        whole + if rest > 0 { uploaded(rest * row_bytes) } else { 0 }
    };
    let vector = |id: WeightId| uploaded(plan.weights[id.0].n_bytes);
    for op in &plan.ops {
        match *op {
            Op::Embed { table, .. } if is_new(table) => sum += matrix(table),
            Op::Linear { weight, bias, .. } => {
                sum += if is_new(weight) { matrix(weight) } else { 0 };
                sum += bias.filter(|&id| is_new(id)).map_or(0, vector);
            }
            Op::RmsNorm { weight, .. } | Op::ShortConv { kernel: weight, .. } if is_new(weight) => {
                sum += vector(weight);
            }
            _ => {}
        }
    }
    sum
}

fn compute_bytes(gpu: &Gpu, plan: &Plan, options: &RunnerOptions) -> u64 {
    let n_batch = options.n_batch as u64;
    let words = |n: u64| rounded(4 * n * n_batch);
    let turns = plan.ropes.iter().map(|rope| words(u64::from(rope.d_rot)));
    let caches = plan.caches.iter().zip(&options.n_cells);
    let sights =
        caches.map(|(group, &n_cells)| words(1) + rounded(sight_bytes(group, n_cells, n_batch)));
    let inputs = 2 * words(1) + turns.sum::<u64>() + sights.sum::<u64>();

    let n_tail_rows = tail_rows(plan, options) as u64;
    let activations = plan.buffers.iter().enumerate().map(|(index, buffer)| {
        let n_rows = if is_in_head(plan, BufferId(index)) { n_batch } else { n_tail_rows };
        rounded(4 * u64::from(buffer.width) * n_rows)
    });
    let selected = plan.ops.iter().map(|op| match *op {
        Op::SelectRows { buffer } => {
            rounded(4 * u64::from(plan.buffers[buffer.0].width) * n_tail_rows)
        }
        _ => 0,
    });
    let row_bytes = 8 * u64::from(Kernel::MAX_BEST) * n_tail_rows;
    let n_parts = u64::from(plan.n_vocab.div_ceil(PART_LOGITS));
    let best = rounded(row_bytes) + rounded(n_parts * row_bytes);
    let scratch = 2 * rounded(rounded_bytes(plan)) + rounded(part_bytes(plan, options));
    let params = rounded(most_steps(gpu, plan) * gpu.param_stride());
    let logits = rounded(4 * u64::from(plan.n_vocab) * n_tail_rows);
    let staging = logits.max(rounded(row_bytes));
    inputs + activations.sum::<u64>() + selected.sum::<u64>() + best + scratch + params + staging
}

/// At least as many steps as a plan becomes.
pub(super) fn most_steps(gpu: &Gpu, plan: &Plan) -> u64 {
    let n_shards = plan.ops.iter().map(|op| match *op {
        Op::Embed { table: weight, .. } | Op::Linear { weight, .. } => {
            let weight = &plan.weights[weight.0];
            weight.n_rows.div_ceil(rows_at_once(gpu, weight))
        }
        _ => 0,
    });
    // A shard of a matrix is looked up, or multiplied by few rows and by many; every other operation
    // is four steps at most. Two look for the likeliest tokens.
    4 * plan.ops.len() as u64 + 2 * n_shards.sum::<u64>() + 2
}
