//! The operations of our own CPU backend against the plain loops of `ops::reference`, for every set of
//! kernels that the processor can run, in odd shapes.
//!
//! Bounds of the normalised mean squared error: 1e-10 where all is single precision, as sums of some
//! hundred terms keep six digits; 1e-6 where keys and values are rounded to half precision; 2e-4 for
//! 8-bit activations, which are uniform on ±127 steps: (1/127)² / 12 of the largest square, which is
//! about three times the mean, and twice that for sums of products of two rounded numbers: 3e-5. Keys of
//! 8 bits are multiplied with queries of 8 bits, and a score's error is its share's relative one: scores
//! spread by up to 0.3 · √96 · 4/3 = 3.9 here, which makes 3.9² · 3e-5 = 5e-4.

use std::sync::Arc;

use carrel_core::cancel::CancelFlag;
use carrel_core::cpu::{CpuRunner, CpuWeights, Kernels, PackedFiles};
use carrel_core::ggml::dequantise;
use carrel_core::gguf::Gguf;
use carrel_core::ops::{
    Activation, Batch, CacheType, Op, Outcome, Plan, ReferenceRunner, RopeInfo, RopePairs, Runner,
    RunnerOptions,
};
use carrel_core::quant::TensorType;
use carrel_tests::operations::{N_TOKENS, Operations, batch, normalised_error, short_conv};

const SINGLE: f64 = 1e-10;
const HALF: f64 = 1e-6;
const EIGHT_BIT: f64 = 2e-4;
const EIGHT_BIT_SCORES: f64 = 5e-4;

/// Runs the batches on every set, with one thread and with three, and on the reference.
fn compare(
    what: &str,
    (plan, file): &(Plan, Gguf),
    cache_type: CacheType,
    batches: &[Batch],
    bound: f64,
) {
    for kernels in Kernels::available() {
        for n_threads in [1, 3] {
            let n_cells = vec![70];
            let options = RunnerOptions { n_threads, n_batch: N_TOKENS, n_cells, cache_type };
            let weights = Arc::new(
                CpuWeights::new(plan, file, dequantise, &PackedFiles::default()).expect("weights"),
            );
            let plan = Arc::new(plan.clone());
            let mut ours = CpuRunner::new(plan.clone(), weights, kernels, &options).expect("ours");
            let mut reference =
                ReferenceRunner::new(&plan, file, &options, dequantise).expect("the reference");
            for batch in batches {
                let outcome = ours.forward(batch, &CancelFlag::new()).expect("it runs");
                assert_eq!(outcome, Outcome::Done);
                reference.forward(batch, &CancelFlag::new()).expect("the reference runs");
                let error = normalised_error(ours.logits(), reference.logits());
                let n_tokens = batch.tokens.len();
                println!("{} {what:24} {n_tokens:2} tokens: {error:.1e}", kernels.name);
                assert!(error <= bound, "{} {what}, {n_tokens} tokens: {error:e}", kernels.name);
            }
        }
    }
}

/// Batches of these lengths from the start, everything visible that came before.
fn batches(lengths: &[usize]) -> Vec<Batch> {
    lengths.iter().map(|&n| batch(0, n, 70, |_, _| false)).collect()
}

#[test]
fn products_of_every_type() {
    use TensorType::{BF16, F16, F32, Q4_0, Q4_K, Q5_0, Q5_1, Q5_K, Q6_K, Q8_0};
    for kind in [F32, F16, BF16, Q8_0, Q4_0, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K] {
        let widths: &[u32] = match kind {
            F32 | F16 | BF16 => &[1, 37, 64],
            Q4_K | Q5_K | Q6_K => &[256, 768],
            _ => &[32, 96, 256],
        };
        for &width in widths {
            for n_rows in [1, 16, 53] {
                let mut operations = Operations::new();
                let input = operations.input(width, 2.0);
                let weight = operations.weight(kind, n_rows, width.into(), 0.5);
                let bias = operations.weight(TensorType::F32, 1, n_rows, 1.0);
                let out = operations.buffer(n_rows as u32);
                operations.push(Op::Linear { input, weight, bias: Some(bias), out });
                let bound = if matches!(kind, F32 | F16 | BF16) { SINGLE } else { EIGHT_BIT };
                let case = operations.finish(out);
                let what = format!("{kind} {n_rows} x {width}");
                compare(&what, &case, CacheType::F32, &batches(&[1, 2, 3, 4, 5, 40]), bound);
            }
        }
    }
}

