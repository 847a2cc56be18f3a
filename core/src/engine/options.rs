//! What a caller wants of a model, and what it may cost. What is left open is chosen to fit.

use crate::cpu::PackedFiles;
use crate::exec::{ContextPolicy, CpuBackend, DecoderOptions};
use crate::ggml::Placement;
use crate::ops::CacheType;
use crate::thermal::HeatHint;

/// Options for opening a model.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Length of the context. `None`: what the model was trained for, at most 4096 tokens, and less
    /// where the budget asks for it.
    pub context: Option<ContextPolicy>,
    /// Type of the KV cache. `None`: the precision of the weights, or 8 bits where the budget asks
    /// for it.
    pub cache_type: Option<CacheType>,
    /// Where matrices are kept. `None`: copied where that is faster and memory allows it.
    pub placement: Option<Placement>,
    /// Who computes on the processor.
    pub backend: CpuBackend,
    /// Where our own kernels' copies of matrices are kept between starts; by default nowhere.
    pub packed: PackedFiles,
    /// Most tokens computed at once.
    pub n_batch: usize,
    /// Threads that compute.
    pub n_threads: usize,
    /// Who says how hot the device is. Sessions then press less hard when it is, or when sustained speed
    /// falls. `None`: they always work with all threads.
    pub governor: Option<HeatHint>,
    /// Memory that the model and one session may take together. `None`: no limit.
    pub memory_budget_bytes: Option<u64>,
}

#[cfg(feature = "gpu")]
impl EngineOptions {
    /// The bounds for a model on a GPU of which so much memory may be taken.
    pub(super) fn bounds(&self, gpu_bytes: Option<u64>) -> crate::exec::MemoryBounds {
        crate::exec::MemoryBounds { gpu_bytes, total_bytes: self.memory_budget_bytes }
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        let DecoderOptions { n_batch, n_threads, .. } = DecoderOptions::default();
        Self {
            context: None,
            cache_type: None,
            placement: None,
            backend: CpuBackend::default(),
            packed: PackedFiles::default(),
            n_batch,
            n_threads,
            governor: None,
            memory_budget_bytes: None,
        }
    }
}
