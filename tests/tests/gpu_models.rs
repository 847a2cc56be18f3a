//! Whole models on the GPU against the CPU, and what a GPU must do besides computing: keep state,
//! slide, stop, and fail in a way that a caller can handle.
//!
//! Tolerances: against the plain loops, the most likely token is the same wherever the margin exceeds
//! 0.05, and the mean KL divergence is at most 1e-5, which is what keys and values in half precision
//! are worth. Against either backend of the CPU, the mean KL divergence is at most 1e-3, and the most
//! likely token is the same wherever the margin exceeds 0.05, with one exception: in quantised products
//! the CPU rounds activations to 8 bits and the GPU does not, which moves logits by up to 0.2 on these
//! models of random weights. So up to a margin of 0.4 the GPU may prefer another token than the CPU, if
//! the plain loops, which round nothing, prefer the same one as the GPU. LFM2 multiplies rounded numbers
//! with each other, three at a time, and rounds what comes out: that moves its logits by up to 0.35, and
//! llama.cpp, too, is 1.8e-3 away from the plain loops (`families.rs`), so there 4e-3 are allowed.

use std::path::Path;
use std::time::Duration;

use carrel_core::cancel::CancelFlag;
use carrel_core::error::{GpuError, ModelError};
use carrel_core::exec::{
    ContextPolicy, CpuBackend, Decoder, DecoderOptions, LogitRows, Model, ModelOptions,
};
use carrel_core::ggml::{Placement, dequantise};
use carrel_core::gpu::{FlavourChoice, Gpu, GpuOptions};
use carrel_core::ops::{CacheType, Outcome, ReferenceRunner};
use carrel_core::quant::TensorType;
use carrel_models::FAMILIES;
use carrel_models::shapes::Shape;
use carrel_tests::divergence::{best_and_margin, compare, compare_above};
use carrel_tests::gpu::{
    ANSWER, Undisturbed, any_gpu, model, model_with, on_gpu, open_gpu, options, rows, tokens,
};
use carrel_tests::shared_fixtures;
use serde_json::Value;

const SHAPES: [&str; 11] = [
    "tiny-llama",
    "tiny-mistral",
    "tiny-llama-yarn",
    "tiny-llama-linear",
    "tiny-internlm2",
    "tiny-qwen2",
    "tiny-qwen3",
    "tiny-gemma3",
    "tiny-phi3",
    "tiny-smollm3",
    "tiny-lfm2",
];

/// Margin above which the rounding of activations to 8 bits decides nothing: twice what it moves logits.
const ROUNDED_MARGIN: f32 = 0.4;

fn check(what: &str, ours: &[Vec<f32>], theirs: &[Vec<f32>], bound: f64) {
    let agreement = compare(ours, theirs);
    println!("{what:32} {agreement}");
    assert_eq!(agreement.n_different, 0, "{what}: another most likely token");
    assert!(agreement.mean_kl <= bound, "{what}: mean KL {}", agreement.mean_kl);
}

fn on_reference(model: &Model, options: &DecoderOptions) -> Decoder {
    let decoder = Decoder::with_runner(model, options, |plan, options| {
        Ok(Box::new(ReferenceRunner::new(plan, model.file(), options, dequantise)?))
    });
    decoder.expect("a decoder")
}

/// The CPU, computed with by one of its backends.
fn on_cpu(name: &str, kind: TensorType, backend: CpuBackend) -> Model {
    let placement = match backend {
        CpuBackend::Own => Placement::Repacked,
        _ => Placement::InPlace,
    };
    model_with(name, kind, ModelOptions { placement, backend, ..Default::default() })
}

/// Rows where the GPU prefers another token than the CPU does, though the CPU's margin exceeds 0.05; and
/// those of them where the plain loops do not side with the GPU.
fn other_tokens(ours: &[Vec<f32>], cpu: &[Vec<f32>], plain: &[Vec<f32>]) -> (usize, usize) {
    let differs = |(ours, cpu): (&Vec<f32>, &Vec<f32>)| {
        let (best, margin) = best_and_margin(cpu);
        margin > 0.05 && best_and_margin(ours).0 != best
    };
    let rows = ours.iter().zip(cpu).zip(plain).filter(|&((ours, cpu), _)| differs((ours, cpu)));
    let sides = rows.map(|((ours, _), plain)| best_and_margin(ours).0 == best_and_margin(plain).0);
    let sides: Vec<bool> = sides.collect();
    (sides.len(), sides.iter().filter(|is_with_us| !**is_with_us).count())
}

