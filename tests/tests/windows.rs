//! Sliding windows: a model's own, and one with attention sinks that lets a sequence grow for ever.
//!
//! The referee here is the plain reference, because llama.cpp ignores the window of Mistral files
//! and has no sinks. Tolerance: logits within 2e-3, as sums of single precision are added up in
//! another order than the reference's 64-bit ones.

use std::path::Path;
use std::sync::Arc;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::cpu::{CpuRunner, CpuWeights, Kernels, PackedFiles};
use carrel_core::error::ModelError;
use carrel_core::exec::{ContextPolicy, Decoder, DecoderOptions, LogitRows, Model, ModelOptions};
use carrel_core::ggml::dequantise;
use carrel_core::ops::{CacheType, ReferenceRunner};
use carrel_core::quant::TensorType;
use carrel_models::shapes::Shape;

fn model(name: &str, folder: &Path) -> Model {
    let path = folder.join(format!("{name}.gguf"));
    let mut file = std::fs::File::create(&path).expect("a file");
    let shape = Shape::named(name).expect("a known shape");
    let options = SyntheticOptions { shape, tensor_type: TensorType::F32, seed: 11 };
    write_synthetic(&options, &mut file, |_, _| {}).expect("written");
    Model::open(&path, ModelOptions::default()).expect("opened")
}

fn options(context: ContextPolicy) -> DecoderOptions {
    DecoderOptions { context, cache_type: CacheType::F32, n_batch: 16, n_threads: 1 }
}

fn reference(model: &Model, options: &DecoderOptions) -> Decoder {
    Decoder::with_runner(model, options, |plan, options| {
        Ok(Box::new(ReferenceRunner::new(plan, model.file(), options, dequantise)?))
    })
    .expect("a reference decoder")
}

fn token(index: usize) -> u32 {
    ((index * index * 31 + index * 7 + 3) % 500) as u32
}

fn own(model: &Model, options: &DecoderOptions, kernels: &'static Kernels) -> Decoder {
    let weights = CpuWeights::new(model.plan(), model.file(), dequantise, &PackedFiles::default())
        .expect("weights");
    Decoder::with_runner(model, options, |plan, options| {
        Ok(Box::new(CpuRunner::new(plan.clone(), Arc::new(weights), kernels, options)?))
    })
    .expect("a decoder on our own kernels")
}

/// Runs all over the same tokens, in pieces of changing length, and compares every row.
fn check(name: &str, context: ContextPolicy, n_tokens: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = model(name, folder.path());
    let options = options(context);
    let mut plain = reference(&model, &options);
    let mut fast = vec![("ggml", model.decoder(&options).expect("a decoder"))];
    for kernels in Kernels::available() {
        fast.push((kernels.name, own(&model, &options, kernels)));
    }
    let mut worst = vec![0f32; fast.len()];
    let mut done = 0;
    while done < n_tokens {
        let length = [1, 7, 1, 30, 3][done % 5].min(n_tokens - done);
        let tokens: Vec<u32> = (done..done + length).map(token).collect();
        plain.forward(&tokens, LogitRows::All, &CancelFlag::new()).expect("forward");
        for ((_, decoder), worst) in fast.iter_mut().zip(&mut worst) {
            decoder.forward(&tokens, LogitRows::All, &CancelFlag::new()).expect("forward");
            for (a, b) in decoder.logits().iter().zip(plain.logits()) {
                *worst = worst.max((a - b).abs());
            }
        }
        done += length;
    }
    for ((backend, _), worst) in fast.iter().zip(worst) {
        println!("{name} {context:?} {backend}: logits differ by at most {worst:.1e}");
        assert!(worst <= 2e-3, "{name} {backend}: logits differ by {worst}");
    }
}

#[test]
fn every_family_equals_the_reference() {
    for shape in carrel_models::shapes::SHAPES.iter().filter(|s| s.name.starts_with("tiny")) {
        check(shape.name, ContextPolicy::Full(120), 110);
    }
}

#[test]
fn windows_of_the_model_slide() {
    for name in ["tiny-mistral", "tiny-gemma3", "tiny-lfm2-window"] {
        check(name, ContextPolicy::Full(256), 200);
    }
}

#[test]
fn a_sliding_context_with_sinks_equals_the_reference() {
    for name in ["tiny-llama", "tiny-gemma3", "tiny-llama-yarn", "tiny-smollm3", "tiny-lfm2"] {
        check(name, ContextPolicy::Sliding(96), 330);
    }
}

