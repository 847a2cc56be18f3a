//! Products of bytes on a GPU: who rounds their inputs, and what they are turned and stored with, against
//! the plain loops of `ops::reference`.
//!
//! Bounds: a normalised mean squared error of 5e-4. Of whole models, the mean KL divergence is at most
//! 1e-3 from the plain loops, and the most likely token the same wherever the margin exceeds 0.4, twice
//! what such rounding moves logits by; 4e-3 for LFM2: see `gpu_models.rs`.

use std::sync::Arc;

use carrel_core::exec::{ContextPolicy, Decoder};
use carrel_core::ggml::dequantise;
use carrel_core::gpu::{Flavour, FlavourChoice, Gpu, GpuOptions};
use carrel_core::ops::{
    Activation, Batch, BufferId, CacheType, Fusion, Op, ReferenceRunner, RopePairs,
};
use carrel_core::quant::TensorType;
use carrel_tests::attention::{attended, attended_of, tokens_at};
use carrel_tests::divergence::compare_above;
use carrel_tests::gpu::{
    BYTE_TYPES, compare_rows, compare_with_loops, has, model, on_gpu, open_gpu, options, rows,
    tokens,
};
use carrel_tests::operations::Operations;

const EIGHT_BIT: f64 = 5e-4;

/// A GPU that computes products of few tokens in bytes.
fn in_bytes(most_binding_bytes: Option<u64>) -> Option<Arc<Gpu>> {
    open_gpu(&GpuOptions {
        allow_software: true,
        flavours: FlavourChoice::Only(Flavour::Integer),
        most_binding_bytes,
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
        let Some(gpu) = in_bytes(most_binding_bytes) else { return };
        let what = |what: &str| format!("{what}, bindings of {most_binding_bytes:?}");
        let mut operations = Operations::new();
        let input = operations.input(160, 1.0);
        let hidden = operations.input(96, 5.0);
        let branch = product_to(&mut operations, input, 160, 96);
        operations.push(Op::Add { a: branch, b: hidden, out: hidden });
        let normed = operations.norm(hidden, 96);
        let out = product_to(&mut operations, normed, 96, 37);
        let case = operations.finish(out);
        assert!(has(&case, Fusion::AddedProduct) && has(&case, Fusion::NormedProducts));
        compare_rows(&gpu, &what("sum, norm, product"), &case, &[1, 4, 7], EIGHT_BIT);

        let mut operations = Operations::new();
        let branch = operations.input(640, 3.0);
        let hidden = operations.input(640, 5.0);
        operations.add_norm(branch, hidden, 640);
        let normed = operations.norm(hidden, 640);
        let out = product_to(&mut operations, normed, 640, 37);
        let case = operations.finish(out);
        assert!(has(&case, Fusion::NormedSum) && has(&case, Fusion::NormedProducts));
        compare_rows(&gpu, &what("norm, sum, norm, product"), &case, &[1, 4, 7], EIGHT_BIT);

        let mut operations = Operations::new();
        let input = operations.input(96, 3.0);
        let normed = operations.norm(input, 96);
        let [gate, up] = std::array::from_fn(|_| product_to(&mut operations, normed, 96, 160));
        let gated = operations.buffer(160);
        operations.push(Op::Gate { gate, up, activation: Activation::Silu, out: gated });
        let out = product_to(&mut operations, gated, 160, 37);
        let case = operations.finish(out);
        assert!(has(&case, Fusion::GatedProducts));
        compare_rows(&gpu, &what("gate, product"), &case, &[1, 3, 7], EIGHT_BIT);
    }
    let Some(gpu) = in_bytes(None) else { return };
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
        compare_with_loops(&gpu, &what, &case, (CacheType::F32, 600), &batches, EIGHT_BIT);
    }
}

#[test]
fn products_of_bytes_are_turned_and_stored() {
    let Some(gpu) = in_bytes(None) else { return };
    for kind in BYTE_TYPES {
        for (cache_type, pairs, has_biases) in [
            (CacheType::F32, RopePairs::Adjacent, true),
            (CacheType::F16, RopePairs::Halves, true),
            (CacheType::F16, RopePairs::Adjacent, false),
            // In blocks, which no workgroup has whole.
            (CacheType::Q8_0, RopePairs::Halves, false),
        ] {
            let mut operations = Operations::new();
            let input = operations.input(256, 3.0);
            let normed = operations.norm(input, 256);
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
            for (first, n_tokens) in [(3, 3), (6, 4), (10, 20), (30, 2)] {
                batches.push(tokens_at(first, n_tokens, 256));
            }
            let what = format!("{kind} {pairs:?} {cache_type:?}");
            compare_with_loops(&gpu, &what, &case, (cache_type, 256), &batches, EIGHT_BIT);
        }
    }
}

#[test]
fn families_agree_with_the_plain_loops_in_products_of_bytes() {
    let Some(gpu) = in_bytes(None) else { return };
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
