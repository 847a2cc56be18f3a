//! Every kernel of the GPU backend against the plain loops of `ops::reference`, in odd shapes.
//!
//! Bounds of the normalised mean squared error: 1e-7 where all is single precision (which is also
//! asked of products: weights are decoded, activations are not rounded); 1e-6 where keys and values
//! are rounded to half precision, as WGSL leaves the rounding to the driver; 2e-4 for keys and values
//! of 8 bits, which are uniform on ±127 steps: (1/127)² / 12 of the largest square for each of the two,
//! and the largest is about three times the mean.

use carrel_core::gguf::Gguf;
use carrel_core::gpu::GpuOptions;
use carrel_core::ops::{Activation, Batch, CacheType, Op, Plan, RopeInfo, RopePairs};
use carrel_core::quant::TensorType;
use carrel_tests::gpu::{WEIGHT_TYPES, any_gpu, compare_rows, compare_with_loops, open_gpu};
use carrel_tests::operations::{N_TOKENS, Operations, batch, short_conv};

const SINGLE: f64 = 1e-7;
const HALF: f64 = 1e-6;
const EIGHT_BIT: f64 = 2e-4;

/// Cells of all caches here.
const N_CELLS: usize = 70;

fn compare(what: &str, case: &(Plan, Gguf), n_tokens: &[usize], bound: f64) {
    let Some(gpu) = any_gpu() else { return };
    compare_rows(&gpu, what, case, n_tokens, bound);
}

/// Columns that a type can have, as odd as it allows.
fn odd_columns(kind: TensorType) -> u32 {
    match kind.block_values() {
        1 => 173,
        32 => 3 * 32,
        n => 3 * n as u32,
    }
}

fn linear(kind: TensorType, n_rows: u32, has_bias: bool) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    let n_cols = odd_columns(kind);
    let input = operations.input(n_cols, 1.0);
    let weight = operations.weight(kind, n_rows.into(), n_cols.into(), 0.5);
    let bias = has_bias.then(|| operations.weight(TensorType::F32, 1, n_rows.into(), 1.0));
    let out = operations.buffer(n_rows);
    operations.push(Op::Linear { input, weight, bias, out });
    operations.finish(out)
}

#[test]
fn products_of_every_type() {
    for kind in WEIGHT_TYPES {
        // One to four tokens are vectors, from five on it is a matrix; 33 do not fill a tile.
        compare(&format!("linear {kind}"), &linear(kind, 37, false), &[1, 2, 3, 4, 5, 33], SINGLE);
    }
    compare("linear with bias", &linear(TensorType::Q8_0, 67, true), &[1, 9], SINGLE);
    compare("linear to one row", &linear(TensorType::F16, 1, true), &[1, 40], SINGLE);
}

#[test]
fn matrices_in_shards_of_rows() {
    // Four rows of Q8_0 with 96 columns take 408 bytes; the table is cut the same way.
    let options =
        GpuOptions { allow_software: true, most_binding_bytes: Some(420), ..Default::default() };
    let Some(gpu) = open_gpu(&options) else { return };
    let mut operations = Operations::new();
    let table = operations.weight(TensorType::Q8_0, N_TOKENS as u64, 96, 1.0);
    let input = operations.buffer(96);
    operations.push(Op::Embed { table, scale: 1.0, out: input });
    let weight = operations.weight(TensorType::Q8_0, 37, 96, 0.5);
    let bias = Some(operations.weight(TensorType::F32, 1, 37, 1.0));
    let out = operations.buffer(37);
    operations.push(Op::Linear { input, weight, bias, out });
    let case = operations.finish(out);
    let batches = [batch(0, 2, 70, |_, _| false), batch(0, 35, 70, |_, _| false)];
    compare_with_loops(&gpu, "shards", &case, (CacheType::F32, N_CELLS), &batches, SINGLE);
}

#[test]
fn look_ups_of_every_type() {
    for kind in WEIGHT_TYPES {
        let mut operations = Operations::new();
        let width = odd_columns(kind);
        let table = operations.weight(kind, N_TOKENS as u64, width.into(), 1.0);
        let out = operations.buffer(width);
        operations.push(Op::Embed { table, scale: 1.7, out });
        compare(&format!("embed {kind}"), &operations.finish(out), &[1, 40], SINGLE);
    }
}