#[test]
fn every_family_and_type_agrees_with_the_plain_loops_and_the_cpu() {
    use TensorType::{F16, Q4_0, Q4_K, Q6_K, Q8_0};
    for family in FAMILIES {
        let is_its = |name: &&str| {
            Shape::named(name).is_some_and(|shape| shape.architecture == family.architecture)
        };
        assert!(SHAPES.iter().any(is_its), "no shape of {}", family.architecture);
    }
    let Some(gpu) = any_gpu() else { return };
    for name in SHAPES {
        for kind in [F16, Q8_0, Q4_0, Q4_K, Q6_K] {
            let model = model(name, kind);
            let options = options(ContextPolicy::Full(96), CacheType::F16);
            let tokens = tokens(48, model.spec().n_vocab);
            let plain = rows(&mut on_reference(&model, &options), &tokens, 8);
            let ours = rows(&mut on_gpu(&gpu, &model, &options), &tokens, 8);
            check(&format!("{name} {kind}"), &ours, &plain, 1e-5);
            for backend in [CpuBackend::Ggml, CpuBackend::Own] {
                let cpu = on_cpu(name, kind, backend);
                let cpu = rows(&mut cpu.decoder(&options).expect("a decoder"), &tokens, 8);
                let agreement = compare_above(ROUNDED_MARGIN, &ours, &cpu);
                let (n_other, n_alone) = other_tokens(&ours, &cpu, &plain);
                println!("  {:30} {agreement}, {n_other} above 0.05", format!("{backend:?}"));
                let what = format!("{name} {kind}, {backend:?}: {agreement}");
                let bound = if name == "tiny-lfm2" { 4e-3 } else { 1e-3 };
                assert!(agreement.mean_kl <= bound, "{what}");
                assert_eq!(agreement.n_different, 0, "{what}");
                assert_eq!(n_alone, 0, "{what}: neither the CPU nor the plain loops prefer it");
                assert!(kind.is_quantised() || n_other == 0, "{what}: {n_other} other tokens");
            }
        }
    }
}

#[test]
fn an_8_bit_cache_and_a_sliding_context_agree_with_the_cpu() {
    let Some(gpu) = any_gpu() else { return };
    for (name, cache_type) in [
        ("tiny-llama", CacheType::Q8_0),
        ("tiny-llama-yarn", CacheType::F16),
        ("tiny-gemma3", CacheType::F32),
        ("tiny-lfm2", CacheType::F16),
    ] {
        let model = model(name, TensorType::F16);
        let options = options(ContextPolicy::Sliding(64), cache_type);
        let tokens = tokens(150, model.spec().n_vocab);
        let theirs = rows(&mut model.decoder(&options).expect("a decoder"), &tokens, 4);
        let ours = rows(&mut on_gpu(&gpu, &model, &options), &tokens, 4);
        check(&format!("{name} sliding {cache_type:?}"), &ours, &theirs, 1e-3);
    }
}

#[test]
fn a_state_moves_between_cpu_and_gpu() {
    let Some(gpu) = any_gpu() else { return };
    for (name, cache_type) in [
        ("tiny-llama", CacheType::F16),
        ("tiny-llama", CacheType::Q8_0),
        ("tiny-lfm2", CacheType::Q8_0),
    ] {
        let model = model(name, TensorType::F16);
        let options = options(ContextPolicy::Full(96), cache_type);
        let read = tokens(40, model.spec().n_vocab);
        let next = tokens(3, model.spec().n_vocab);
        let mut on_cpu = model.decoder(&options).expect("a decoder");
        on_cpu.forward(&read, LogitRows::None, &CancelFlag::new()).expect("forward");
        let mut state = Vec::new();
        on_cpu.save(&read, &mut state).expect("saved");
        let theirs = rows(&mut on_cpu, &next, 1);

        let mut decoder = on_gpu(&gpu, &model, &options);
        decoder.restore(&read, &mut state.as_slice()).expect("restored on the GPU");
        let mut copy = Vec::new();
        decoder.save(&read, &mut copy).expect("saved from the GPU");
        assert!(copy == state, "the same bytes come back");
        check(&format!("restored {cache_type:?}"), &rows(&mut decoder, &next, 1), &theirs, 1e-3);
    }
}

