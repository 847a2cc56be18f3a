//! The memory promise: settings that fit a budget, known before a weight is read.
//!
//! What the caller leaves open is tried from the best down: at each length of the context the cache
//! first in full precision, then in 8 bits; then half the length. Copies of the weights, which make
//! reading faster, are made only if there is room for them on top.

use super::options::EngineOptions;
use crate::error::ModelError;
use crate::exec::{ContextPolicy, DecoderOptions, MemoryNeed, Model};
use crate::ggml::Placement;
use crate::ops::CacheType;

/// The longest context that is chosen unasked.
const LONGEST_CONTEXT: usize = 4096;
/// The shortest context that is chosen unasked: a window of sentences and a question still fit.
const SHORTEST_CONTEXT: usize = 1024;

/// Settings that fit.
#[derive(Debug, Clone)]
pub struct Fit {
    /// How sessions decode.
    pub decoder: DecoderOptions,
    /// Where matrices are kept.
    pub placement: Placement,
    /// What model and one session take with the weights in the mapped file or on a GPU.
    pub need: MemoryNeed,
    /// How many of the last layers a GPU computes.
    pub n_gpu_layers: usize,
}

impl Fit {
    /// Chooses settings for `model`, which is opened in place.
    ///
    /// # Errors
    /// [`ModelError::Budget`] with the numbers if nothing fits, or if the options do not suit the
    /// model.
    pub fn of(model: &Model, options: &EngineOptions) -> Result<Self, ModelError> {
        let mut wanted_bytes = None;
        for decoder in candidates(model, options) {
            let need = model.memory_need(&decoder)?;
            let total_bytes = need.total_bytes();
            if options.memory_budget_bytes.is_none_or(|budget| total_bytes <= budget) {
                let placement = options.placement.unwrap_or_else(|| place(&need, options));
                return Ok(Self { decoder, placement, need, n_gpu_layers: 0 });
            }
            wanted_bytes.get_or_insert(total_bytes);
        }
        let smallest = DecoderOptions {
            context: ContextPolicy::Full(256),
            n_batch: 16,
            cache_type: options.cache_type.unwrap_or_else(|| model.exact_cache_type()),
            n_threads: options.n_threads,
        };
        Err(ModelError::Budget {
            needed_bytes: wanted_bytes.unwrap_or(0),
            budget_bytes: options.memory_budget_bytes.unwrap_or(0),
            minimum_bytes: model.memory_need(&smallest)?.total_bytes(),
        })
    }

    /// The same for a GPU, which computes as many of the last layers as fit: into the budget together
    /// with what stays on the processor, and into `gpu_bytes` of its memory, if that is given. Shorter
    /// contexts are tried only where not even one layer fits.
    ///
    /// # Errors
    /// [`ModelError::Budget`] with the numbers for the last settings that were tried if nothing fits; if
    /// the options do not suit the model.
    #[cfg(feature = "gpu")]
    pub fn on_gpu(
        model: &Model,
        options: &EngineOptions,
        gpu: &crate::gpu::Gpu,
        gpu_bytes: Option<u64>,
    ) -> Result<Self, ModelError> {
        let bounds = options.bounds(gpu_bytes);
        let mut problem = ModelError::Budget { needed_bytes: 0, budget_bytes: 0, minimum_bytes: 0 };
        for decoder in candidates(model, options) {
            match model.gpu_layers(gpu, &decoder, &bounds) {
                Ok(layers) => {
                    let n_gpu_layers = model.plan().n_layer() - layers.first as usize;
                    let placement = Placement::InPlace;
                    return Ok(Self { decoder, placement, need: layers.need, n_gpu_layers });
                }
                Err(budget @ ModelError::Budget { .. }) => problem = budget,
                Err(error) => return Err(error),
            }
        }
        Err(problem)
    }
}

/// The settings that the options allow, the best first.
fn candidates(model: &Model, options: &EngineOptions) -> Vec<DecoderOptions> {
    let contexts = match options.context {
        Some(context) => vec![context],
        None => {
            let longest = (model.spec().n_ctx_train as usize).min(LONGEST_CONTEXT);
            let halves = std::iter::successors(Some(longest), |length| Some(length / 2));
            let mut lengths: Vec<usize> =
                halves.take_while(|&length| length >= SHORTEST_CONTEXT).collect();
            if lengths.is_empty() {
                lengths.push(longest);
            }
            lengths.into_iter().map(ContextPolicy::Full).collect()
        }
    };
    let exact = model.exact_cache_type();
    let types = match options.cache_type {
        Some(cache_type) => vec![cache_type],
        // A cache of 8-bit blocks needs heads of whole blocks.
        None if exact == CacheType::F16 && model.plan().d_head.is_multiple_of(32) => {
            vec![exact, CacheType::Q8_0]
        }
        None => vec![exact],
    };
    let with = |context| {
        types.iter().map(move |&cache_type| DecoderOptions {
            context,
            cache_type,
            n_batch: options.n_batch,
            n_threads: options.n_threads,
        })
    };
    contexts.into_iter().flat_map(with).collect()
}

/// Copies are made when they fit the budget, or without one a quarter of the machine's memory.
fn place(need: &MemoryNeed, options: &EngineOptions) -> Placement {
    let total = need.total_bytes();
    let fits = match options.memory_budget_bytes {
        // A tied embedding table may be there twice: once mapped, once copied.
        Some(budget) => total + need.mapped_bytes <= budget,
        None => physical_memory().is_some_and(|memory| total <= memory / 4),
    };
    if fits { Placement::Repacked } else { Placement::InPlace }
}

/// Bytes of memory in this machine, where the system says (Linux and Android).
fn physical_memory() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
}