#[test]
fn short_convolutions_over_batches_of_any_length() {
    let Some(gpu) = any_gpu() else { return };
    for (width, n) in [(1, 2), (37, 3), (64, 3), (100, 9)] {
        let (case, batches) = short_conv(width, n, &[1, 1, 5, 1, 30, 1, 1, 40, 2]);
        let what = format!("convolution of {n} x {width}");
        compare_with_loops(&gpu, &what, &case, (CacheType::F16, N_CELLS), &batches, SINGLE);
    }
}

#[test]
fn norms_of_rows_and_of_heads() {
    for (width, length, is_in_place) in [(173, 173, false), (3 * 50, 50, true), (640, 64, false)] {
        let mut operations = Operations::new();
        let input = operations.input(width, 3.0);
        let weight = operations.weight(TensorType::F32, 1, length, 1.0);
        let out = if is_in_place { input } else { operations.buffer(width) };
        operations.push(Op::RmsNorm { input, weight, epsilon: 1e-5, out });
        let what = format!("rms_norm {width} by {length}");
        compare(&what, &operations.finish(out), &[1, 7], SINGLE);
    }
}

#[test]
fn rotations_of_both_kinds() {
    let yarn = RopeInfo {
        pairs: RopePairs::Halves,
        d_rot: 64,
        base: 10_000.0,
        frequency_scale: 0.25,
        extrapolation: 1.0,
        beta_fast: 32.0,
        beta_slow: 1.0,
        n_ctx_original: 2048,
        magnitude: 1.1,
        factors: None,
    };
    let plain = RopeInfo { extrapolation: 0.0, frequency_scale: 1.0, magnitude: 1.0, ..yarn };
    let adjacent = RopeInfo { pairs: RopePairs::Adjacent, ..plain };
    let partial = RopeInfo { d_rot: 24, ..plain };
    for (what, info, has_factors) in [
        ("rope halves", plain, false),
        ("rope adjacent", adjacent, false),
        ("rope partial", partial, false),
        ("rope yarn", yarn, false),
        ("rope factors", plain, true),
    ] {
        let mut operations = Operations::new();
        let factors = has_factors.then(|| operations.weight(TensorType::F32, 1, 32, 1.0));
        operations.plan.d_head = 64;
        operations.plan.n_head = 3;
        operations.plan.ropes.push(RopeInfo { factors, ..info });
        let buffer = operations.input(3 * 64, 1.0);
        operations.push(Op::Rope { buffer, rope: 0 });
        let case = operations.finish(buffer);
        let Some(gpu) = any_gpu() else { return };
        let near = batch(0, 9, 70, |_, _| false);
        let far = Batch {
            positions: (0..9).map(|i| 131_072 + 97 * i).collect(),
            ..batch(0, 9, 70, |_, _| false)
        };
        compare_with_loops(&gpu, what, &case, (CacheType::F32, N_CELLS), &[near, far], SINGLE);
    }
}

/// Keys, values and queries of one layer, stored and looked at.
fn attention(n_head: u32, n_head_kv: u32, d_head: u32) -> (Plan, Gguf) {
    let mut operations = Operations::new();
    operations.plan.n_head = n_head;
    operations.plan.n_head_kv = n_head_kv;
    operations.plan.d_head = d_head;
    let queries = operations.input(n_head * d_head, 3.0);
    let keys = operations.input(n_head_kv * d_head, 1.0);
    let values = operations.input(n_head_kv * d_head, 1.0);
    let out = operations.buffer(n_head * d_head);
    operations.push(Op::StoreKeysValues { layer: 0, keys, values });
    let scale = 1.0 / (d_head as f32).sqrt();
    operations.push(Op::Attend { layer: 0, queries, scale, out });
    operations.finish(out)
}

#[test]
fn attention_over_every_cache() {
    let Some(gpu) = any_gpu() else { return };
    for (n_head, n_head_kv, d_head) in [(6, 2, 64), (4, 4, 32), (5, 1, 96), (2, 1, 256)] {
        let case = attention(n_head, n_head_kv, d_head);
        // A prompt, one token, and a few more that see only some of the cells.
        let batches = [
            batch(0, 33, 70, |_, _| false),
            batch(33, 1, 70, |_, _| false),
            batch(34, 6, 50, |token, cell| token - cell > 20 && cell > 3),
        ];
        for (cache_type, bound) in
            [(CacheType::F32, SINGLE), (CacheType::F16, HALF), (CacheType::Q8_0, EIGHT_BIT)]
        {
            let what = format!("attend {n_head}/{n_head_kv} x {d_head} {cache_type:?}");
            compare_with_loops(&gpu, &what, &case, (cache_type, N_CELLS), &batches, bound);
        }
    }
}

