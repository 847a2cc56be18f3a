//! What the GPU backend computes in one step where the plan has several, and the flavours of its
//! products, against the plain loops of `ops::reference`. Products of bytes beyond that: `gpu_bytes.rs`.
//!
//! Bounds of the normalised mean squared error: 1e-7 in single precision, 1e-6 where factors are in half
//! precision, 5e-4 where inputs are rounded to 8 bits.

use std::sync::Arc;

use carrel_core::cancel::CancelFlag;
use carrel_core::gguf::Gguf;
use carrel_core::gpu::{Flavour, FlavourChoice, Gpu, GpuOptions, GpuRunner, GpuWeights};
use carrel_core::ops::{
    Activation, Batch, Best, BufferId, CacheType, Fusion, Op, Plan, RopePairs, Run, Runner,
    RunnerOptions,
};
use carrel_core::quant::TensorType;
use carrel_tests::attention::{attended, tokens_at};
use carrel_tests::gpu::{
    BYTE_TYPES, WEIGHT_TYPES, any_gpu, compare_rows, compare_with_loops, has, open_gpu,
};
use carrel_tests::operations::{N_TOKENS, Operations, batch};

const SINGLE: f64 = 1e-7;
const HALF: f64 = 1e-6;
const EIGHT_BIT: f64 = 5e-4;

fn product(
    operations: &mut Operations,
    input: BufferId,
    kind: TensorType,
    n_cols: u32,
) -> BufferId {
    let weight = operations.weight(kind, 37, n_cols.into(), 0.5);
    let out = operations.buffer(37);
    operations.push(Op::Linear { input, weight, bias: None, out });
    out
}

/// Types, and columns that they can have.
const TYPES: [(TensorType, u32); 4] = [
    (TensorType::F32, 173),
    (TensorType::Q4_0, 96),
    (TensorType::Q8_0, 1056),
    (TensorType::Q4_K, 768),
];

fn normed_products(kind: TensorType, n_cols: u32) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let input = operations.input(n_cols, 3.0);
    let normed = operations.norm(input, n_cols);
    let [a, b, c] = std::array::from_fn(|_| product(&mut operations, normed, kind, n_cols));
    operations.push(Op::Add { a, b, out: b });
    operations.push(Op::Add { a: b, b: c, out: c });
    operations.finish(c)
}

/// Products of different widths whose matrices lie one after the other, with biases or without; the
/// result is one of them.
fn products_together(
    kind: TensorType,
    n_cols: u32,
    has_biases: bool,
    result: usize,
) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let input = operations.input(n_cols, 3.0);
    let normed = operations.norm(input, n_cols);
    // Whole words in every type; not whole spans of rows.
    let outs = [44u32, 20, 12, 36].map(|width| {
        let weight = operations.weight(kind, width.into(), n_cols.into(), 0.5);
        let bias = has_biases.then(|| operations.weight(TensorType::F32, 1, width.into(), 1.0));
        let out = operations.buffer(width);
        operations.push(Op::Linear { input: normed, weight, bias, out });
        out
    });
    operations.finish(outs[result])
}

fn gated(kind: TensorType, n_cols: u32, activation: Activation) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let input = operations.input(n_cols, 3.0);
    let normed = operations.norm(input, n_cols);
    let [gate, up] = std::array::from_fn(|_| product(&mut operations, normed, kind, n_cols));
    let out = operations.buffer(37);
    operations.push(Op::Gate { gate, up, activation, out });
    operations.finish(out)
}

/// One product for a gate and what it multiplies, or for buffers of different widths.
fn halved(kind: TensorType, n_cols: u32, is_gated: bool) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let input = operations.input(n_cols, 3.0);
    let normed = operations.norm(input, n_cols);
    let weight = operations.weight(kind, 74, n_cols.into(), 0.5);
    let bias = (!is_gated).then(|| operations.weight(TensorType::F32, 1, 74, 1.0));
    let whole = operations.buffer(74);
    operations.push(Op::Linear { input: normed, weight, bias, out: whole });
    if is_gated {
        let out = operations.buffer(37);
        let activation = Activation::Silu;
        operations.push(Op::GateHalves { input: whole, activation, out });
        return operations.finish(out);
    }
    let [a, b, c] = [31, 12, 31].map(|width| operations.buffer(width));
    for (first, out) in [(0, a), (31, b), (43, c)] {
        operations.push(Op::Slice { input: whole, first, out });
    }
    let both = operations.buffer(31);
    operations.push(Op::Add { a, b: c, out: both });
    let weight = operations.weight(TensorType::F32, 31, 12, 1.0);
    let out = operations.buffer(31);
    operations.push(Op::Linear { input: b, weight, bias: None, out });
    operations.push(Op::Add { a: both, b: out, out: both });
    operations.finish(both)
}

