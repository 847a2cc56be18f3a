//! Which model, what it may cost, and what it is.

use std::path::{Path, PathBuf};

use carrel_core::engine::{Engine, EngineOptions as CoreOptions, Fit};
use carrel_core::exec::ContextPolicy;
pub use carrel_core::service::{Backend, GpuVerdict};
use carrel_core::service::{HostOptions, Loaded, model_file};

use crate::errors::{CarrelError, Result};

/// Most tokens computed at once: small pieces, so that phones cancel and pause promptly.
const BATCH_TOKENS: usize = 128;

/// Which model, and what it may cost.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EngineOptions {
    /// Path of a GGUF file, or a name of the catalogue whose file lies in `models_folder`; or
    /// `default`, the small reader that comes with the library.
    #[uniffi(default = "default")]
    pub model: String,
    /// Where files of the catalogue lie.
    #[uniffi(default = None)]
    pub models_folder: Option<String>,
    /// Memory that the model and one session may take together.
    #[uniffi(default = None)]
    pub memory_budget_bytes: Option<u64>,
    /// Length of the context; what the model and the budget allow if absent.
    #[uniffi(default = None)]
    pub context_tokens: Option<u32>,
    /// Threads that compute; one for each processor, at most eight, if absent.
    #[uniffi(default = None)]
    pub threads: Option<u32>,
    /// What computes; the fastest that computes right if absent.
    #[uniffi(default = None)]
    pub backend: Option<Backend>,
    /// A folder of the app's own: a mark stands there while a model is loaded, and what its probe
    /// found is kept there. Without one, a crash while loading is not noticed, and every engine
    /// probes its model anew.
    #[uniffi(default = None)]
    pub state_folder: Option<String>,
    /// Keep copies of the weights in the order in which the processor reads them in `state_folder`:
    /// about as many bytes as the model's file, and later starts are faster.
    #[uniffi(default = true)]
    pub keep_packed_weights: bool,
    /// Load even if the process died while loading this model before.
    #[uniffi(default = false)]
    pub retry_after_crash: bool,
}

/// What computes.
#[uniffi::remote(Enum)]
pub enum Backend {
    /// The processor.
    Cpu,
    /// The GPU, if it computes the same as the processor.
    Gpu,
}

/// What came of the wish for a GPU.
#[uniffi::remote(Enum)]
pub enum GpuVerdict {
    /// The processor computes, as the app wished.
    NotWanted,
    /// This library was built without GPUs.
    NotBuilt,
    /// There is no GPU that can run the model; the processor computes.
    Unavailable {
        /// Why not.
        reason: String,
    },
    /// The GPU computes something else than the processor, which therefore computes.
    Wrong {
        /// Name of the GPU.
        adapter: String,
        /// Mean divergence of its distributions, in nats.
        mean_divergence: f64,
    },
    /// The GPU computes.
    Good {
        /// Name of the GPU.
        adapter: String,
        /// Mean divergence of its distributions, in nats.
        mean_divergence: f64,
    },
}

/// What a model and one session take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct MemoryNeed {
    /// All of it.
    pub total_bytes: u64,
    /// Weights that are read from the file in place; the system may drop and read them again.
    pub mapped_bytes: u64,
    /// Copies of weights.
    pub copied_bytes: u64,
    /// Keys and values of one session.
    pub cache_bytes: u64,
    /// Length of the context that was chosen.
    pub context_tokens: u32,
}

/// What is known about an open model.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ModelInfo {
    /// Name that the file gives itself; empty if it gives none.
    pub name: String,
    /// Family of the model.
    pub family: String,
    /// Number of its parameters.
    pub parameters: u64,
    /// Whether its file says how to chat.
    pub can_chat: bool,
    /// What it takes, and the length of its sessions' contexts.
    pub memory: MemoryNeed,
}

/// What a model would take with these options, from the head of its file; nothing is loaded.
#[uniffi::export]
pub fn memory_need(options: EngineOptions) -> Result<MemoryNeed> {
    let options = HostOptions::try_from(options)?;
    Ok(MemoryNeed::from(&Engine::fit(&options.model, &options.engine)?))
}

impl TryFrom<EngineOptions> for HostOptions {
    type Error = CarrelError;

    fn try_from(options: EngineOptions) -> Result<Self> {
        let default = CoreOptions::default();
        let folder = options.models_folder.as_deref().map(Path::new);
        Ok(Self {
            model: model_file(&options.model, folder)?,
            engine: CoreOptions {
                context: options.context_tokens.map(|n| ContextPolicy::Full(n as usize)),
                n_batch: BATCH_TOKENS,
                n_threads: options.threads.map_or(default.n_threads, |n| n as usize),
                memory_budget_bytes: options.memory_budget_bytes,
                ..default
            },
            backend: options.backend,
            state_folder: options.state_folder.map(PathBuf::from),
            keep_packed: options.keep_packed_weights,
            retry_after_crash: options.retry_after_crash,
        })
    }
}

impl From<&Fit> for MemoryNeed {
    fn from(fit: &Fit) -> Self {
        let (ContextPolicy::Full(n_ctx) | ContextPolicy::Sliding(n_ctx)) = fit.decoder.context;
        Self {
            total_bytes: fit.need.total_bytes(),
            mapped_bytes: fit.need.mapped_bytes,
            copied_bytes: fit.need.copied_bytes,
            cache_bytes: fit.need.cache_bytes,
            context_tokens: n_ctx as u32,
        }
    }
}

impl From<&Loaded> for ModelInfo {
    fn from(loaded: &Loaded) -> Self {
        let model = loaded.engine.model();
        Self {
            name: model.file().str("general.name").ok().flatten().unwrap_or_default().to_owned(),
            family: model.spec().family.name.to_owned(),
            parameters: model.spec().n_parameters(),
            can_chat: loaded.can_chat(),
            memory: loaded.engine.settings().into(),
        }
    }
}
