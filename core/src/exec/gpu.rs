//! A model on a GPU: weights copied there, compared with the CPU before they are trusted, and the
//! CPU as the place where an answer is finished when the GPU is lost.
//!
//! Drivers miscompile kernels. So the same few tokens go through the CPU and the GPU before the first
//! answer, with the very weights, types and shapes that will be used, and what comes out is compared.

use std::sync::Arc;

use super::decoder::{ContextPolicy, Decoder, DecoderOptions, LogitRows};
use super::model::Model;
use crate::cancel::CancelFlag;
use crate::error::{GpuError, ModelError};
use crate::gpu::{Gpu, GpuRunner, GpuWeights};
use crate::ops::CacheType;

/// Tokens of the comparison: enough for a tile of a matrix product, and two single ones.
const N_TOGETHER: usize = 40;
const N_SINGLE: usize = 2;

/// Largest mean divergence of the GPU's distributions, in nats. Quantised products on the CPU round
/// activations to 8 bits, which alone is worth up to 1e-3 on the tiny random models of the tests.
const MOST_DIVERGENCE: f64 = 1e-2;

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

impl Model {
    /// The same model with its weights copied to a GPU, where its decoders run. A decoder whose GPU
    /// is lost goes on with the CPU.
    ///
    /// # Errors
    /// [`ModelError::Gpu`] if there are no kernels for the model or memory cannot be had.
    pub fn on_gpu(&self, gpu: &Arc<Gpu>) -> Result<Self, ModelError> {
        let weights = GpuWeights::new(gpu, self.plan(), self.file())?;
        Ok(self.with_gpu_weights(Some(Arc::new(weights))))
    }

    /// Bytes of weights on the GPU.
    pub fn gpu_weight_bytes(&self) -> u64 {
        self.gpu_weights().map_or(0, |weights| weights.n_bytes())
    }

    /// Runs the same tokens on the GPU of this model and on the CPU.
    ///
    /// # Errors
    /// If either cannot run them at all.
    pub fn compare_with_cpu(&self) -> Result<Verdict, ModelError> {
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
        let expected = rows_of(self.with_gpu_weights(None).decoder(&options)?)?;
        let found = rows_of(self.decoder(&options)?)?;
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
    let Some(weights) = model.gpu_weights() else {
        return Ok(None);
    };
    let made = Decoder::with_runner(model, options, |plan, options| {
        Ok(Box::new(GpuRunner::new(plan.clone(), weights.clone(), options)?))
    });
    match made {
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