#[test]
fn rows() {
    for width in [32, 100] {
        for activation in [Activation::Silu, Activation::Gelu] {
            let mut operations = Operations::new();
            let (a, b) = (operations.input(width, 3.0), operations.input(width, 1.0));
            let weight = operations.weight(TensorType::F32, 1, width.into(), 1.0);
            let both = operations.input(2 * width, 2.0);
            let (normed, gated) = (operations.buffer(width), operations.buffer(width));
            let (halves, out) = (operations.buffer(width), operations.buffer(width));
            operations.push(Op::RmsNorm { input: a, weight, epsilon: 1e-5, out: normed });
            operations.push(Op::Gate { gate: normed, up: b, activation, out: gated });
            operations.push(Op::GateHalves { input: both, activation, out: halves });
            operations.push(Op::Slice { input: both, first: 7, out });
            operations.push(Op::Add { a: halves, b: out, out });
            operations.push(Op::Add { a: gated, b: out, out });
            operations.push(Op::Cap { buffer: out, cap: 5.0 });
            let case = operations.finish(out);
            let what = format!("{activation:?} {width}");
            compare(&what, &case, CacheType::F32, &batches(&[1, 7, 40]), SINGLE);
        }
    }
}

#[test]
fn buffers_may_be_inputs_and_results_at_once() {
    let mut operations = Operations::new();
    let (a, b) = (operations.input(64, 2.0), operations.input(64, 2.0));
    let activation = Activation::Silu;
    operations.push(Op::Gate { gate: a, up: b, activation, out: b });
    operations.push(Op::Gate { gate: a, up: b, activation, out: a });
    operations.push(Op::Add { a, b, out: b });
    operations.push(Op::Add { a: b, b: a, out: b });
    let case = operations.finish(b);
    compare("in place", &case, CacheType::F32, &batches(&[1, 9]), SINGLE);
}

fn rope(pairs: RopePairs) -> RopeInfo {
    RopeInfo {
        pairs,
        d_rot: 24,
        base: 10_000.0,
        frequency_scale: 0.5,
        extrapolation: 1.0,
        beta_fast: 32.0,
        beta_slow: 1.0,
        n_ctx_original: 64,
        magnitude: 1.0,
        factors: None,
    }
}

/// Attention of heads of width `d_head` after a rotation of queries and keys.
fn attention(n_head: u32, n_head_kv: u32, d_head: u32, pairs: RopePairs) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let queries = operations.input(n_head * d_head, 2.0);
    let keys = operations.input(n_head_kv * d_head, 2.0);
    let values = operations.input(n_head_kv * d_head, 2.0);
    let out = operations.buffer(n_head * d_head);
    operations.plan.ropes.push(rope(pairs));
    operations.plan.layer_rope = vec![Some(0)];
    (operations.plan.n_head, operations.plan.n_head_kv) = (n_head, n_head_kv);
    operations.plan.d_head = d_head;
    operations.push(Op::Rope { buffer: queries, rope: 0 });
    operations.push(Op::Rope { buffer: keys, rope: 0 });
    operations.push(Op::StoreKeysValues { layer: 0, keys, values });
    operations.push(Op::Attend { layer: 0, queries, scale: 0.3, out });
    operations.finish(out)
}

