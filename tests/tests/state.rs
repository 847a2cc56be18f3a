//! Caches on disk, cancelling, and options that cannot work.

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::error::ModelError;
use carrel_core::exec::{ContextPolicy, Decoder, DecoderOptions, LogitRows, Model, ModelOptions};
use carrel_core::gguf::Gguf;
use carrel_core::ops::{CacheType, Outcome};
use carrel_core::quant::TensorType;
use carrel_models::shapes::Shape;

fn model(name: &str, seed: u64) -> Model {
    let mut bytes = Vec::new();
    let shape = Shape::named(name).expect("a known shape");
    let options = SyntheticOptions { shape, tensor_type: TensorType::Q8_0, seed };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("written");
    let file = Gguf::from_bytes(&bytes).expect("valid");
    Model::from_gguf(file, ModelOptions::default()).expect("opened")
}

fn options(context: ContextPolicy, cache_type: CacheType) -> DecoderOptions {
    DecoderOptions { context, cache_type, n_batch: 64, n_threads: 1 }
}

fn tokens(n: usize) -> Vec<u32> {
    (0..n).map(|i| ((i * 37 + 11) % 500) as u32).collect()
}

fn forward(decoder: &mut Decoder, tokens: &[u32]) -> Vec<f32> {
    let outcome = decoder.forward(tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
    assert_eq!(outcome, Outcome::Done);
    decoder.logits().to_vec()
}

#[test]
fn a_saved_state_continues_exactly() {
    let cases = [
        ("tiny-llama", ContextPolicy::Full(256), CacheType::F16),
        ("tiny-llama", ContextPolicy::Full(256), CacheType::Q8_0),
        ("tiny-gemma3", ContextPolicy::Full(256), CacheType::F16),
        ("tiny-llama", ContextPolicy::Sliding(96), CacheType::F16),
        ("tiny-lfm2", ContextPolicy::Full(256), CacheType::F16),
        ("tiny-lfm2", ContextPolicy::Full(700), CacheType::Q8_0),
        ("tiny-lfm2", ContextPolicy::Sliding(96), CacheType::F16),
    ];
    for (name, context, cache_type) in cases {
        let model = model(name, 1);
        let options = options(context, cache_type);
        let text = tokens(200);
        let mut first = model.decoder(&options).expect("a decoder");
        forward(&mut first, &text);
        let mut saved = Vec::new();
        first.save(&text, &mut saved).expect("saved");
        let wanted = forward(&mut first, &[5, 6, 7]);

        let mut second = model.decoder(&options).expect("a decoder");
        second.restore(&text, &mut saved.as_slice()).expect("restored");
        assert_eq!(second.n_past(), 200);
        assert_eq!(forward(&mut second, &[5, 6, 7]), wanted, "{name} {context:?} {cache_type:?}");
    }
}

#[test]
fn threads_may_change_in_the_middle() {
    let model = model("tiny-llama", 1);
    let options = options(ContextPolicy::Full(256), CacheType::F16);
    let mut steady = model.decoder(&options).expect("a decoder");
    let mut changing = model.decoder(&options).expect("a decoder");
    for (step, part) in tokens(200).chunks(50).enumerate() {
        changing.set_threads(1 + step % 3).expect("threads");
        let wanted = forward(&mut steady, part);
        let found = forward(&mut changing, part);
        // Sums may be split over threads at other places: a few roundings of half precision.
        let worst = wanted.iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-2, "step {step}: {worst}");
    }
    for wrong in [0, 513] {
        assert!(matches!(changing.set_threads(wrong), Err(ModelError::Option { .. })));
    }
    assert_eq!(changing.options().n_threads, 1);
    assert_eq!(changing.n_past(), 200);
}

#[test]
fn a_damaged_or_foreign_state_is_refused_and_leaves_an_empty_decoder() {
    let model_one = model("tiny-llama", 1);
    let options = options(ContextPolicy::Full(256), CacheType::F16);
    let text = tokens(50);
    let mut decoder = model_one.decoder(&options).expect("a decoder");
    forward(&mut decoder, &text);
    let mut saved = Vec::new();
    decoder.save(&text, &mut saved).expect("saved");
    let wanted = {
        let mut fresh = model_one.decoder(&options).expect("a decoder");
        forward(&mut fresh, &text)
    };

    let refused = |decoder: &mut Decoder, text: &[u32], bytes: &[u8]| {
        let result = decoder.restore(text, &mut &bytes[..]);
        assert!(matches!(result, Err(ModelError::State { .. })), "{result:?}");
        assert_eq!(decoder.n_past(), 0);
    };
    for length in (0..saved.len()).step_by(997) {
        refused(&mut decoder, &text, &saved[..length]);
    }
    for position in (0..saved.len()).step_by(1009) {
        let mut damaged = saved.clone();
        damaged[position] ^= 0x10;
        refused(&mut decoder, &text, &damaged);
    }
    refused(&mut decoder, &tokens(49), &saved);
    let mut other = text.clone();
    other[10] += 1;
    refused(&mut decoder, &other, &saved);
    assert_eq!(forward(&mut decoder, &text), wanted, "the decoder still works");

    let mut foreign = model("tiny-llama", 2).decoder(&options).expect("a decoder");
    refused(&mut foreign, &text, &saved);
}

#[test]
fn cancelling_leaves_the_sequence_as_it_was() {
    let cases = [
        ("tiny-llama", ContextPolicy::Full(256)),
        ("tiny-llama", ContextPolicy::Sliding(96)),
        ("tiny-lfm2", ContextPolicy::Sliding(96)),
    ];
    for (name, context) in cases {
        let model = model(name, 1);
        let mut decoder = model.decoder(&options(context, CacheType::F16)).expect("a decoder");
        forward(&mut decoder, &tokens(100));
        let wanted = forward(&mut decoder, &[1, 2, 3]);
        decoder.truncate(100).expect("back");

        let cancelled = CancelFlag::new();
        cancelled.cancel();
        let outcome = decoder.forward(&tokens(90), LogitRows::Last, &cancelled).expect("no error");
        assert_eq!(outcome, Outcome::Cancelled);
        assert_eq!(decoder.n_past(), 100);
        assert_eq!(forward(&mut decoder, &[1, 2, 3]), wanted);
    }
}

#[test]
fn impossible_requests_are_typed_errors() {
    let model = model("tiny-llama", 1);
    let fits = options(ContextPolicy::Full(64), CacheType::F16);
    let wrong = [
        DecoderOptions { context: ContextPolicy::Full(0), ..fits.clone() },
        DecoderOptions { context: ContextPolicy::Full(1 << 30), ..fits.clone() },
        DecoderOptions { context: ContextPolicy::Sliding(4), ..fits.clone() },
        DecoderOptions { n_batch: 0, ..fits.clone() },
        DecoderOptions { n_threads: 0, ..fits.clone() },
    ];
    for options in wrong {
        let result = model.decoder(&options);
        assert!(matches!(result.err(), Some(ModelError::Option { .. })), "{options:?}");
    }
    let mut decoder = model.decoder(&fits).expect("a decoder");
    let never = CancelFlag::new();
    let result = decoder.forward(&[512], LogitRows::Last, &never);
    assert!(matches!(result, Err(ModelError::Token { token: 512, n_vocab: 512 })));
    let result = decoder.forward(&tokens(65), LogitRows::Last, &never);
    assert!(matches!(result, Err(ModelError::ContextFull { needed: 65, n_ctx: 64 })));
    assert_eq!(decoder.n_past(), 0);
    forward(&mut decoder, &tokens(64));
}
