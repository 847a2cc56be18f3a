//! The GPU that tests run on, or a loud skip; models for it, and answers that must not depend on it.

use std::sync::{Arc, OnceLock};

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::error::GpuError;
use carrel_core::exec::{ContextPolicy, Decoder, DecoderOptions, LogitRows, Model, ModelOptions};
use carrel_core::gguf::Gguf;
use carrel_core::gpu::{Gpu, GpuOptions};
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_models::shapes::Shape;

/// Types of weights that there are kernels for.
pub const WEIGHT_TYPES: [TensorType; 15] = [
    TensorType::F32,
    TensorType::F16,
    TensorType::BF16,
    TensorType::Q4_0,
    TensorType::Q4_1,
    TensorType::Q5_0,
    TensorType::Q5_1,
    TensorType::Q8_0,
    TensorType::Q2_K,
    TensorType::Q3_K,
    TensorType::Q4_K,
    TensorType::Q5_K,
    TensorType::Q6_K,
    TensorType::IQ4_NL,
    TensorType::MXFP4,
];

/// The GPU of this machine, or a software driver, or `None` after printing SKIPPED. Opened once, so
/// that kernels are compiled once.
///
/// # Panics
/// If there is none and `CI` is `true`, or it cannot be used.
pub fn any_gpu() -> Option<Arc<Gpu>> {
    static GPU: OnceLock<Option<Arc<Gpu>>> = OnceLock::new();
    GPU.get_or_init(|| open_gpu(&GpuOptions { allow_software: true, ..Default::default() })).clone()
}

/// A GPU opened for one test only.
///
/// # Panics
/// If there is none and `CI` is `true`, or it cannot be used.
pub fn open_gpu(options: &GpuOptions) -> Option<Arc<Gpu>> {
    match Gpu::open(options) {
        Ok(gpu) => {
            println!("on {} ({})", gpu.adapter().name, gpu.adapter().driver);
            Some(gpu)
        }
        Err(error) => {
            // A driver that is there and cannot be used is a failure, not a reason to skip.
            assert!(matches!(error, GpuError::NoAdapter { .. }), "{error}");
            let required = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!required, "{error}, and CI=true");
            eprintln!("SKIPPED: {error}");
            None
        }
    }
}

/// A tiny model with seeded weights.
///
/// # Panics
/// If the shape is not known or the type does not suit it.
pub fn model(name: &str, kind: TensorType) -> Model {
    model_with(name, kind, ModelOptions::default())
}

/// The same, opened in some way.
///
/// # Panics
/// As [`model`].
pub fn model_with(name: &str, kind: TensorType, model_options: ModelOptions) -> Model {
    let shape = Shape::named(name).expect("a known shape");
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape, tensor_type: kind, seed: 7 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("a model is written");
    let file = Gguf::from_bytes(&bytes).expect("a valid file");
    Model::from_gguf(file, model_options).expect("a model")
}

/// Options of small decoders.
pub fn options(context: ContextPolicy, cache_type: CacheType) -> DecoderOptions {
    DecoderOptions { context, cache_type, n_batch: 32, n_threads: 1 }
}

/// A decoder of a model that was copied to a GPU.
///
/// # Panics
/// If it does not fit.
pub fn on_gpu(gpu: &Arc<Gpu>, model: &Model, options: &DecoderOptions) -> Decoder {
    model.on_gpu(gpu).expect("the weights fit").decoder(options).expect("a decoder")
}

/// Tokens to read.
pub fn tokens(n: usize, n_vocab: u32) -> Vec<u32> {
    (0..n as u32).map(|i| (i * 7919 + i * i * 31) % n_vocab).collect()
}

/// Logits of all tokens: most of them together, the last ones one by one.
///
/// # Panics
/// If they cannot be computed.
pub fn rows(decoder: &mut Decoder, tokens: &[u32], n_single: usize) -> Vec<Vec<f32>> {
    let n_vocab = decoder.model().spec().n_vocab as usize;
    let (together, single) = tokens.split_at(tokens.len() - n_single);
    let mut rows = Vec::new();
    for batch in std::iter::once(together).chain(single.chunks(1)) {
        decoder.forward(batch, LogitRows::All, &CancelFlag::new()).expect("forward");
        rows.extend(decoder.logits().chunks(n_vocab).map(<[f32]>::to_vec));
    }
    rows
}

/// The most likely tokens after a prompt, one by one; `disturb` is called before each step.
///
/// # Panics
/// If a token cannot be computed.
pub fn answer(decoder: &mut Decoder, prompt: &[u32], mut disturb: impl FnMut(usize)) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    for step in 0..ANSWER {
        disturb(step);
        let next = found.last().map_or(prompt, std::slice::from_ref);
        decoder.forward(next, LogitRows::Last, &CancelFlag::new()).expect("forward");
        let logits = decoder.logits().iter().enumerate();
        found.push(logits.max_by(|a, b| a.1.total_cmp(b.1)).expect("logits").0 as u32);
    }
    found
}

/// Tokens of an answer.
pub const ANSWER: usize = 20;

/// The answer of a GPU that is not disturbed, for comparisons with GPUs that are.
pub struct Undisturbed<'a> {
    model: &'a Model,
    options: &'a DecoderOptions,
    prompt: Vec<u32>,
    answer: Vec<u32>,
}

impl<'a> Undisturbed<'a> {
    /// Computes it; `None` after printing SKIPPED.
    ///
    /// # Panics
    /// As [`any_gpu`] and [`answer`].
    pub fn new(model: &'a Model, options: &'a DecoderOptions) -> Option<Self> {
        let prompt = tokens(40, model.spec().n_vocab);
        let answer = answer(&mut on_gpu(&any_gpu()?, model, options), &prompt, |_| ());
        Some(Self { model, options, prompt, answer })
    }

    /// Opens a GPU of its own, disturbs it at some moment, and compares the answer.
    ///
    /// # Panics
    /// If it is not the same.
    pub fn compare(&self, disturb: impl Fn(&Arc<Gpu>, usize)) {
        let gpu_options = GpuOptions { allow_software: true, ..Default::default() };
        let Some(gpu) = open_gpu(&gpu_options) else { return };
        let mut decoder = on_gpu(&gpu, self.model, self.options);
        let found = answer(&mut decoder, &self.prompt, |step| disturb(&gpu, step));
        assert_eq!(found, self.answer);
        assert_eq!(decoder.n_past(), self.prompt.len() + ANSWER - 1);
    }
}
