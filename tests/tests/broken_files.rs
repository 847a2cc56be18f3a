//! Broken and hostile model files: an answer or a typed error, never a panic, and never more memory
//! than the file's size and a constant.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::error::{Error, GgufProblem};
use carrel_core::exec::{ContextPolicy, DecoderOptions, LogitRows, Model, ModelOptions};
use carrel_core::gguf::{ArrayData, Entry, Gguf, GgufWriter};
use carrel_core::quant::TensorType;
use carrel_core::template::{ChatTemplate, Moment, RenderOptions};
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_models::shapes::Shape;
use carrel_tests::hostile::{Attack, attacks, header, smallest, tensor};

/// Counts what each thread allocates, to show that a small file cannot ask for much.
struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

// SAFETY: passes everything on to the system's allocator and only counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.set(LIVE.get() + layout.size() as isize);
        PEAK.set(PEAK.get().max(LIVE.get()));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.set(LIVE.get() - layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that opening any file may take beside its own size: tables of the header, and the matchers
/// of a vocabulary.
const CONSTANT: usize = 3 << 20;

/// Opens the bytes as far as a model is opened; answers the error, if any.
fn open(bytes: &[u8]) -> Option<Error> {
    let before = LIVE.get();
    PEAK.set(before);
    let result = Gguf::from_bytes(bytes).and_then(|file| {
        for (_, value) in file.metadata() {
            if let carrel_core::gguf::Value::Array(array) = value {
                assert!(array.iter().count() <= array.n_elements);
            }
        }
        for tensor in file.tensors() {
            assert_eq!(file.tensor_bytes(tensor).len() as u64, tensor.n_bytes);
        }
        // A model without a vocabulary can be run; one with a bad vocabulary cannot.
        if file.get("tokenizer.ggml.model").is_some() {
            let tokenizer = Tokenizer::from_gguf(&file)?;
            let text = "a text <0x0A> <unk>\n of äll kinds";
            let ids = tokenizer.encode(text, EncodeOptions::default())?;
            assert!(ids.iter().all(|&id| (id as usize) < tokenizer.n_vocab()));
            for id in 0..tokenizer.n_vocab() as u32 {
                assert!(tokenizer.token_bytes(id).is_some());
            }
        }
        if let Some(source) = file.str("tokenizer.chat_template")? {
            let template = ChatTemplate::new(source, "<s>", "</s>")?;
            let messages = [serde_json::json!({ "role": "user", "content": "Hello" })];
            template.render(&RenderOptions {
                messages: &messages,
                tools: &[],
                add_generation_prompt: true,
                variables: &serde_json::Map::new(),
                now: Moment::new(2026, 2, 3, 4, 5, 6).expect("a moment"),
            })?;
        }
        Model::from_gguf(file, ModelOptions::default())
    });
    let peak = (PEAK.get() - before) as usize;
    assert!(peak <= bytes.len() + CONSTANT, "{} bytes took {peak}", bytes.len());
    result.err()
}

fn problem(bytes: &[u8]) -> GgufProblem {
    match open(bytes) {
        Some(Error::Gguf(error)) => error.problem,
        other => panic!("expected a GGUF error, got {other:?}"),
    }
}

fn tiny(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let shape = Shape::named(name).expect("a known shape");
    let options = SyntheticOptions { shape, tensor_type: TensorType::Q4_0, seed: 5 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("written");
    bytes
}

#[test]
fn truncation_at_every_byte_is_an_error() {
    let bytes = smallest();
    assert!(Gguf::from_bytes(&bytes).is_ok());
    for length in 0..bytes.len() {
        let tail_is_padding = Gguf::from_bytes(&bytes[..length]).is_ok();
        // Only the padding after the last tensor may be missing.
        assert!(!tail_is_padding || length + 32 > bytes.len(), "{length} of {} bytes", bytes.len());
        open(&bytes[..length]);
    }
    let model = tiny("tiny-llama");
    for length in (0..model.len()).step_by(model.len() / 199) {
        assert!(open(&model[..length]).is_some(), "{length} of {} bytes", model.len());
    }
}

#[test]
fn no_bit_flip_does_harm() {
    let bytes = smallest();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            open(&flipped);
        }
    }
    let model = tiny("tiny-llama");
    let header_bytes = Gguf::from_bytes(&model).expect("valid").tensors()[0].start as usize;
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    for _ in 0..400 {
        let mut flipped = model.clone();
        for _ in 0..3 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let position = (random >> 33) as usize % header_bytes;
            flipped[position] = (random >> 20) as u8;
        }
        open(&flipped);
    }
}

/// One for every advisory about loading GGUF that we know of.
#[test]
fn known_attacks_are_typed_errors() {
    let attacks = attacks();
    assert!(attacks.len() > 30, "all of them");
    for Attack { advisory, what, bytes, is_right } in attacks {
        let error = open(&bytes);
        assert!(error.as_ref().is_some_and(is_right), "{advisory}: {what}: {error:?}");
    }
}

/// CVE-2026-21869: a negative number of tokens to discard wrote in front of the cache. Here such
/// numbers are unsigned, and going back to where nothing is, is an error.
#[test]
fn a_cache_gives_up_only_tokens_that_it_has() {
    let file = Gguf::from_bytes(&tiny("tiny-llama")).expect("valid");
    let model = Model::from_gguf(file, ModelOptions::default()).expect("a model");
    let mut options = DecoderOptions { n_threads: 1, ..DecoderOptions::default() };
    for context in [ContextPolicy::Full(64), ContextPolicy::Sliding(32)] {
        options.context = context;
        options.n_batch = 8;
        let mut decoder = model.decoder(&options).expect("a decoder");
        let tokens: Vec<u32> = (0..60).collect();
        decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
        for n_past in [61, usize::MAX, usize::MAX / 2 + 1] {
            assert!(decoder.truncate(n_past).is_err(), "{context:?}: {n_past}");
        }
        assert_eq!(decoder.n_past(), 60);
    }
}