/// The norm of a branch, added to a buffer.
fn normed_sum(width: u32) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let branch = operations.input(width, 3.0);
    let hidden = operations.input(width, 5.0);
    operations.add_norm(branch, hidden, width);
    operations.finish(hidden)
}

fn added(kind: TensorType, n_cols: u32) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let input = operations.input(n_cols, 1.0);
    let hidden = operations.input(37, 5.0);
    let branch = product(&mut operations, input, kind, n_cols);
    operations.push(Op::Add { a: branch, b: hidden, out: hidden });
    operations.finish(hidden)
}

/// All of them on one GPU.
fn compare_fused(gpu: &Arc<Gpu>, what: &str, bound: f64) {
    for (kind, n_cols) in TYPES {
        let case = normed_products(kind, n_cols);
        assert!(has(&case, Fusion::NormedProducts));
        compare_rows(gpu, &format!("{what}norm and products {kind}"), &case, &[1, 3, 5], bound);
        for (result, has_biases) in [(0, false), (1, true), (2, true), (3, false)] {
            let case = products_together(kind, n_cols, has_biases, result);
            assert!(has(&case, Fusion::NormedProducts));
            let what = format!("{what}product {result} of several {kind}");
            compare_rows(gpu, &what, &case, &[1, 4, 6], bound);
        }
        for activation in [Activation::Silu, Activation::Gelu] {
            let case = gated(kind, n_cols, activation);
            assert!(has(&case, Fusion::GatedProducts));
            let what = format!("{what}gate {kind} {activation:?}");
            compare_rows(gpu, &what, &case, &[1, 4, 9], bound);
        }
        for (is_gated, fusion) in [(true, Fusion::GatedProducts), (false, Fusion::SlicedProduct)] {
            let case = halved(kind, n_cols, is_gated);
            assert!(has(&case, fusion));
            let what = format!("{what}{fusion:?} of one matrix {kind}");
            compare_rows(gpu, &what, &case, &[1, 4, 5], bound);
        }
        let case = added(kind, n_cols);
        assert!(has(&case, Fusion::AddedProduct));
        compare_rows(gpu, &format!("{what}product and sum {kind}"), &case, &[1, 4, 33], bound);
    }
}

#[test]
fn fused_runs_compute_what_their_operations_do() {
    let Some(gpu) = any_gpu() else { return };
    compare_fused(&gpu, "", SINGLE);
}

#[test]
fn norms_are_added_as_one_kernel() {
    let Some(gpu) = any_gpu() else { return };
    for width in [1, 173, 640] {
        let case = normed_sum(width);
        assert!(has(&case, Fusion::NormedSum));
        compare_rows(&gpu, &format!("norm and sum of {width}"), &case, &[1, 5], SINGLE);
    }
}

#[test]
fn flavours_compute_what_the_baseline_does() {
    // Few tokens are vectors, more are matrices.
    for (flavour, bound, kinds, n_tokens) in [
        (Flavour::Subgroups, SINGLE, &WEIGHT_TYPES[..], &[1, 2, 3, 4][..]),
        (Flavour::Half, HALF, &WEIGHT_TYPES, &[5, 33]),
        (Flavour::Cooperative, HALF, &WEIGHT_TYPES, &[5, 70]),
        (Flavour::Integer, EIGHT_BIT, &BYTE_TYPES, &[1, 2, 3, 4]),
    ] {
        let options = GpuOptions {
            allow_software: true,
            flavours: FlavourChoice::Only(flavour),
            ..Default::default()
        };
        let Some(gpu) = open_gpu(&options) else { return };
        println!("subgroups of {:?}", gpu.adapter().subgroup_sizes);
        let has = match flavour {
            Flavour::Subgroups => gpu.adapter().has_subgroups,
            Flavour::Half => gpu.adapter().has_half_precision,
            Flavour::Cooperative => gpu.adapter().has_cooperative_matrices,
            Flavour::Baseline | Flavour::Integer => true,
        };
        if !has {
            eprintln!("SKIPPED: {} has no {flavour:?}", gpu.adapter().name);
            continue;
        }
        if matches!(flavour, Flavour::Subgroups | Flavour::Integer) {
            compare_fused(&gpu, &format!("{flavour:?} "), bound);
        }
        for &kind in kinds {
            let n_cols = if kind.block_values() == 1 { 173 } else { 768 };
            let mut operations = Operations::new();
            let input = operations.input(n_cols, 1.0);
            let out = product(&mut operations, input, kind, n_cols);
            let what = format!("{flavour:?} linear {kind}");
            compare_rows(&gpu, &what, &operations.finish(out), n_tokens, bound);
        }
    }
}

