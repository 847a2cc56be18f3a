//! What the GPU backend computes in one step where the plan has several, and the flavours of its
//! products, against the plain loops of `ops::reference`.
//!
//! Bounds of the normalised mean squared error: 1e-7 in single precision, 1e-6 where factors are in half
//! precision, 5e-4 where inputs are rounded to 8 bits. Of whole models whose inputs are rounded, the mean
//! KL divergence is at most 1e-3 from the plain loops, and the most likely token the same wherever the
//! margin exceeds 0.4, twice what such rounding moves logits by; 4e-3 for LFM2: see `gpu_models.rs`.

use std::sync::Arc;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::exec::{ContextPolicy, Decoder, LogitRows, Model, ModelOptions};
use carrel_core::ggml::dequantise;
use carrel_core::gguf::Gguf;
use carrel_core::gpu::{Flavour, FlavourChoice, Gpu, GpuOptions, GpuRunner, GpuWeights};
use carrel_core::ops::{
    Activation, Batch, Best, BufferId, CacheType, Fusion, Op, Plan, ReferenceRunner, RopeInfo,
    RopePairs, Run, Runner, RunnerOptions,
};
use carrel_core::quant::TensorType;
use carrel_models::shapes::{Shape, Value};
use carrel_tests::divergence::compare_above;
use carrel_tests::gpu::{WEIGHT_TYPES, any_gpu, model, on_gpu, open_gpu, options, rows, tokens};
use carrel_tests::operations::{N_TOKENS, Operations, batch, normalised_error};
use half::f16;

const SINGLE: f64 = 1e-7;
const HALF: f64 = 1e-6;
const EIGHT_BIT: f64 = 5e-4;

fn compare(
    gpu: &Arc<Gpu>,
    what: &str,
    (plan, file): &(Plan, Gguf),
    (cache_type, n_cells): (CacheType, usize),
    batches: &[Batch],
    bound: f64,
) {
    let n_cells = vec![n_cells];
    let options = RunnerOptions { n_threads: 1, n_batch: N_TOKENS, n_cells, cache_type };
    let weights = Arc::new(GpuWeights::new(gpu, plan, file).expect("weights"));
    let mut ours = GpuRunner::new(Arc::new(plan.clone()), weights, &options).expect("a runner");
    let mut reference = ReferenceRunner::new(plan, file, &options, dequantise).expect("a runner");
    for batch in batches {
        ours.forward(batch, &CancelFlag::new()).expect("the GPU runs");
        reference.forward(batch, &CancelFlag::new()).expect("the reference runs");
        let error = normalised_error(ours.logits(), reference.logits());
        println!("{what:40} {:2} tokens: {error:.1e}", batch.tokens.len());
        assert!(error <= bound, "{what}, {} tokens: {error:e}", batch.tokens.len());
    }
}

/// The same for batches of so many tokens, without a cache.
fn compare_rows(gpu: &Arc<Gpu>, what: &str, case: &(Plan, Gguf), n_tokens: &[usize], bound: f64) {
    let batches: Vec<Batch> = n_tokens.iter().map(|&n| batch(0, n, 70, |_, _| false)).collect();
    compare(gpu, what, case, (CacheType::F32, 70), &batches, bound);
}

/// Whether the plan has a run of this kind, so that a test tests what it says.
fn has(case: &(Plan, Gguf), fusion: Fusion) -> bool {
    case.0.fused().iter().any(|run| run.fusion == fusion)
}

fn norm(operations: &mut Operations, input: BufferId, width: u32) -> BufferId {
    let weight = operations.weight(TensorType::F32, 1, width.into(), 1.0);
    let out = operations.buffer(width);
    operations.push(Op::RmsNorm { input, weight, epsilon: 1e-5, out });
    out
}

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
    let normed = norm(&mut operations, input, n_cols);
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
    let normed = norm(&mut operations, input, n_cols);
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
    let normed = norm(&mut operations, input, n_cols);
    let [gate, up] = std::array::from_fn(|_| product(&mut operations, normed, kind, n_cols));
    let out = operations.buffer(37);
    operations.push(Op::Gate { gate, up, activation, out });
    operations.finish(out)
}

/// One product for a gate and what it multiplies, or for buffers of different widths.
fn halved(kind: TensorType, n_cols: u32, is_gated: bool) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let input = operations.input(n_cols, 3.0);
    let normed = norm(&mut operations, input, n_cols);
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