#[test]
fn other_formats_and_versions_are_named() {
    assert!(matches!(problem(b"GGML"), GgufProblem::Magic { .. }));
    assert!(matches!(problem(b""), GgufProblem::Magic { .. }));
    assert!(matches!(problem(&header(1, 0, 0, &[])), GgufProblem::Version { .. }));
    let big_endian = problem(&header(3u32.swap_bytes(), 0, 0, &[]));
    assert!(matches!(big_endian, GgufProblem::Version { hint, .. } if hint.contains("big-endian")));
    for removed in [4, 5, 31, 36] {
        let table = tensor("x", &[32], removed, 0);
        assert!(matches!(problem(&header(3, 1, 0, &table)), GgufProblem::TensorType { .. }));
    }
    let five = tensor("x", &[1, 1, 1, 1, 1], 0, 0);
    assert!(matches!(problem(&header(3, 1, 0, &five)), GgufProblem::Limit { .. }));
}

/// The file with another value of a key, and without the tensors whose names end with `missing`.
fn rewritten(file: &Gguf, changed: Option<(&str, Entry)>, missing: &str) -> Vec<u8> {
    let mut writer = GgufWriter::new();
    for (name, value) in file.metadata() {
        writer.set(name, Entry::from(value));
    }
    if let Some((key, entry)) = changed {
        writer.set(key, entry);
    }
    let is_kept = |name: &str| missing.is_empty() || !name.ends_with(missing);
    let tensors: Vec<_> = file.tensors().iter().filter(|tensor| is_kept(&tensor.name)).collect();
    for tensor in &tensors {
        writer.tensor(&tensor.name, tensor.tensor_type, &tensor.dimensions);
    }
    let mut bytes = Vec::new();
    let data = |index: usize| file.tensor_bytes(tensors[index]);
    writer.write(&mut bytes, |index, out| out.write_all(data(index))).expect("written");
    bytes
}

#[test]
fn impossible_short_convolutions_are_typed_errors() {
    let file = Gguf::from_bytes(&tiny("tiny-lfm2")).expect("valid");
    assert!(open(&rewritten(&file, None, "")).is_none());
    let changed = |key, entry| open(&rewritten(&file, Some((key, entry)), ""));
    for length in [0, 1, 2, 4, 65, 1 << 20, u32::MAX] {
        let error = changed("lfm2.shortconv.l_cache", Entry::U32(length));
        assert!(matches!(error, Some(Error::Model(_))), "{length}: {error:?}");
    }
    const KEY: &str = "lfm2.attention.head_count_kv";
    let wrong: [&[i32]; 10] = [
        &[],
        &[0, 2, 0, 2],
        &[0, 2, 0, 2, 0, 2],
        &[0, 0, 0, 0, 0],
        &[0, 2, 0, 4, 0],
        &[0, -2, 0, -2, 0],
        &[0, 3, 0, 3, 0],
        &[0, 8, 0, 8, 0],
        &[2, 0, 2, 0, 2],
        &[0, i32::MAX, 0, i32::MIN, 0],
    ];
    for heads in wrong {
        let error = changed(KEY, Entry::Array(ArrayData::i32s(heads)));
        assert!(matches!(error, Some(Error::Model(_))), "{heads:?}: {error:?}");
    }
    let many = changed(KEY, Entry::Array(ArrayData::i32s(&vec![2; 70_000])));
    assert!(matches!(many, Some(Error::Model(_))), "{many:?}");
    assert!(matches!(changed(KEY, Entry::U32(2)), Some(Error::Model(_))), "no convolutions");
    for missing in ["shortconv.conv.weight", "shortconv.in_proj.weight", "token_embd_norm.weight"] {
        let error = open(&rewritten(&file, None, missing));
        assert!(matches!(error, Some(Error::Model(_))), "{missing}: {error:?}");
    }
}

/// Valid GGUF with hyper-parameters that would make ggml divide by zero or assert.
#[test]
fn impossible_hyper_parameters_are_typed_errors() {
    let file = Gguf::from_bytes(&tiny("tiny-llama")).expect("valid");
    let changed = |key: &str, entry: Entry| open(&rewritten(&file, Some((key, entry)), ""));
    let zero_and_more = [0u32, 3, 7, 1 << 20, u32::MAX];
    for key in [
        "llama.block_count",
        "llama.attention.head_count",
        "llama.attention.head_count_kv",
        "llama.attention.key_length",
        "llama.embedding_length",
        "llama.feed_forward_length",
        "llama.rope.dimension_count",
        "llama.vocab_size",
    ] {
        for value in zero_and_more {
            let is_true = key == "llama.block_count" && value == 3;
            let error = changed(key, Entry::U32(value));
            assert!(
                is_true || matches!(error, Some(Error::Model(_))),
                "{key} = {value}: {error:?}"
            );
        }
        let error = changed(key, Entry::from("many"));
        assert!(matches!(error, Some(Error::Model(_))), "{key}: {error:?}");
    }
    for value in [f32::NAN, f32::INFINITY, -1.0] {
        let key = "llama.attention.layer_norm_rms_epsilon";
        assert!(matches!(changed(key, Entry::F32(value)), Some(Error::Model(_))));
        assert!(matches!(
            changed("llama.rope.freq_base", Entry::F32(value)),
            Some(Error::Model(_))
        ));
    }
    let unknown = changed("general.architecture", Entry::from("nonesuch"));
    assert!(matches!(unknown, Some(Error::Model(_))), "{unknown:?}");
}