/// What the window sees is what a fresh sequence of the same tokens would see: with one layer, the
/// logits depend on the visible tokens and their distances only.
#[test]
fn results_do_not_depend_on_how_tokens_are_cut_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["tiny-llama", "tiny-lfm2"] {
        let model = model(name, folder.path());
        let options = options(ContextPolicy::Sliding(96));
        let tokens: Vec<u32> = (0..300).map(token).collect();
        let mut logits = Vec::new();
        for length in [300, 13, 1] {
            let mut decoder = model.decoder(&options).expect("a decoder");
            for piece in tokens.chunks(length) {
                decoder.forward(piece, LogitRows::Last, &CancelFlag::new()).expect("forward");
            }
            logits.push(decoder.logits().to_vec());
        }
        for other in &logits[1..] {
            let worst = logits[0].iter().zip(other).map(|(a, b)| (a - b).abs());
            let worst = worst.fold(0.0, f32::max);
            assert!(worst <= 2e-4, "{name}: logits differ by {worst}");
        }
    }
}

/// Tokens together, in pieces and one by one: convolutions look across where a batch begins.
#[test]
fn the_plain_loops_give_the_same_bits_however_tokens_are_cut_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = model("tiny-lfm2-window", folder.path());
    let tokens: Vec<u32> = (0..60).map(token).collect();
    let logits = |length: usize| -> Vec<f32> {
        let options = DecoderOptions { n_batch: 60, ..options(ContextPolicy::Full(64)) };
        let mut decoder = reference(&model, &options);
        let mut rows = Vec::new();
        for piece in tokens.chunks(length) {
            decoder.forward(piece, LogitRows::All, &CancelFlag::new()).expect("forward");
            rows.extend_from_slice(decoder.logits());
        }
        rows
    };
    let together = logits(60);
    assert!([13, 3, 1].iter().all(|&length| logits(length) == together));
}

/// Convolutions keep their inputs for 512 tokens at least: a question and its answer are taken back, and
/// the next question is answered as if it were the first.
#[test]
fn a_question_behind_convolutions_can_be_taken_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = model("tiny-lfm2", folder.path());
    let options = options(ContextPolicy::Full(800));
    let run = |decoder: &mut Decoder, range: std::ops::Range<usize>, seed: usize| {
        let tokens: Vec<u32> = range.map(|index| token(index + seed)).collect();
        decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
        decoder.logits().to_vec()
    };
    let decoders = || {
        let own = Kernels::available().into_iter().map(|kernels| own(&model, &options, kernels));
        own.chain([model.decoder(&options).expect("a decoder")]).collect::<Vec<_>>()
    };
    for (mut used, mut fresh) in decoders().into_iter().zip(decoders()) {
        run(&mut used, 0..160, 0);
        run(&mut used, 160..672, 1);
        assert!(used.can_truncate(160) && !used.can_truncate(32));
        let refused = used.truncate(32);
        assert!(matches!(refused, Err(ModelError::CannotGoBack { .. })), "{refused:?}");
        used.truncate(160).expect("the inputs are still there");
        run(&mut fresh, 0..160, 0);
        assert_eq!(run(&mut used, 160..180, 2), run(&mut fresh, 160..180, 2));
    }
}

#[test]
fn going_back_within_the_window_is_exact_and_further_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = model("tiny-llama", folder.path());
    let mut decoder = model.decoder(&options(ContextPolicy::Sliding(96))).expect("a decoder");
    let forward = |decoder: &mut Decoder, range: std::ops::Range<usize>| {
        let tokens: Vec<u32> = range.map(token).collect();
        decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
        decoder.logits().to_vec()
    };
    forward(&mut decoder, 0..200);
    let wanted = forward(&mut decoder, 200..210);
    decoder.truncate(200).expect("the tokens are still there");
    let again = forward(&mut decoder, 200..210);
    assert_eq!(wanted, again);
    assert!(decoder.truncate(100).is_err(), "those tokens are overwritten");
    decoder.clear().expect("starting over is always possible");
    forward(&mut decoder, 0..200);
    assert_eq!(forward(&mut decoder, 200..210), wanted);
}

/// 20,000 tokens through a window of 512: the caches do not grow.
#[test]
fn memory_stays_the_same_for_ever() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let model = model("tiny-llama", folder.path());
    let mut options = options(ContextPolicy::Sliding(512));
    options.cache_type = CacheType::F16;
    let mut decoder = model.decoder(&options).expect("a decoder");
    let mut sizes = Vec::new();
    for start in (0..20_000).step_by(1000) {
        let tokens: Vec<u32> = (start..start + 1000).map(token).collect();
        decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
        assert!(decoder.logits().iter().all(|logit| logit.is_finite()));
        sizes.push(decoder.memory_bytes());
    }
    assert_eq!(decoder.n_past(), 20_000);
    assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}");
}
