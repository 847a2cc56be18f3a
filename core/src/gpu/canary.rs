//! The first thing that a GPU computes: two layers in miniature, one with attention and one with a
//! convolution, which plain loops compute too.
//!
//! Every kernel that all models need, or those with convolutions, runs here, on few rows and on many, with
//! attention in one go and in parts, and the search for the likeliest tokens, before a model is trusted to
//! the driver. Kernels for types of weights are compared on the very model: `exec::Model::verdict`.

use std::io::Cursor;
use std::sync::Arc;

use half::f16;

use super::device::Gpu;
use super::runner::GpuRunner;
use super::steps::{PART_CELLS, PART_LOGITS};
use super::weights::GpuWeights;
use crate::cancel::CancelFlag;
use crate::error::{GpuError, ModelError};
use crate::gguf::{Gguf, GgufWriter};
use crate::ops::{
    Activation, Batch, Best, BufferId, BufferInfo, CacheGroup, CacheType, CacheView, CellContent,
    Op, Plan, ReferenceRunner, RopeInfo, RopePairs, Runner, RunnerOptions, WeightId, WeightInfo,
};
use crate::quant::TensorType;

/// Largest mean squared error, normalised: some hundred roundings of single precision, squared.
const MOST_ERROR: f64 = 1e-10;

/// Numbers of the layers: odd ones, so that the ends of tiles and rows are met.
const D_MODEL: u32 = 72;
const D_HEAD: u32 = 36;
const N_HEAD: u32 = 2;
const D_FF: u32 = 100;
const N_TOKENS: usize = 6;

/// Tokens that the convolution reaches, and cells for its inputs.
const N_CONVOLVED: u32 = 3;
const N_INPUTS: usize = 12;

/// More than one part of the search for the likeliest tokens.
const N_VOCAB: u32 = PART_LOGITS + 90;

/// More cells than a part of attention has: the last tokens lie in the second one.
const N_CELLS: usize = PART_CELLS as usize + 40;
const LATE_CELL: usize = PART_CELLS as usize + 20;

/// The likeliest tokens that are looked for.
const N_BEST: usize = 5;

/// Runs the layers on the GPU and in plain loops. Answers whether both agree.
///
/// # Errors
/// If the GPU cannot run it at all.
pub(super) fn sings(gpu: &Arc<Gpu>) -> Result<bool, GpuError> {
    let refused = |error: &dyn std::fmt::Display| GpuError::Refused { problem: error.to_string() };
    let (plan, file) = layers().map_err(|error| refused(&error))?;
    let weights = Arc::new(GpuWeights::new(gpu, &plan, &file).map_err(|error| refused(&error))?);
    let mut ours = GpuRunner::new(Arc::new(plan.clone()), weights, &options())
        .map_err(|error| refused(&error))?;
    let mut plain =
        ReferenceRunner::new(&plan, &file, &options(), singles).map_err(|error| refused(&error))?;
    agree(&mut ours, &mut plain, &batches()).map_err(|error| refused(&error))
}

fn options() -> RunnerOptions {
    RunnerOptions {
        n_threads: 1,
        n_batch: N_TOKENS,
        n_cells: vec![N_CELLS, N_INPUTS],
        cache_type: CacheType::F32,
    }
}

/// Many tokens, one that sees cells of two parts, and one whose likeliest successors are wanted.
fn batches() -> [Batch; 3] {
    let together: Vec<usize> = (0..N_TOKENS).collect();
    [
        batch(&together, &together, N_TOKENS, 0),
        batch(&[N_TOKENS], &[LATE_CELL], N_CELLS, 0),
        batch(&[N_TOKENS + 1], &[LATE_CELL + 1], N_CELLS, N_BEST),
    ]
}