#[test]
fn attention_over_every_kind_of_cache() {
    let cases = [(1, 1, 32), (6, 2, 64), (4, 4, 96), (9, 3, 32), (8, 1, 64)];
    for (n_head, n_head_kv, d_head) in cases {
        for pairs in [RopePairs::Adjacent, RopePairs::Halves] {
            let case = attention(n_head, n_head_kv, d_head, pairs);
            let mut batches = batches(&[30]);
            // Single tokens after it, one that sees all, one with a window, one with a sink before it.
            batches.push(batch(30, 1, 70, |_, _| false));
            batches.push(batch(31, 1, 70, |token, cell| token - cell > 5));
            batches.push(batch(32, 3, 70, |token, cell| cell > 2 && token - cell > 7));
            for (cache_type, bound) in [
                (CacheType::F32, SINGLE),
                (CacheType::F16, HALF),
                (CacheType::Q8_0, EIGHT_BIT_SCORES),
            ] {
                let what = format!("{n_head}/{n_head_kv} heads of {d_head} {cache_type:?}");
                compare(&what, &case, cache_type, &batches, bound);
            }
        }
    }
}

#[test]
fn short_convolutions_over_batches_of_any_length() {
    for (width, n) in [(1, 2), (37, 3), (64, 3), (100, 9)] {
        let (case, batches) = short_conv(width, n, &[1, 1, 5, 1, 30, 1, 1, 40, 2]);
        let what = format!("convolution of {n} x {width}");
        compare(&what, &case, CacheType::F16, &batches, SINGLE);
    }
}

#[test]
fn cells_can_be_taken_to_another_runner() {
    let (plan, file) = attention(6, 2, 64, RopePairs::Halves);
    let plan = Arc::new(plan);
    for cache_type in [CacheType::F32, CacheType::F16, CacheType::Q8_0] {
        let options =
            RunnerOptions { n_threads: 1, n_batch: N_TOKENS, n_cells: vec![70], cache_type };
        let weights = Arc::new(
            CpuWeights::new(&plan, &file, dequantise, &PackedFiles::default()).expect("weights"),
        );
        let runner = || {
            CpuRunner::new(plan.clone(), weights.clone(), Kernels::best(), &options).expect("ours")
        };
        let (mut first, mut second) = (runner(), runner());
        let forward = |runner: &mut CpuRunner, batch: &Batch| {
            runner.forward(batch, &CancelFlag::new()).expect("it runs");
            runner.logits().to_vec()
        };
        forward(&mut first, &batch(0, 20, 70, |_, _| false));
        let [mut keys, mut values] = first.cell_bytes(0).map(|n_bytes| vec![0; 20 * n_bytes]);
        first.read_cells(0, 0, &mut keys, &mut values).expect("readable");
        second.write_cells(0, 0, &keys, &values);
        let next = batch(20, 1, 70, |_, _| false);
        assert_eq!(forward(&mut first, &next), forward(&mut second, &next), "{cache_type:?}");
    }
}

#[test]
fn a_set_flag_stops_a_pass() {
    let (plan, file) = attention(6, 2, 64, RopePairs::Halves);
    let n_cells = vec![70];
    let cache_type = CacheType::F16;
    let options = RunnerOptions { n_threads: 2, n_batch: N_TOKENS, n_cells, cache_type };
    let weights = Arc::new(
        CpuWeights::new(&plan, &file, dequantise, &PackedFiles::default()).expect("weights"),
    );
    let mut runner =
        CpuRunner::new(Arc::new(plan), weights, Kernels::best(), &options).expect("ours");
    let cancel = CancelFlag::new();
    cancel.cancel();
    let batch = batch(0, 20, 70, |_, _| false);
    assert_eq!(runner.forward(&batch, &cancel).expect("it runs"), Outcome::Cancelled);
    assert!(runner.logits().is_empty());
    assert_eq!(runner.forward(&batch, &CancelFlag::new()).expect("it runs"), Outcome::Done);
}