/// The norm of a branch, added to a buffer of which a product is taken; the result is the product, or
/// the sum.
fn normed_sum(width: u32, is_product: bool) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let branch = operations.input(width, 3.0);
    let hidden = operations.input(width, 5.0);
    let weight = operations.weight(TensorType::F32, 1, width.into(), 1.0);
    operations.push(Op::RmsNorm { input: branch, weight, epsilon: 1e-5, out: branch });
    operations.push(Op::Add { a: branch, b: hidden, out: hidden });
    if !is_product {
        return operations.finish(hidden);
    }
    let normed = norm(&mut operations, hidden, width);
    let out = product(&mut operations, normed, TensorType::Q8_0, width);
    operations.finish(out)
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
        let case = normed_sum(width, false);
        assert!(has(&case, Fusion::NormedSum));
        compare_rows(&gpu, &format!("norm and sum of {width}"), &case, &[1, 5], SINGLE);
    }
}

#[test]
fn flavours_compute_what_the_baseline_does() {
    // Few tokens are vectors, more are matrices.
    for (flavour, bound, n_tokens) in [
        (Flavour::Subgroups, SINGLE, [1, 4]),
        (Flavour::Half, HALF, [5, 33]),
        (Flavour::Cooperative, HALF, [5, 70]),
        (Flavour::Integer, EIGHT_BIT, [1, 4]),
    ] {
        let options = GpuOptions {
            allow_software: true,
            flavours: FlavourChoice::Only(flavour),
            ..Default::default()
        };
        let Some(gpu) = open_gpu(&options) else { return };
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
        // Every type that the flavour has kernels for.
        for kind in WEIGHT_TYPES {
            let n_cols = if kind.block_values() == 1 { 173 } else { 768 };
            let mut operations = Operations::new();
            let input = operations.input(n_cols, 1.0);
            let out = product(&mut operations, input, kind, n_cols);
            let what = format!("{flavour:?} linear {kind}");
            compare_rows(&gpu, &what, &operations.finish(out), &n_tokens, bound);
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

fn attended(
    operations: &mut Operations,
    n_head: u32,
    n_head_kv: u32,
    d_head: u32,
    pairs: RopePairs,
    has_norms: bool,
) -> BufferId {
    let queries = operations.input(n_head * d_head, 3.0);
    let keys = operations.input(n_head_kv * d_head, 1.0);
    let values = operations.input(n_head_kv * d_head, 1.0);
    let numbers = [n_head, n_head_kv, d_head];
    attended_of(operations, [queries, keys, values], numbers, pairs, has_norms)
}

/// The same of queries, keys and values that are there; the numbers are those of heads, of key heads and
/// of values of a head.
fn attended_of(
    operations: &mut Operations,
    [queries, keys, values]: [BufferId; 3],
    [n_head, n_head_kv, d_head]: [u32; 3],
    pairs: RopePairs,
    has_norms: bool,
) -> BufferId {
    operations.plan.n_head = n_head;
    operations.plan.n_head_kv = n_head_kv;
    operations.plan.d_head = d_head;
    operations.plan.ropes.push(RopeInfo {
        pairs,
        d_rot: d_head / 2,
        base: 10_000.0,
        frequency_scale: 1.0,
        extrapolation: 0.0,
        beta_fast: 32.0,
        beta_slow: 1.0,
        n_ctx_original: 2048,
        magnitude: 1.0,
        factors: None,
    });
    let out = operations.buffer(n_head * d_head);
    for buffer in [queries, keys].into_iter().filter(|_| has_norms) {
        let weight = operations.weight(TensorType::F32, 1, d_head.into(), 1.5);
        operations.push(Op::RmsNorm { input: buffer, weight, epsilon: 1e-5, out: buffer });
    }
    operations.push(Op::Rope { buffer: queries, rope: 0 });
    operations.push(Op::Rope { buffer: keys, rope: 0 });
    operations.push(Op::StoreKeysValues { layer: 0, keys, values });
    let scale = 1.0 / (d_head as f32).sqrt();
    operations.push(Op::Attend { layer: 0, queries, scale, out });
    out
}

/// Tokens at the cells `first ..`, each of them seeing all cells up to its own but every eleventh, and
/// none of the second part of 256.
fn tokens_at(first: usize, n_tokens: usize, n_cells: usize) -> Batch {
    let mut batch = batch(0, n_tokens, n_cells, |_, _| false);
    let view = &mut batch.caches[0];
    view.cells = (first..first + n_tokens).map(|cell| cell as i64).collect();
    view.mask.fill(f16::NEG_INFINITY);
    for (token, row) in view.mask.chunks_exact_mut(n_cells).enumerate() {
        for cell in (0..=first + token).filter(|cell| cell % 11 != 3 && !(256..512).contains(cell))
        {
            row[cell] = f16::ZERO;
        }
    }
    batch.positions = (first..first + n_tokens).map(|position| position as i32).collect();
    batch
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
        compare(&gpu, &what, &case, (cache_type, 600), &batches, bound);
    }
}

/// A GPU that computes products of few tokens in bytes.
fn in_bytes(most_binding_bytes: Option<u64>, times_kernels: bool) -> Option<Arc<Gpu>> {
    open_gpu(&GpuOptions {
        allow_software: true,
        flavours: FlavourChoice::Only(Flavour::Integer),
        most_binding_bytes,
        times_kernels,
        ..Default::default()
    })
}

/// A product of a buffer to so many rows.
fn product_to(operations: &mut Operations, input: BufferId, n_cols: u32, n_rows: u32) -> BufferId {
    let weight = operations.weight(TensorType::Q8_0, n_rows.into(), n_cols.into(), 0.5);
    let out = operations.buffer(n_rows);
    operations.push(Op::Linear { input, weight, bias: None, out });
    out
}

#[test]
fn what_makes_values_rounds_them_for_the_next_product() {
    // Whole matrices, shards of 16 rows, which round what they make, and of five, which do not.
    for most_binding_bytes in [None, Some(2800), Some(900)] {
        let Some(gpu) = in_bytes(most_binding_bytes, false) else { return };
        let what = |what: &str| format!("{what}, bindings of {most_binding_bytes:?}");
        let mut operations = Operations::new();
        let input = operations.input(160, 1.0);
        let hidden = operations.input(96, 5.0);
        let branch = product_to(&mut operations, input, 160, 96);
        operations.push(Op::Add { a: branch, b: hidden, out: hidden });
        let normed = norm(&mut operations, hidden, 96);
        let out = product_to(&mut operations, normed, 96, 37);
        let case = operations.finish(out);
        assert!(has(&case, Fusion::AddedProduct) && has(&case, Fusion::NormedProducts));
        compare_rows(&gpu, &what("sum, norm, product"), &case, &[1, 4, 7], EIGHT_BIT);

        let case = normed_sum(640, true);
        assert!(has(&case, Fusion::NormedSum) && has(&case, Fusion::NormedProducts));
        compare_rows(&gpu, &what("norm, sum, norm, product"), &case, &[1, 4, 7], EIGHT_BIT);

        let mut operations = Operations::new();
        let input = operations.input(96, 3.0);
        let normed = norm(&mut operations, input, 96);
        let [gate, up] = std::array::from_fn(|_| product_to(&mut operations, normed, 96, 160));
        let gated = operations.buffer(160);
        operations.push(Op::Gate { gate, up, activation: Activation::Silu, out: gated });
        let out = product_to(&mut operations, gated, 160, 37);
        let case = operations.finish(out);
        assert!(has(&case, Fusion::GatedProducts));
        compare_rows(&gpu, &what("gate, product"), &case, &[1, 3, 7], EIGHT_BIT);
    }
    let Some(gpu) = in_bytes(None, false) else { return };
    // Heads of whole spans, and of two and a quarter.
    for (d_head, n_group) in [(64, 5), (36, 4)] {
        let mut operations = Operations::new();
        let attended = attended(&mut operations, 2 * n_group, 2, d_head, RopePairs::Halves, false);
        let n_cols = 2 * n_group * d_head;
        let out = product_to(&mut operations, attended, n_cols, 37);
        let case = operations.finish(out);
        let mut batches: Vec<Batch> = (0..15).map(|i| tokens_at(40 * i, 40, 600)).collect();
        // In one go, and in parts.
        batches.push(tokens_at(200, 2, 256));
        batches.push(tokens_at(599, 1, 600));
        batches.push(tokens_at(596, 4, 600));
        let what = format!("attention of {d_head}, product");
        compare(&gpu, &what, &case, (CacheType::F32, 600), &batches, EIGHT_BIT);
    }
}

#[test]
fn products_of_bytes_are_turned_and_stored() {
    let Some(gpu) = in_bytes(None, false) else { return };
    for (kind, pairs, has_biases, cache_type) in [
        (TensorType::Q4_0, RopePairs::Halves, false, CacheType::F16),
        (TensorType::Q8_0, RopePairs::Adjacent, true, CacheType::F16),
        (TensorType::Q4_K, RopePairs::Halves, true, CacheType::F32),
        // In blocks, which no workgroup has whole.
        (TensorType::Q6_K, RopePairs::Adjacent, false, CacheType::Q8_0),
    ] {
        let mut operations = Operations::new();
        let input = operations.input(256, 3.0);
        let normed = norm(&mut operations, input, 256);
        let made = [4u32, 2, 2].map(|n_heads| {
            let n_rows = n_heads * 64;
            let weight = operations.weight(kind, n_rows.into(), 256, 0.1);
            let bias =
                has_biases.then(|| operations.weight(TensorType::F32, 1, n_rows.into(), 1.0));
            let out = operations.buffer(n_rows);
            operations.push(Op::Linear { input: normed, weight, bias, out });
            out
        });
        let out = attended_of(&mut operations, made, [4, 2, 64], pairs, false);
        let case = operations.finish(out);
        assert!(has(&case, Fusion::StoredProducts));
        let mut batches: Vec<Batch> = (0..3).map(|i| tokens_at(i, 1, 256)).collect();
        batches.extend([tokens_at(3, 4, 256), tokens_at(7, 20, 256), tokens_at(27, 2, 256)]);
        let what = format!("{kind} {pairs:?} {cache_type:?}");
        compare(&gpu, &what, &case, (cache_type, 256), &batches, EIGHT_BIT);
    }
}

#[test]
fn families_agree_with_the_plain_loops_in_products_of_bytes() {
    let Some(gpu) = in_bytes(None, false) else { return };
    for name in ["tiny-llama", "tiny-qwen2", "tiny-qwen3", "tiny-gemma3", "tiny-phi3", "tiny-lfm2"]
    {
        for kind in [TensorType::Q4_0, TensorType::Q4_K] {
            let model = model(name, kind);
            let options = options(ContextPolicy::Full(96), CacheType::F16);
            let tokens = tokens(28, model.spec().n_vocab);
            let plain = Decoder::with_runner(&model, &options, |plan, options| {
                Ok(Box::new(ReferenceRunner::new(plan, model.file(), options, dequantise)?))
            });
            let plain = rows(&mut plain.expect("a decoder"), &tokens, 8);
            let ours = rows(&mut on_gpu(&gpu, &model, &options), &tokens, 8);
            let agreement = compare_above(0.4, &ours, &plain);
            println!("{name:12} {kind} {agreement}");
            let bound = if name == "tiny-lfm2" { 4e-3 } else { 1e-3 };
            assert!(agreement.mean_kl <= bound, "{name} {kind}: {agreement}");
            assert_eq!(agreement.n_different, 0, "{name} {kind}: {agreement}");
        }
    }
}

/// A family's tiny model with so many layers.
fn model_of_layers(name: &str, n_layer: u32) -> Model {
    let shape = Shape::named(name).expect("a known shape");
    let layers = |&(key, value): &(&'static str, Value)| match key {
        "block_count" => (key, Value::Integer(n_layer)),
        _ => (key, value),
    };
    // As long as the program runs, as all shapes are.
    let keys: &'static [_] = shape.keys.iter().map(layers).collect::<Vec<_>>().leak();
    let shape: &'static Shape = Box::leak(Box::new(Shape { keys, ..*shape }));
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape, tensor_type: TensorType::Q4_0, seed: 7 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("a model is written");
    let file = Gguf::from_bytes(&bytes).expect("a valid file");
    Model::from_gguf(file, ModelOptions::default()).expect("a model")
}

#[test]
fn a_layer_is_as_many_kernels_as_the_documentation_says() {
    let bytes = FlavourChoice::Only(Flavour::Integer);
    // Kernels of a layer while all cells are looked at in one go, and with more of them.
    for (name, flavours, expected) in [
        ("tiny-llama", bytes, [5, 6]),
        ("tiny-llama", FlavourChoice::Baseline, [6, 7]),
        ("tiny-qwen2", bytes, [5, 6]),
        ("tiny-qwen3", bytes, [6, 7]),
        ("tiny-phi3", bytes, [6, 7]),
        // Each branch is normed before it is added; a window of 48 is looked at in one go.
        ("tiny-gemma3", bytes, [8, 8]),
    ] {
        let gpu_options = GpuOptions {
            allow_software: true,
            flavours,
            times_kernels: true,
            ..Default::default()
        };
        let Some(gpu) = open_gpu(&gpu_options) else { return };
        let options = options(ContextPolicy::Full(320), CacheType::F16);
        let mut n_kernels = [[0; 2]; 2];
        for (n_layer, found) in [3, 5].into_iter().zip(&mut n_kernels) {
            let model = model_of_layers(name, n_layer);
            let mut decoder = on_gpu(&gpu, &model, &options);
            for (n_past, found) in [20, 270].into_iter().zip(found) {
                let text = tokens(n_past - decoder.n_past(), model.spec().n_vocab);
                decoder.forward(&text, LogitRows::Last, &CancelFlag::new()).expect("forward");
                if let Err(error) = gpu.start_profile() {
                    eprintln!("SKIPPED: {error}");
                    return;
                }
                decoder.forward(&text[..1], LogitRows::Last, &CancelFlag::new()).expect("forward");
                *found = gpu.end_profile().iter().map(|time| time.n_runs).sum();
            }
        }
        let [few, more] = n_kernels;
        let found = [0, 1].map(|i| (more[i] - few[i]) / 2);
        println!("{name} {flavours:?}: {found:?} kernels a layer");
        assert_eq!(found, expected, "{name} {flavours:?}");
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