/// Whether the runner computes what the plain loops do.
fn agree(
    ours: &mut dyn Runner,
    plain: &mut ReferenceRunner,
    batches: &[Batch],
) -> Result<bool, ModelError> {
    for batch in batches {
        ours.forward(batch, &CancelFlag::new())?;
        plain.forward(batch, &CancelFlag::new())?;
        let error = match batch.n_best {
            0 => normalised_error(ours.logits(), plain.logits()),
            n_best => error_of_best(ours.best(), plain.logits(), n_best),
        };
        log::debug!("the canary's error is {error:e}");
        // Not a number is no agreement either.
        if error.is_nan() || error > MOST_ERROR {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The error of the likeliest tokens' logits, and of what the plain loops say of the same tokens.
fn error_of_best(found: &[Best], logits: &[f32], n_best: usize) -> f64 {
    let mut expected = logits.to_vec();
    expected.sort_by(|a, b| b.total_cmp(a));
    expected.truncate(n_best);
    let values: Vec<f32> = found.iter().map(|best| best.logit).collect();
    let of_same: Option<Vec<f32>> =
        found.iter().map(|best| logits.get(best.id as usize).copied()).collect();
    let error = normalised_error(&values, &expected);
    // The larger of the two would be a number also where one of them is none.
    of_same.map_or(f64::NAN, |of_same| error + normalised_error(&of_same, &values))
}

fn normalised_error(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::NAN;
    }
    let square = |value: f32| f64::from(value) * f64::from(value);
    let error: f64 = found.iter().zip(expected).map(|(a, b)| square(a - b)).sum();
    error / expected.iter().map(|&b| square(b)).sum::<f64>()
}

/// Tokens at these positions, each in a cell and seeing itself and those before it: the first ones lie
/// in the first cells, the late ones from the late cell on.
fn batch(positions: &[usize], cells: &[usize], n_cells: usize, n_best: usize) -> Batch {
    let mut mask = vec![f16::NEG_INFINITY; positions.len() * n_cells];
    for (row, &cell) in mask.chunks_exact_mut(n_cells).zip(cells) {
        let is_used = |seen: usize| seen <= cell && !(N_TOKENS..LATE_CELL).contains(&seen);
        (0..n_cells).filter(|&seen| is_used(seen)).for_each(|seen| row[seen] = f16::ZERO);
    }
    let cells = cells.iter().map(|&cell| cell as i64).collect();
    // Each input lies in the cell of its position.
    let before = (1..N_CONVOLVED as i64).rev().map(|back| (positions[0] as i64 - back).max(-1));
    let inputs = CacheView {
        cells: positions.iter().map(|&position| position as i64).collect(),
        before: before.collect(),
        ..CacheView::default()
    };
    Batch {
        tokens: positions.iter().map(|i| (i * 37 % N_VOCAB as usize) as i32).collect(),
        positions: positions.iter().map(|&i| i as i32).collect(),
        caches: vec![CacheView { cells, n_cells, mask, before: Vec::new() }, inputs],
        rows: (0..positions.len() as i32).collect(),
        n_best,
    }
}

fn singles(kind: TensorType, bytes: &[u8], _n_values: usize) -> Option<Vec<f32>> {
    let values = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    (kind == TensorType::F32).then(|| values.collect())
}

/// The weights of the layers: rows and columns.
const WEIGHTS: [(u32, u32); 12] = [
    (N_VOCAB, D_MODEL),         // embeddings, and the output
    (1, D_MODEL),               // norms
    (N_HEAD * D_HEAD, D_MODEL), // queries
    (D_HEAD, D_MODEL),          // keys
    (D_HEAD, D_MODEL),          // values
    (D_MODEL, N_HEAD * D_HEAD), // mix of heads
    (D_FF, D_MODEL),            // gate
    (D_FF, D_MODEL),            // up
    (D_MODEL, D_FF),            // down
    (3 * D_MODEL, D_MODEL),     // gates and input of the convolution
    (D_MODEL, N_CONVOLVED),     // its kernel
    (D_MODEL, D_MODEL),         // mix of its columns
];

/// The widths of their buffers.
const WIDTHS: [u32; 13] = [
    D_MODEL,
    D_MODEL,
    N_HEAD * D_HEAD,
    D_HEAD,
    D_HEAD,
    N_HEAD * D_HEAD,
    D_MODEL,
    D_FF,
    D_FF,
    D_FF,
    3 * D_MODEL,
    D_MODEL,
    N_VOCAB,
];

fn operations() -> Vec<Op> {
    let [
        hidden,
        normed,
        queries,
        keys,
        values,
        attended,
        branch,
        gate,
        up,
        gated,
        inputs,
        convolved,
        logits,
    ] = std::array::from_fn(BufferId);
    let [
        table,
        norm,
        to_queries,
        to_keys,
        to_values,
        mix,
        to_gate,
        to_up,
        down,
        to_inputs,
        kernel,
        mix_columns,
    ] = std::array::from_fn(WeightId);
    let linear = |input, weight, out| Op::Linear { input, weight, bias: None, out };
    let normalise = || Op::RmsNorm { input: hidden, weight: norm, epsilon: 1e-5, out: normed };
    let activation = Activation::Silu;
    vec![
        Op::Embed { table, scale: 1.5, out: hidden },
        normalise(),
        linear(normed, to_queries, queries),
        linear(normed, to_keys, keys),
        linear(normed, to_values, values),
        Op::Rope { buffer: queries, rope: 0 },
        Op::Rope { buffer: keys, rope: 0 },
        Op::StoreKeysValues { layer: 0, keys, values },
        Op::Attend { layer: 0, queries, scale: 1.0 / (D_HEAD as f32).sqrt(), out: attended },
        linear(attended, mix, branch),
        Op::Add { a: branch, b: hidden, out: hidden },
        normalise(),
        linear(normed, to_gate, gate),
        linear(normed, to_up, up),
        Op::Gate { gate, up, activation, out: gated },
        linear(gated, down, branch),
        Op::Add { a: branch, b: hidden, out: hidden },
        normalise(),
        linear(normed, to_inputs, inputs),
        Op::ShortConv { layer: 1, input: inputs, kernel, out: convolved },
        linear(convolved, mix_columns, branch),
        Op::SelectRows { buffer: branch },
        Op::SelectRows { buffer: hidden },
        Op::Add { a: branch, b: hidden, out: hidden },
        normalise(),
        linear(normed, table, logits),
        Op::Cap { buffer: logits, cap: 20.0 },
    ]
}

/// The plan and the file of its weights.
pub(super) fn layers() -> std::io::Result<(Plan, Gguf)> {
    let mut writer = GgufWriter::new();
    writer.set("general.architecture", "canary");
    let mut weights = Vec::new();
    for (index, (n_rows, n_cols)) in WEIGHTS.into_iter().enumerate() {
        let name = format!("weight.{index}");
        let (n_rows, n_cols) = (u64::from(n_rows), u64::from(n_cols));
        writer.tensor(&name, TensorType::F32, &[n_cols, n_rows]);
        let (start, n_bytes, tensor_type) = (0, 4 * n_rows * n_cols, TensorType::F32);
        weights.push(WeightInfo { name, tensor_type, n_rows, n_cols, start, n_bytes });
    }
    let mut random = 7u64;
    let mut value = || {
        // Knuth's multiplier for 64-bit linear congruences.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        0.4 * ((random >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
    };
    let mut bytes = Cursor::new(Vec::new());
    writer.write(&mut bytes, |index, out| {
        let n_values = weights[index].n_bytes / 4;
        let data: Vec<u8> = (0..n_values).flat_map(|_| value().to_le_bytes()).collect();
        out.write_all(&data)
    })?;
    let file = Gguf::from_bytes(&bytes.into_inner()).map_err(std::io::Error::other)?;
    for weight in &mut weights {
        weight.start = file.tensor(&weight.name).map_or(0, |tensor| tensor.start);
    }
    let rope = RopeInfo {
        pairs: RopePairs::Halves,
        d_rot: D_HEAD,
        base: 10_000.0,
        frequency_scale: 1.0,
        extrapolation: 0.0,
        beta_fast: 32.0,
        beta_slow: 1.0,
        n_ctx_original: 4096,
        magnitude: 1.0,
        factors: None,
    };
    let plan = Plan {
        ops: operations(),
        buffers: WIDTHS.map(|width| BufferInfo { name: "buffer", width }).to_vec(),
        weights,
        ropes: vec![rope],
        layer_rope: vec![Some(0), None],
        caches: vec![
            CacheGroup { content: CellContent::KeysValues, window: None, layers: vec![0] },
            CacheGroup {
                content: CellContent::Inputs(D_MODEL),
                window: Some(N_CONVOLVED),
                layers: vec![1],
            },
        ],
        logits: BufferId(WIDTHS.len() - 1),
        n_head: N_HEAD,
        n_head_kv: 1,
        d_head: D_HEAD,
        n_vocab: N_VOCAB,
    };
    Ok((plan, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(plan: &Plan, file: &Gguf) -> ReferenceRunner {
        ReferenceRunner::new(plan, file, &options(), singles).expect("a runner")
    }

    /// Whether a driver that computes this plan with these weights passes for one that computes the
    /// layers.
    fn passes(plan: &Plan, file: &Gguf) -> bool {
        let (known, weights) = layers().expect("a plan");
        let mut ours = plain(plan, file);
        // Plain loops do not look for the likeliest tokens.
        let batches = &batches()[..2];
        agree(&mut ours, &mut plain(&known, &weights), batches).expect("both run")
    }

    /// The operation a little different; `None` if all that it has are weights, or nothing.
    fn otherwise(op: &Op) -> Option<Op> {
        Some(match *op {
            Op::Embed { table, scale, out } => Op::Embed { table, scale: 1.001 * scale, out },
            Op::RmsNorm { input, weight, epsilon, out } => {
                Op::RmsNorm { input, weight, epsilon: epsilon + 0.01, out }
            }
            Op::Rope { buffer, .. } => Op::Rope { buffer, rope: 1 },
            Op::StoreKeysValues { layer, keys, values } => {
                Op::StoreKeysValues { layer, keys: values, values: keys }
            }
            Op::Attend { layer, queries, scale, out } => {
                Op::Attend { layer, queries, scale: 1.01 * scale, out }
            }
            Op::Gate { gate, up, out, .. } => {
                Op::Gate { gate, up, activation: Activation::Gelu, out }
            }
            Op::Add { a, out, .. } => Op::Add { a, b: a, out },
            Op::Cap { buffer, cap } => Op::Cap { buffer, cap: 1.01 * cap },
            _ => return None,
        })
    }

    #[test]
    fn no_operation_can_be_computed_otherwise_unnoticed() {
        let (mut plan, file) = layers().expect("a plan");
        plan.ropes.push(RopeInfo { base: 1.1 * plan.ropes[0].base, ..plan.ropes[0] });
        assert!(passes(&plan, &file));
        for index in 0..plan.ops.len() {
            let Some(op) = otherwise(&plan.ops[index]) else { continue };
            let mut ops = plan.ops.clone();
            ops[index] = op;
            let what = plan.describe(&ops[index]);
            assert!(!passes(&Plan { ops, ..plan.clone() }, &file), "{index}: {what}");
        }
    }

    #[test]
    fn no_weight_can_be_read_otherwise_unnoticed() {
        let (plan, file) = layers().expect("a plan");
        for weight in &plan.weights {
            // The last value of the row, or matrix, that all tokens multiply by; of the table, one that
            // the logits have.
            let last = (weight.start + weight.n_bytes) as usize - 4;
            let mut bytes = file.bytes().to_vec();
            let value = f32::from_le_bytes([0, 1, 2, 3].map(|i| bytes[last + i]));
            bytes[last..last + 4].copy_from_slice(&(value + 0.05).to_le_bytes());
            let changed = Gguf::from_bytes(&bytes).expect("a valid file");
            assert!(!passes(&plan, &changed), "{}", weight.name);
        }
    }

    #[test]
    fn the_likeliest_tokens_must_be_those_of_the_plain_loops_and_in_order() {
        let logits = [0.5, 3.0, -1.0, 2.0, 2.5];
        let best = |ids: [u32; 3]| ids.map(|id| Best { id, logit: logits[id as usize] });
        assert!(error_of_best(&best([1, 4, 3]), &logits, 3) <= MOST_ERROR);
        for wrong in [best([1, 3, 4]), best([4, 1, 3]), best([1, 4, 0])] {
            assert!(error_of_best(&wrong, &logits, 3) > MOST_ERROR, "{wrong:?}");
        }
        let mut other = best([1, 4, 3]);
        other[2].id = 2;
        assert!(error_of_best(&other, &logits, 3) > MOST_ERROR);
        other[2].id = 9;
        assert!(error_of_best(&other, &logits, 3).is_nan(), "there is no such token");
        assert!(error_of_best(&other[..2], &logits, 3).is_nan(), "one is missing");
    }
}