#[test]
fn attention_over_cells_in_any_order_and_tiles_that_are_hidden() {
    let Some(gpu) = any_gpu() else { return };
    let case = attention(4, 2, 36);
    let mut first = batch(0, 8, 70, |_, _| false);
    let last = {
        // Token 39 sees the 65th cell and up only, so the first tile has nothing visible.
        let mut one = batch(39, 1, 70, |_, _| true);
        one.caches[0].cells = vec![69];
        one.caches[0].mask.fill(half::f16::NEG_INFINITY);
        for cell in [66, 69] {
            one.caches[0].mask[cell] = half::f16::ZERO;
        }
        one
    };
    // The eight tokens lie in cells 66, 59, 52, … instead of 0, 1, 2, …
    let cells: Vec<i64> = (0..8).map(|i| 66 - 7 * i).collect();
    let view = &mut first.caches[0];
    view.cells.clone_from(&cells);
    view.mask.fill(half::f16::NEG_INFINITY);
    for token in 0..8 {
        for &cell in &cells[..=token] {
            view.mask[token * 70 + cell as usize] = half::f16::ZERO;
        }
    }
    compare_with_loops(
        &gpu,
        "attend in any order",
        &case,
        (CacheType::F32, N_CELLS),
        &[first, last],
        SINGLE,
    );
}

#[test]
fn gates_of_both_kinds_even_far_out() {
    for activation in [Activation::Silu, Activation::Gelu] {
        for scale in [2.0, 1e4] {
            let mut operations = Operations::new();
            let gate = operations.input(173, scale);
            let up = operations.input(173, 1.0);
            let out = operations.buffer(173);
            operations.push(Op::Gate { gate, up, activation, out });
            let what = format!("gate {activation:?} to {scale}");
            compare(&what, &operations.finish(out), &[1, 7], SINGLE);

            let mut operations = Operations::new();
            let input = operations.input(2 * 173, scale);
            let out = operations.buffer(173);
            operations.push(Op::GateHalves { input, activation, out });
            let what = format!("gate_halves {activation:?} to {scale}");
            compare(&what, &operations.finish(out), &[1, 7], SINGLE);
        }
    }
}

#[test]
fn sums_slices_caps_and_selected_rows() {
    for place in ["apart", "into a", "into b"] {
        let mut operations = Operations::new();
        let (a, b) = (operations.input(173, 1.0), operations.input(173, 1.0));
        let out = match place {
            "into a" => a,
            "into b" => b,
            _ => operations.buffer(173),
        };
        operations.push(Op::Add { a, b, out });
        compare(&format!("add {place}"), &operations.finish(out), &[1, 7], SINGLE);
    }
    let mut operations = Operations::new();
    let input = operations.input(173, 1.0);
    let out = operations.buffer(61);
    operations.push(Op::Slice { input, first: 99, out });
    compare("slice", &operations.finish(out), &[1, 7], SINGLE);

    let mut operations = Operations::new();
    let buffer = operations.input(173, 1000.0);
    operations.push(Op::Cap { buffer, cap: 30.0 });
    compare("cap", &operations.finish(buffer), &[1, 7], SINGLE);

    let Some(gpu) = any_gpu() else { return };
    let mut operations = Operations::new();
    let buffer = operations.input(173, 1.0);
    operations.push(Op::SelectRows { buffer });
    operations.push(Op::Cap { buffer, cap: 1.0 });
    let case = operations.finish(buffer);
    let some = Batch { rows: vec![1, 4, 8], ..batch(0, 9, 70, |_, _| false) };
    compare_with_loops(&gpu, "select_rows", &case, (CacheType::F32, N_CELLS), &[some], SINGLE);
}

#[test]
fn a_wide_result_is_computed_in_parts() {
    // 8 MiB of logits hold six rows of 300 000, so 15 rows take three runs of the tail.
    let mut operations = Operations::new();
    let input = operations.input(4, 1.0);
    operations.push(Op::SelectRows { buffer: input });
    let weight = operations.weight(TensorType::F32, 300_000, 4, 1.0);
    let out = operations.buffer(300_000);
    operations.push(Op::Linear { input, weight, bias: None, out });
    compare("logits in parts", &operations.finish(out), &[1, 15], SINGLE);
}
