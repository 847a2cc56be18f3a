//! An opened model: immutable, shared by any number of decoders.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use carrel_models::Spec;

use super::build::build;
use super::choice::{Choice, CpuBackend};
use super::decoder::{Decoder, DecoderOptions};
use super::need::{MemoryNeed, text_bytes};
use super::speeds::Speeds;
use crate::cpu::{CpuWeights, Kernels, PackedFiles, PackedIn};
use crate::error::{ModelError, Result};
use crate::ggml::{Placement, Weights, dequantise};
use crate::gguf::Gguf;
use crate::ops::{CacheType, Plan, WeightInfo};
use crate::quant::TensorType;

/// How a model is opened.
#[derive(Debug, Clone, Default)]
pub struct ModelOptions {
    /// Where matrices are kept.
    pub placement: Placement,
    /// Who computes on the processor.
    pub backend: CpuBackend,
    /// Where our own kernels' copies of matrices are kept between starts.
    pub packed: PackedFiles,
}

/// A model, checked and ready. Cheap to clone; holds no state of any conversation.
#[derive(Clone)]
pub struct Model {
    inner: Arc<Inner>,
    #[cfg(feature = "gpu")]
    part_on_gpu: Option<super::gpu::OnGpu>,
}

struct Inner {
    spec: Spec,
    file: Gguf,
    plan: Plan,
    weights: Arc<Weights>,
    /// Packed matrices and the kernels for them, where those are used.
    own: Option<(Arc<CpuWeights>, &'static Kernels)>,
    choice: Choice,
    speeds: Option<Speeds>,
    options: ModelOptions,
    sha256: OnceLock<[u8; 32]>,
    text_bytes: OnceLock<u64>,
}

impl Model {
    /// Opens the model file at `path`. Weights are mapped, not read.
    ///
    /// # Errors
    /// If the file cannot be read, is not valid GGUF, or is no model that can be run.
    pub fn open(path: impl AsRef<Path>, options: ModelOptions) -> Result<Self> {
        Self::from_gguf(Gguf::open(path)?, options)
    }

    /// Opens a model from a checked file.
    ///
    /// # Errors
    /// If it is no model that can be run, or memory for copies of weights cannot be had.
    pub fn from_gguf(file: Gguf, options: ModelOptions) -> Result<Self> {
        let spec = Spec::read(&file).map_err(ModelError::from)?;
        let plan = build(&spec, &file, spec.n_ctx_train)?;
        let (choice, speeds) = Choice::of(&plan, options.placement, options.backend)?;
        let (own, placement) = match &choice {
            Choice::Own(kernels) => {
                let weights = Arc::new(CpuWeights::new(&plan, &file, dequantise, &options.packed)?);
                (Some((weights, *kernels)), Placement::InPlace)
            }
            Choice::Ggml(_) => (None, options.placement),
        };
        let weights = Arc::new(Weights::new(&plan, &file, placement)?);
        let (sha256, text_bytes) = (OnceLock::new(), OnceLock::new());
        Ok(Self {
            inner: Arc::new(Inner {
                spec,
                file,
                plan,
                weights,
                own,
                choice,
                speeds,
                options,
                sha256,
                text_bytes,
            }),
            #[cfg(feature = "gpu")]
            part_on_gpu: None,
        })
    }

    /// The hyper-parameters.
    pub fn spec(&self) -> &Spec {
        &self.inner.spec
    }

    /// The file it came from.
    pub fn file(&self) -> &Gguf {
        &self.inner.file
    }

    /// The plan for contexts of the trained length.
    pub fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    /// Where matrices are kept.
    pub fn placement(&self) -> Placement {
        self.inner.options.placement
    }

    /// Where copies of matrices for our own kernels are, if those compute.
    pub fn packed_in(&self) -> Option<&PackedIn> {
        self.inner.own.as_ref().map(|(weights, _)| weights.packed_in())
    }

    /// SHA-256 of the model file, computed at the first call.
    pub fn sha256(&self) -> [u8; 32] {
        *self.inner.sha256.get_or_init(|| self.inner.file.sha256())
    }

    /// Who computes on the processor.
    pub fn choice(&self) -> &Choice {
        &self.inner.choice
    }

    /// What was measured to choose, if anything had to be.
    pub fn speeds(&self) -> Option<&Speeds> {
        self.inner.speeds.as_ref()
    }

    /// Bytes that its texts take, computed at the first call.
    pub(super) fn text_bytes(&self) -> u64 {
        *self.inner.text_bytes.get_or_init(|| text_bytes(&self.inner.file))
    }

    pub(super) fn own(&self) -> Option<&(Arc<CpuWeights>, &'static Kernels)> {
        self.inner.own.as_ref()
    }

    pub(super) fn weights(&self) -> &Arc<Weights> {
        &self.inner.weights
    }

    #[cfg(feature = "gpu")]
    pub(super) fn part_on_gpu(&self) -> Option<&super::gpu::OnGpu> {
        self.part_on_gpu.as_ref()
    }

    /// The same model with another part of it on a GPU, or none.
    #[cfg(feature = "gpu")]
    pub(super) fn with_part_on_gpu(&self, part: Option<super::gpu::OnGpu>) -> Self {
        Self { inner: self.inner.clone(), part_on_gpu: part }
    }

    /// The plan for contexts of `n_ctx` tokens.
    pub(super) fn plan_for(&self, n_ctx: u32) -> Result<Plan, ModelError> {
        build(&self.inner.spec, &self.inner.file, n_ctx)
    }

    /// The cache type that loses no precision that the weights have: single precision for a model
    /// in single precision, half precision for all others.
    pub fn exact_cache_type(&self) -> CacheType {
        let is_single = |weight: &WeightInfo| weight.tensor_type == TensorType::F32;
        if self.plan().weights.iter().all(is_single) { CacheType::F32 } else { CacheType::F16 }
    }

    /// A fresh decoder with caches of its own.
    ///
    /// # Errors
    /// If the options do not fit the model or memory cannot be had.
    pub fn decoder(&self, options: &DecoderOptions) -> Result<Decoder, ModelError> {
        Decoder::new(self, options)
    }

    /// The memory that the model and one decoder with these options need.
    ///
    /// # Errors
    /// If the options do not fit the model.
    pub fn memory_need(&self, options: &DecoderOptions) -> Result<MemoryNeed, ModelError> {
        MemoryNeed::of(self, options)
    }
}
