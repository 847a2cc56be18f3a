//! A model on a GPU: weights copied there, compared with the CPU before they are trusted, and the
//! CPU as the place where an answer is finished when the GPU is lost.
//!
//! Drivers miscompile kernels. So the same few tokens go through the CPU and the GPU before the first
//! answer, with the very weights, types and shapes that will be used, and what comes out is compared.
//! The result is remembered for the driver and the model's shape.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::decoder::{ContextPolicy, Decoder, DecoderOptions, LogitRows};
use super::layers::gpu_part;
use super::model::Model;
use super::split::{SplitRunner, halves};
use crate::cancel::CancelFlag;
use crate::error::{GpuError, ModelError};
use crate::gpu::{Gpu, GpuRunner, GpuWeights};
use crate::ops::{CacheType, Op, Plan};
use crate::readable::hexadecimal;

/// Tokens of the comparison: enough for a tile of a matrix product, and two single ones.
const N_TOGETHER: usize = 40;
const N_SINGLE: usize = 2;

/// Largest mean divergence of the GPU's distributions, in nats. Quantised products on the CPU round
/// activations to 8 bits, which alone is worth up to 2e-3 on the tiny random models of the tests.
const MOST_DIVERGENCE: f64 = 1e-2;

/// What is said of a model that lies on no GPU.
const NO_GPU: ModelError = ModelError::Gpu(GpuError::NoAdapter { n_seen: 0 });

/// What the comparison with the CPU found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Mean Kullback-Leibler divergence of the GPU's distributions from the CPU's, in nats; not a
    /// number if a logit was none.
    pub mean_divergence: f64,
}

impl Verdict {
    /// Whether the GPU computes what the CPU computes.
    pub fn is_good(&self) -> bool {
        self.mean_divergence <= MOST_DIVERGENCE
    }
}

/// What of a model lies on a GPU.
#[derive(Clone)]
pub(super) struct OnGpu {
    weights: Arc<GpuWeights>,
    /// The first layer there; the processor computes those before it.
    first_layer: u32,
}

impl OnGpu {
    pub(super) fn gpu(&self) -> &Arc<Gpu> {
        self.weights.gpu()
    }

    pub(super) fn first_layer(&self) -> u32 {
        self.first_layer
    }

    /// A decoder there, which fails when the GPU does.
    fn decoder(&self, model: &Model, options: &DecoderOptions) -> Result<Decoder, ModelError> {
        let Self { weights, first_layer } = self;
        Decoder::with_runner(model, options, |plan, options| {
            if *first_layer == 0 {
                return Ok(Box::new(GpuRunner::new(plan.clone(), weights.clone(), options)?));
            }
            Ok(Box::new(SplitRunner::new(model, plan, *first_layer, weights, options)?))
        })
    }
}

impl Model {
    /// The same model with its weights copied to a GPU, where its decoders run. A decoder whose GPU
    /// is lost goes on with the CPU.
    ///
    /// # Errors
    /// [`ModelError::Gpu`] if there are no kernels for the model or memory cannot be had.
    pub fn on_gpu(&self, gpu: &Arc<Gpu>) -> Result<Self, ModelError> {
        self.on_gpu_from(gpu, 0)
    }

    /// The same with the layers from this one on.
    pub(super) fn on_gpu_from(&self, gpu: &Arc<Gpu>, first_layer: u32) -> Result<Self, ModelError> {
        let plan = gpu_part(self.plan(), first_layer)?;
        let weights = Arc::new(GpuWeights::new(gpu, &plan, self.file())?);
        let model = self.with_part_on_gpu(Some(OnGpu { weights, first_layer }));
        model.release_uploaded();
        Ok(model)
    }

    /// The same model as the processor alone computes it.
    pub fn on_processor(&self) -> Self {
        self.with_part_on_gpu(None)
    }

    /// The part of a plan that the processor computes beside this model's GPU.
    fn part_beside_gpu(&self, plan: &Plan) -> Option<Plan> {
        let first = self.part_on_gpu().map_or(0, |part| part.first_layer);
        halves(plan, first).map(|halves| halves.on_cpu)
    }

    /// The GPU that this model lies on, wholly or in part.
    pub fn gpu(&self) -> Option<&Arc<Gpu>> {
        self.part_on_gpu().map(OnGpu::gpu)
    }

    /// How many of the last layers lie on a GPU.
    pub fn n_gpu_layers(&self) -> usize {
        let n_layer = self.plan().n_layer();
        self.part_on_gpu().map_or(0, |part| n_layer - part.first_layer as usize)
    }

    /// Bytes of weights on the GPU.
    pub fn gpu_weight_bytes(&self) -> u64 {
        self.part_on_gpu().map_or(0, |part| part.weights.n_bytes())
    }