#[test]
fn stories_are_told_as_on_the_cpu() {
    let Some(fixtures) = shared_fixtures() else { return };
    let Some(gpu) = any_gpu() else { return };
    let text = std::fs::read_to_string(fixtures.join("models/stories260K.expected.json"));
    let expected: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    let path = fixtures.join("models/stories260K-f32.gguf");
    let model = Model::open(Path::new(&path), ModelOptions::default()).expect("the model opens");
    let options = options(ContextPolicy::Full(512), model.exact_cache_type());
    let mut decoder = on_gpu(&gpu, &model, &options);
    for run in expected["greedy"].as_array().expect("runs") {
        let ids = |key: &str| -> Vec<u32> {
            let ids = run[key].as_array().expect("ids").iter();
            ids.map(|id| id.as_u64().expect("an id") as u32).collect()
        };
        decoder.clear().expect("clear");
        decoder.forward(&ids("prompt_ids"), LogitRows::Last, &CancelFlag::new()).expect("prefill");
        let wanted = ids("ids");
        let mut found = Vec::new();
        while found.len() < wanted.len() {
            let logits = decoder.logits().iter().enumerate();
            let best = logits.max_by(|a, b| a.1.total_cmp(b.1)).expect("logits").0 as u32;
            found.push(best);
            decoder.forward(&[best], LogitRows::Last, &CancelFlag::new()).expect("decode");
        }
        assert_eq!(found, wanted, "{}", run["prompt"]);
    }
}

#[test]
fn the_comparison_with_the_cpu_finds_a_good_gpu_good() {
    let Some(gpu) = any_gpu() else { return };
    let model = model("tiny-qwen3", TensorType::Q4_K);
    let verdict = model.on_gpu(&gpu).expect("weights").compare_with_cpu().expect("a verdict");
    println!("{verdict:?}");
    assert!(verdict.is_good(), "{verdict:?}");
}

#[test]
fn a_type_without_a_kernel_is_refused_by_name() {
    let Some(gpu) = any_gpu() else { return };
    let model = model("tiny-llama", TensorType::IQ4_XS);
    let Err(ModelError::Gpu(GpuError::Unsupported { what, found, .. })) =
        model.on_gpu(&gpu).map(|_| ())
    else {
        panic!("not refused");
    };
    assert!(what.contains(".weight"), "{what}");
    assert_eq!(found, "IQ4_XS");
}

#[test]
fn a_cancelled_batch_leaves_the_decoder_usable() {
    let Some(gpu) = any_gpu() else { return };
    let model = model("tiny-llama", TensorType::Q8_0);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    let mut decoder = on_gpu(&gpu, &model, &options);
    let cancelled = CancelFlag::new();
    cancelled.cancel();
    let tokens = tokens(40, model.spec().n_vocab);
    let outcome = decoder.forward(&tokens, LogitRows::Last, &cancelled).expect("forward");
    assert_eq!((outcome, decoder.n_past()), (Outcome::Cancelled, 0));
    let theirs = rows(&mut model.decoder(&options).expect("a decoder"), &tokens, 2);
    check("after a cancelled batch", &rows(&mut decoder, &tokens, 2), &theirs, 1e-3);
}

#[test]
fn an_answer_is_the_same_wherever_the_gpu_is_lost() {
    let model = model("tiny-qwen3", TensorType::F32);
    for (context, losses) in [
        (ContextPolicy::Full(96), [0, 3, 8, 13, 19]),
        (ContextPolicy::Sliding(48), [1, 5, 9, 12, 18]),
    ] {
        let options = options(context, CacheType::F32);
        let Some(undisturbed) = Undisturbed::new(&model, &options) else { return };
        for loss in losses {
            undisturbed.compare(|gpu, step| {
                if step == loss {
                    gpu.destroy();
                }
            });
        }
    }
}

#[test]
fn an_answer_is_the_same_when_the_gpu_is_lost_while_it_works() {
    let model = model("tiny-llama", TensorType::F32);
    let options = options(ContextPolicy::Full(96), CacheType::F32);
    let Some(undisturbed) = Undisturbed::new(&model, &options) else { return };
    // Twenty moments of any step: Knuth's multiplier draws the step and how far into it the loss comes.
    let mut random = 2026u64;
    for _ in 0..20 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (loss, delay_us) = ((random >> 33) as usize % ANSWER, (random >> 45) % 4000);
        undisturbed.compare(|gpu, step| {
            if step == loss {
                let gpu = gpu.clone();
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_micros(delay_us));
                    gpu.destroy();
                });
            }
        });
    }
}

