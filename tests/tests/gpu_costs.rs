//! What a token costs on a GPU beside its arithmetic: kernels, submissions and buffers.

use std::time::{Duration, Instant};

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::{ContextPolicy, LogitRows, MemoryBounds, Model, ModelOptions};
use carrel_core::gpu::{Flavour, FlavourChoice, GpuOptions};
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_models::shapes::{Shape, Value};
use carrel_tests::gpu::{WIDE, model, model_of_shape, on_gpu, open_gpu, options, tokens};

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
    model_of_shape(shape, TensorType::Q4_0, ModelOptions::default())
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
fn a_token_is_one_submission_and_takes_no_memory() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    // Of its own, as others would submit and ask for memory, too.
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model("tiny-gemma3", TensorType::Q8_0);
    let options = options(ContextPolicy::Full(96), CacheType::F16);
    let whole = model.on_gpu(&gpu).expect("weights");
    let need = whole.gpu_need(&options).expect("fits").expect("on a GPU").total_bytes();
    let bounds = MemoryBounds { gpu_bytes: Some(need - 1), total_bytes: None };
    let part = model.on_gpu_within(&gpu, &options, &bounds).expect("some layers fit");
    let tokens = tokens(40, model.spec().n_vocab);
    for model in [whole, part] {
        let mut decoder = model.decoder(&options).expect("a decoder");
        decoder.forward(&tokens, LogitRows::Last, &CancelFlag::new()).expect("forward");
        let before = gpu.n_submissions();
        // The next buffer that anybody asks for cannot be had.
        gpu.run_short(1);
        let passes = [
            (1, LogitRows::Last),
            (1, LogitRows::Last),
            (1, LogitRows::LastBest(5)),
            (1, LogitRows::LastBest(1)),
            (4, LogitRows::All),
            (3, LogitRows::AllBest(2)),
            (1, LogitRows::Last),
        ];
        for (n_tokens, rows) in passes {
            decoder.forward(&tokens[..n_tokens], rows, &CancelFlag::new()).expect("forward");
        }
        assert_eq!(gpu.n_submissions() - before, passes.len() as u64);
        let refused = model.decoder(&options).expect("on the processor").memory_bytes();
        assert_ne!(refused, decoder.memory_bytes(), "a pass asked for the buffer");
    }
}

#[test]
fn a_long_batch_is_cut_where_the_gpu_would_keep_the_screen_waiting() {
    let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
    let Some(gpu) = open_gpu(&gpu_options) else { return };
    let model = model_of_shape(&WIDE, TensorType::F16, ModelOptions::default());
    let options = options(ContextPolicy::Full(160), CacheType::F16);
    let mut decoder = on_gpu(&gpu, &model, &options);
    let tokens = tokens(32, model.spec().n_vocab);
    let mut last = (0, Duration::ZERO);
    for _ in 0..4 {
        let (before, start) = (gpu.n_submissions(), Instant::now());
        decoder.forward(&tokens, LogitRows::None, &CancelFlag::new()).expect("forward");
        last = (gpu.n_submissions() - before, start.elapsed());
        println!("{last:?}");
    }
    // What it takes decides, and the first submissions tell.
    let (n_submissions, took) = last;
    assert!(n_submissions > 1 || took < Duration::from_millis(60), "{last:?}");
}