    /// Gives pages of the file back that only the GPU needs, as it has copies.
    fn release_uploaded(&self) {
        let beside = self.part_beside_gpu(self.plan());
        let mut is_used = vec![false; self.plan().weights.len()];
        let ops = beside.iter().flat_map(|plan| &plan.ops);
        ops.flat_map(Op::weights).for_each(|id| is_used[id.0] = true);
        for (weight, is_used) in self.plan().weights.iter().zip(is_used) {
            if !is_used {
                let start = weight.start as usize;
                self.file().release(start..start + weight.n_bytes as usize);
            }
        }
    }

    /// Whether the GPU of this model computes what the CPU computes: as remembered for a model of the
    /// same shape and types, the same driver and the same choice of kernels, else by
    /// [`Model::compare_with_cpu`].
    ///
    /// # Errors
    /// As [`Model::compare_with_cpu`].
    pub fn verdict(&self) -> Result<Verdict, ModelError> {
        let gpu = self.part_on_gpu().ok_or(NO_GPU)?.gpu();
        let shape = format!("{}, {} layers", self.shape(), self.n_gpu_layers());
        if let Some(mean_divergence) = gpu.remembered_divergence(&shape) {
            return Ok(Verdict { mean_divergence });
        }
        let verdict = self.compare_with_cpu()?;
        gpu.remember_divergence(&shape, verdict.mean_divergence);
        self.release_uploaded();
        Ok(verdict)
    }

    /// A hash of the model's plan: of operations, widths and types, but not of weights.
    fn shape(&self) -> String {
        let plan = self.plan();
        let mut hash = Sha256::new();
        plan.ops.iter().for_each(|op| hash.update(plan.describe(op)));
        hexadecimal(&hash.finalize()[..8])
    }

    /// Runs the same tokens on the GPU of this model and on the CPU.
    ///
    /// # Errors
    /// If either cannot run them to the end: the CPU does not step in for a GPU that is judged.
    /// [`GpuError::NoAdapter`] for a model that lies on no GPU.
    pub fn compare_with_cpu(&self) -> Result<Verdict, ModelError> {
        let part = self.part_on_gpu().ok_or(NO_GPU)?;
        let options = DecoderOptions {
            context: ContextPolicy::Full(N_TOGETHER + N_SINGLE),
            cache_type: CacheType::F16,
            n_batch: N_TOGETHER,
            ..Default::default()
        };
        let n_vocab = self.spec().n_vocab;
        let tokens: Vec<u32> =
            (0..(N_TOGETHER + N_SINGLE) as u32).map(|i| i * 7919 % n_vocab).collect();
        let rows_of = |mut decoder: Decoder| -> Result<Vec<f32>, ModelError> {
            let (together, single) = tokens.split_at(N_TOGETHER);
            let mut rows = Vec::new();
            for batch in std::iter::once(together).chain(single.chunks(1)) {
                decoder.forward(batch, LogitRows::All, &CancelFlag::new())?;
                rows.extend_from_slice(decoder.logits());
            }
            Ok(rows)
        };
        let expected = rows_of(self.on_processor().decoder(&options)?)?;
        let found = rows_of(part.decoder(self, &options)?)?;
        let n_vocab = n_vocab as usize;
        let rows = expected.chunks_exact(n_vocab).zip(found.chunks_exact(n_vocab));
        let sum: f64 = rows.map(|(expected, found)| divergence(expected, found)).sum();
        Ok(Verdict { mean_divergence: sum / tokens.len() as f64 })
    }
}

/// A decoder on the model's GPU, or `None` if it has none or the GPU is lost or full.
pub(super) fn gpu_decoder(
    model: &Model,
    options: &DecoderOptions,
) -> Result<Option<Decoder>, ModelError> {
    let Some(part) = model.part_on_gpu() else { return Ok(None) };
    match part.decoder(model, options) {
        Ok(decoder) => Ok(Some(decoder.with_history())),
        Err(ModelError::Gpu(error @ (GpuError::Lost { .. } | GpuError::OutOfMemory))) => {
            log::warn!("a decoder is made on the CPU: {error}");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Kullback-Leibler divergence of the softmax of `found` from that of `expected`.
fn divergence(expected: &[f32], found: &[f32]) -> f64 {
    let log_sum = |logits: &[f32]| {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|&x| f64::from(x - top).exp()).sum();
        f64::from(top) + sum.ln()
    };
    let (of_expected, of_found) = (log_sum(expected), log_sum(found));
    let terms = expected.iter().zip(found).map(|(&p, &q)| {
        let (p, q) = (f64::from(p) - of_expected, f64::from(q) - of_found);
        p.exp() * (p - q)
    });
    terms.sum()
}