#[test]
fn nothing_runs_while_the_gpu_is_suspended() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model("tiny-llama", TensorType::Q8_0);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    let mut decoder = on_gpu(&gpu, &model, &options);
    let tokens = tokens(8, model.spec().n_vocab);
    gpu.suspend();
    let cancel = CancelFlag::new();
    let flag = cancel.clone();
    let running = std::thread::spawn(move || {
        let outcome = decoder.forward(&tokens, LogitRows::Last, &flag);
        (outcome, decoder, tokens)
    });
    std::thread::sleep(Duration::from_millis(100));
    assert!(!running.is_finished(), "it waits");
    cancel.cancel();
    let (outcome, mut decoder, tokens) = running.join().expect("ended");
    assert_eq!(outcome.expect("no error"), Outcome::Cancelled);
    gpu.resume();
    let outcome = decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("runs");
    assert_eq!((outcome, decoder.n_past()), (Outcome::Done, 8));
}

#[test]
fn what_a_driver_did_before_is_remembered() {
    let folder = tempfile::tempdir().expect("a folder");
    let gpu_options = GpuOptions {
        allow_software: true,
        flavours: FlavourChoice::Measured,
        folder: Some(folder.path().to_owned()),
        ..Default::default()
    };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model("tiny-llama", TensorType::Q4_0);
    let verdict = model.on_gpu(&gpu).expect("weights").verdict().expect("a verdict");
    assert!(verdict.is_good(), "{verdict:?}");
    let interface = gpu.adapter().interface.clone();
    drop(gpu);
    let file = folder.path().join("gpu.json");
    let text = std::fs::read_to_string(&file).expect("a ledger");
    let ledger: Value = serde_json::from_str(&text).expect("JSON");
    let entry = ledger.as_object().and_then(|drivers| drivers.values().next()).expect("a driver");
    assert_eq!(entry["standing"], "good");
    assert_eq!(entry["models"].as_object().expect("models").len(), 1);
    assert!(!entry["flavours"].as_object().expect("flavours").is_empty(), "measured");
    // What the driver compiled lies beside it, where drivers give that away: those of Vulkan do.
    let files = std::fs::read_dir(folder.path()).expect("readable").filter_map(Result::ok);
    let mut compiled = files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == "pipelines"));
    assert_eq!(compiled.next().is_some(), interface == "vulkan");
    let gpu = open_gpu(&gpu_options).expect("still there");
    let again = model.on_gpu(&gpu).expect("weights").verdict().expect("a verdict");
    assert_eq!(again, verdict, "not compared again");

    // Other kernels were not compared yet, and a GPU that is lost meanwhile is not judged at all.
    let n_models = || {
        let text = std::fs::read_to_string(&file).expect("a ledger");
        let ledger: Value = serde_json::from_str(&text).expect("JSON");
        let entry = ledger.as_object().and_then(|drivers| drivers.values().next().cloned());
        entry.expect("a driver")["models"].as_object().expect("models").len()
    };
    let baseline = GpuOptions { flavours: FlavourChoice::Baseline, ..gpu_options };
    let gpu = open_gpu(&baseline).expect("still there");
    let moved = model.on_gpu(&gpu).expect("weights");
    gpu.destroy();
    let judged = moved.verdict();
    assert!(matches!(judged, Err(ModelError::Gpu(GpuError::Lost { .. }))), "{judged:?}");
    assert_eq!(n_models(), 1);
    let gpu = open_gpu(&baseline).expect("still there");
    assert!(model.on_gpu(&gpu).expect("weights").verdict().expect("a verdict").is_good());
    assert_eq!(n_models(), 2);
}

/// A folder with what another one says about drivers, changed.
fn changed_ledger(from: &Path, change: impl Fn(&mut Value)) -> tempfile::TempDir {
    let text = std::fs::read_to_string(from.join("gpu.json")).expect("a ledger");
    let mut ledger: Value = serde_json::from_str(&text).expect("JSON");
    ledger.as_object_mut().expect("drivers").values_mut().for_each(change);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("gpu.json"), ledger.to_string()).expect("written");
    folder
}

