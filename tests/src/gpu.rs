//! The GPU that tests run on, or a loud skip; models for it, and answers that must not depend on it.

use std::sync::{Arc, OnceLock};

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::error::GpuError;
use carrel_core::exec::{ContextPolicy, Decoder, DecoderOptions, LogitRows, Model, ModelOptions};
use carrel_core::ggml::dequantise;
use carrel_core::gguf::Gguf;
use carrel_core::gpu::{Gpu, GpuOptions, GpuRunner, GpuWeights};
use carrel_core::ops::{
    Batch, CacheType, Fusion, Outcome, Plan, ReferenceRunner, Runner, RunnerOptions,
};
use carrel_core::quant::TensorType;
use carrel_models::shapes::{Shape, Value};

use crate::operations::{N_TOKENS, batch, normalised_error};

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

/// Those that there are products of bytes for.
pub const BYTE_TYPES: [TensorType; 4] =
    [TensorType::Q4_0, TensorType::Q8_0, TensorType::Q4_K, TensorType::Q6_K];

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
    model_of_shape(Shape::named(name).expect("a known shape"), kind, model_options)
}

/// The same of a shape that has no name.
///
/// # Panics
/// As [`model`].
pub fn model_of_shape(
    shape: &'static Shape,
    kind: TensorType,
    model_options: ModelOptions,
) -> Model {
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape, tensor_type: kind, seed: 7 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("a model is written");
    let file = Gguf::from_bytes(&bytes).expect("a valid file");
    Model::from_gguf(file, model_options).expect("a model")
}

/// Few and wide layers, 6 MiB each in half precision: much memory, little to compute.
pub static WIDE: Shape = Shape {
    name: "wide",
    architecture: "llama",
    n_vocab: 260,
    tied_output: true,
    qkv_bias: false,
    rope_factors: &[],
    keys: &[
        ("block_count", Value::Integer(16)),
        ("attention.head_count", Value::Integer(2)),
        ("attention.head_count_kv", Value::Integer(1)),
        ("attention.key_length", Value::Integer(32)),
        ("attention.value_length", Value::Integer(32)),
        ("rope.dimension_count", Value::Integer(32)),
        ("embedding_length", Value::Integer(64)),
        ("feed_forward_length", Value::Integer(16384)),
        ("context_length", Value::Integer(256)),
        ("attention.layer_norm_rms_epsilon", Value::Float(1e-5)),
        ("rope.freq_base", Value::Float(10_000.0)),
    ],
};

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

/// Runs batches of a plan on a GPU and in plain loops, with so many cells in the cache, and compares the
/// results of all of them: at most this normalised mean squared error.
///
/// # Panics
/// If they differ by more, or cannot be computed.
pub fn compare_with_loops(
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
        let outcome = ours.forward(batch, &CancelFlag::new()).expect("the GPU runs");
        assert_eq!(outcome, Outcome::Done);
        reference.forward(batch, &CancelFlag::new()).expect("the reference runs");
        let error = normalised_error(ours.logits(), reference.logits());
        println!("{what:40} {:2} tokens: {error:.1e}", batch.tokens.len());
        assert!(error <= bound, "{what}, {} tokens: {error:e}", batch.tokens.len());
    }
}

/// The same for batches of so many tokens, without a cache.
///
/// # Panics
/// As [`compare_with_loops`].
pub fn compare_rows(
    gpu: &Arc<Gpu>,
    what: &str,
    case: &(Plan, Gguf),
    n_tokens: &[usize],
    bound: f64,
) {
    let batches: Vec<Batch> = n_tokens.iter().map(|&n| batch(0, n, 70, |_, _| false)).collect();
    compare_with_loops(gpu, what, case, (CacheType::F32, 70), &batches, bound);
}

/// Whether a plan has a run of this kind, so that a test tests what it says.
pub fn has((plan, _): &(Plan, Gguf), fusion: Fusion) -> bool {
    plan.fused().iter().any(|run| run.fusion == fusion)
}