/// Queries, keys and values of one layer, turned, stored and looked at.
fn attention(
    n_head: u32,
    n_head_kv: u32,
    d_head: u32,
    pairs: RopePairs,
    has_norms: bool,
) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let out = attended(&mut operations, n_head, n_head_kv, d_head, pairs, has_norms);
    operations.finish(out)
}

#[test]
fn attention_in_parts_is_attention() {
    let Some(gpu) = any_gpu() else { return };
    for (pairs, has_norms, cache_type, bound) in [
        (RopePairs::Halves, false, CacheType::F32, SINGLE),
        (RopePairs::Halves, true, CacheType::F32, SINGLE),
        (RopePairs::Adjacent, true, CacheType::F16, HALF),
        (RopePairs::Halves, false, CacheType::Q8_0, EIGHT_BIT),
    ] {
        let case = attention(4, 2, 64, pairs, has_norms);
        let stores = |run: &Run| run.fusion == Fusion::TurnedStore;
        let run = case.0.fused().into_iter().find(stores).expect("a store");
        assert_eq!(run.ops.len(), if has_norms { 5 } else { 3 });
        // Forty tokens at a time fill cells, then few of them see three parts, the second one empty.
        let mut batches: Vec<Batch> = (0..15).map(|i| tokens_at(40 * i, 40, 600)).collect();
        batches.push(tokens_at(599, 1, 600));
        batches.push(tokens_at(596, 4, 600));
        let what = format!("parts {cache_type:?}, norms: {has_norms}");
        compare_with_loops(&gpu, &what, &case, (cache_type, 600), &batches, bound);
    }
}

#[test]
fn the_likeliest_tokens_are_found_in_order() {
    let Some(gpu) = any_gpu() else { return };
    // Values of Q4_0 are sixteen a block, so many of them are equal. Three parts, the last not full.
    let mut operations = Operations::new();
    let table = operations.weight(TensorType::Q4_0, N_TOKENS as u64, 2080, 1.0);
    let out = operations.buffer(2080);
    operations.push(Op::Embed { table, scale: 1.0, out });
    let (plan, file) = operations.finish(out);
    let options = RunnerOptions {
        n_threads: 1,
        n_batch: N_TOKENS,
        n_cells: vec![70],
        cache_type: CacheType::F32,
    };
    let weights = Arc::new(GpuWeights::new(&gpu, &plan, &file).expect("weights"));
    let mut runner = GpuRunner::new(Arc::new(plan), weights, &options).expect("a runner");
    for n_tokens in [1, 7] {
        let whole = batch(0, n_tokens, 70, |_, _| false);
        runner.forward(&whole, &CancelFlag::new()).expect("runs");
        assert!(runner.best().is_empty(), "they were not asked for");
        let rows: Vec<Vec<f32>> = runner.logits().chunks(2080).map(<[f32]>::to_vec).collect();
        for n_best in [1, 2, 40, 64] {
            let wanted = Batch { n_best, ..whole.clone() };
            runner.forward(&wanted, &CancelFlag::new()).expect("runs");
            assert!(runner.logits().is_empty(), "only the likeliest come back");
            assert_eq!(runner.best().len(), n_tokens * n_best);
            for (row, found) in rows.iter().zip(runner.best().chunks(n_best)) {
                let mut ids: Vec<u32> = (0..2080).collect();
                ids.sort_by(|&a, &b| row[b as usize].total_cmp(&row[a as usize]).then(a.cmp(&b)));
                let best = |&id: &u32| Best { id, logit: row[id as usize] };
                let expected: Vec<Best> = ids[..n_best].iter().map(best).collect();
                assert_eq!(found, expected, "{n_best} of {n_tokens} rows");
            }
        }
    }
    let many = Batch { n_best: 65, ..batch(0, 1, 70, |_, _| false) };
    assert!(runner.forward(&many, &CancelFlag::new()).is_err(), "more than kernels find");
}