#[test]
fn a_driver_that_failed_before_is_opened_only_if_it_is_to_be_tried_again() {
    let first = tempfile::tempdir().expect("a folder");
    let options_in = |folder: &Path| GpuOptions {
        allow_software: true,
        folder: Some(folder.to_owned()),
        ..Default::default()
    };
    let Some(gpu) = open_gpu(&options_in(first.path())) else { return };
    drop(gpu);
    // It ended the program, or computed something else.
    for standing in ["trying", "wrong"] {
        let folder = changed_ledger(first.path(), |driver| driver["standing"] = standing.into());
        let gpu_options = options_in(folder.path());
        let denied = Gpu::open(&gpu_options).map(|_| ());
        assert!(matches!(denied, Err(GpuError::Denied { .. })), "{standing}: {denied:?}");
        let retried = GpuOptions { retries: true, ..gpu_options.clone() };
        Gpu::open(&retried).expect("it is good now");
        Gpu::open(&gpu_options).expect("which is remembered");
        let other = changed_ledger(folder.path(), |driver| assert_eq!(driver["standing"], "good"));
        drop(other);
    }
}

#[test]
fn a_flavour_that_was_the_fastest_before_is_used() {
    let first = tempfile::tempdir().expect("a folder");
    let options_in = |folder: &Path| GpuOptions {
        allow_software: true,
        flavours: FlavourChoice::Measured,
        folder: Some(folder.to_owned()),
        times_kernels: true,
        ..Default::default()
    };
    let Some(gpu) = open_gpu(&options_in(first.path())) else { return };
    let model = model("tiny-llama", TensorType::Q4_0);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    drop(on_gpu(&gpu, &model, &options));
    drop(gpu);
    for flavour in ["Baseline", "Integer"] {
        let folder = changed_ledger(first.path(), |driver| {
            let flavours = driver["flavours"].as_object_mut().expect("measured");
            let of_vectors = flavours.iter_mut().filter(|(work, _)| work.starts_with("vectors"));
            let n_changed = of_vectors.map(|(_, known)| *known = flavour.into()).count();
            assert!(n_changed > 0, "nothing was measured");
        });
        let gpu = open_gpu(&options_in(folder.path())).expect("still there");
        let mut decoder = on_gpu(&gpu, &model, &options);
        if let Err(error) = gpu.start_profile() {
            eprintln!("SKIPPED: {error}");
            return;
        }
        decoder.forward(&[1], LogitRows::Last, &CancelFlag::new()).expect("forward");
        let times = gpu.end_profile();
        let mut products = times.iter().filter(|time| time.kernel.starts_with("matvec Q4_0"));
        assert!(products.all(|time| time.kernel.contains(flavour)), "{times:?}");
    }
}

#[test]
fn a_model_on_no_gpu_has_no_verdict() {
    let judged = model("tiny-llama", TensorType::Q8_0).verdict();
    assert!(matches!(judged, Err(ModelError::Gpu(GpuError::NoAdapter { .. }))), "{judged:?}");
}

#[test]
fn the_likeliest_tokens_are_the_same_as_from_all_logits() {
    let Some(gpu) = any_gpu() else { return };
    let model = model("tiny-qwen3", TensorType::Q4_K);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    let prompt = tokens(20, model.spec().n_vocab);
    for mut decoder in [on_gpu(&gpu, &model, &options), model.decoder(&options).expect("a decoder")]
    {
        let all = rows(&mut decoder, &prompt, 3);
        decoder.clear().expect("cleared");
        decoder.forward(&prompt, LogitRows::AllBest(2), &CancelFlag::new()).expect("forward");
        assert!(decoder.logits().is_empty());
        assert_eq!(decoder.best().len(), 2 * prompt.len());
        for (row, found) in all.iter().zip(decoder.best().chunks(2)) {
            let best = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            assert!((found[0].logit - best).abs() <= 2e-3 * best.abs().max(1.0));
            assert!(found[0].logit >= found[1].logit && found[0].id != found[1].id);
        }
    }
}

#[test]
fn a_lost_gpu_is_said_and_a_state_is_not_saved_from_it() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model("tiny-llama", TensorType::Q8_0);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    let moved = model.on_gpu(&gpu).expect("weights");
    let mut decoder = moved.decoder(&options).expect("a decoder");
    let tokens = tokens(20, model.spec().n_vocab);
    decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
    gpu.destroy();
    assert!(decoder.save(&tokens, &mut Vec::new()).is_err(), "no state of a lost GPU");
    let result = model.on_gpu(&gpu).map(|_| ());
    assert!(matches!(result, Err(ModelError::Gpu(GpuError::Lost { .. }))), "{result:?}");
    // A model that lost its GPU still makes decoders, on the CPU.
    let mut decoder = moved.decoder(&options).expect("a decoder");
    let theirs = rows(&mut model.decoder(&options).expect("a decoder"), &tokens, 2);
    check("a decoder after the loss", &rows(&mut decoder, &tokens, 2), &theirs, 1e-9);
}
