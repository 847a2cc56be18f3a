//! An opened model with its vocabulary: what an app holds, from which sessions and readers come.

use std::path::Path;

use super::file::open_file;
use super::fit::Fit;
use super::options::EngineOptions;
use super::prompts::WindowPrompts;
use super::reader::WindowReader;
use crate::cancel::CancelFlag;
use crate::error::Result;
#[cfg(feature = "gpu")]
use crate::error::{GpuError, ModelError};
use crate::exec::{ContextPolicy, Model, ModelOptions};
use crate::ggml::Placement;
use crate::gguf::Gguf;
use crate::memory::Capability;
use crate::session::Session;
use crate::thermal::HeatHint;
use crate::tokenizer::Tokenizer;

/// A model, its vocabulary, and settings that fit the budget. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    model: Model,
    tokenizer: Tokenizer,
    fit: Fit,
    governor: Option<HeatHint>,
    #[cfg(feature = "gpu")]
    options: EngineOptions,
}

impl Engine {
    /// Opens the model file at `path`, or the model that comes with Carrel: [`open_file`].
    ///
    /// # Errors
    /// If the file cannot be read, is no model that can be run, or does not fit the budget.
    pub fn open(path: impl AsRef<Path>, options: &EngineOptions) -> Result<Self> {
        Self::from_gguf(open_file(path)?, options)
    }

    /// Opens a model from a checked file.
    ///
    /// # Errors
    /// If it is no model that can be run, or does not fit the budget.
    pub fn from_gguf(file: Gguf, options: &EngineOptions) -> Result<Self> {
        // A large vocabulary takes as long as mapping and checking the weights.
        let (tokenizer, opened) = std::thread::scope(|scope| {
            let tokenizer = scope.spawn(|| Tokenizer::from_gguf(&file));
            let opened = open_model(file.clone(), options);
            (tokenizer.join(), opened)
        });
        let tokenizer = tokenizer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let (model, fit) = opened?;
        Ok(Self {
            model,
            tokenizer,
            fit,
            governor: options.governor.clone(),
            #[cfg(feature = "gpu")]
            options: options.clone(),
        })
    }

    /// The settings that model and options lead to, without loading anything.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn fit(path: impl AsRef<Path>, options: &EngineOptions) -> Result<Fit> {
        let mapped = Model::from_gguf(open_file(path)?, ModelOptions::default())?;
        Ok(Fit::of(&mapped, options)?)
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The vocabulary.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The settings of its sessions.
    pub fn settings(&self) -> &Fit {
        &self.fit
    }

    /// The same engine with its weights copied to a GPU, where its sessions compute: as many of the
    /// last layers as fit, and within the budget. Whoever uses it first compares it with the CPU:
    /// [`Model::verdict`].
    ///
    /// # Errors
    /// If there are no kernels for the model, memory cannot be had, or the budget is too small.
    #[cfg(feature = "gpu")]
    pub fn on_gpu(&self, gpu: &std::sync::Arc<crate::gpu::Gpu>) -> Result<Self> {
        let (model, fit) = put_on_gpu(&self.model, &self.options, gpu, None)?;
        Ok(Self { model, fit, ..self.clone() })
    }

    /// Waits for the GPU, if there is one, and keeps it idle until [`Engine::resume`]: for apps that
    /// go to the background. Sessions that compute meanwhile wait, or are cancelled.
    pub fn suspend(&self) {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = self.model.gpu() {
            gpu.suspend();
        }
    }

    /// Lets the GPU go on.
    pub fn resume(&self) {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = self.model.gpu() {
            gpu.resume();
        }
    }

    /// A fresh session.
    ///
    /// # Errors
    /// If memory cannot be had.
    pub fn session(&self) -> Result<Session> {
        let mut decoder = self.model.decoder(&self.fit.decoder)?;
        if let Some(hint) = &self.governor {
            decoder.govern(hint.clone());
        }
        Ok(Session::with_decoder(decoder, &self.tokenizer))
    }

    /// A session that reads windows for [`crate::memory::Library::ask_with`]. Reading stops when
    /// `cancel` is set.
    ///
    /// # Errors
    /// If memory cannot be had, or the model's chat template cannot be used.
    pub fn reader(&self, cancel: &CancelFlag) -> Result<WindowReader> {
        WindowReader::new(self.session()?, &self.model, cancel)
    }

    /// What such a reader would read, for [`crate::memory::Library::estimate_with`], without the memory of a
    /// session: of a model that can do this.
    ///
    /// # Errors
    /// If the model's chat template cannot be used.
    pub fn foresight(&self, capability: Capability) -> Result<WindowPrompts> {
        let (ContextPolicy::Full(n_ctx) | ContextPolicy::Sliding(n_ctx)) = self.fit.decoder.context;
        WindowPrompts::new(&self.model, &self.tokenizer, n_ctx, capability)
    }
}

/// Opens a model, without its vocabulary, with the placement and the settings that fit.
///
/// # Errors
/// If it is no model that can be run, or does not fit the budget.
pub fn open_model(file: Gguf, options: &EngineOptions) -> Result<(Model, Fit)> {
    let mapped = Model::from_gguf(file.clone(), ModelOptions::default())?;
    let fit = Fit::of(&mapped, options)?;
    let (placement, backend, packed) = (fit.placement, options.backend, options.packed.clone());
    let model = match placement {
        Placement::InPlace => mapped,
        Placement::Repacked => Model::from_gguf(file, ModelOptions { placement, backend, packed })?,
    };
    Ok((model, fit))
}

/// The same with as many of the last layers on a GPU as fit into the budget together with the rest, and
/// into `gpu_bytes` of the GPU's memory, if that is given. Whoever uses it first compares it with the
/// CPU: [`Model::verdict`]. Where the GPU turns out to have no memory left for even one layer, or is
/// lost, all of it stays on the CPU: [`Fit::n_gpu_layers`] is 0.
///
/// # Errors
/// If it is no model that can be run, there are no kernels for it, or it does not fit.
#[cfg(feature = "gpu")]
pub fn open_model_on_gpu(
    file: Gguf,
    options: &EngineOptions,
    gpu: &std::sync::Arc<crate::gpu::Gpu>,
    gpu_bytes: Option<u64>,
) -> Result<(Model, Fit)> {
    let mapped = Model::from_gguf(file.clone(), ModelOptions::default())?;
    match put_on_gpu(&mapped, options, gpu, gpu_bytes) {
        Err(ModelError::Gpu(error @ (GpuError::OutOfMemory | GpuError::Lost { .. }))) => {
            log::warn!("all layers stay on the CPU: {error}");
            open_model(file, options)
        }
        result => Ok(result?),
    }
}

/// A model on a GPU, with settings that fit.
#[cfg(feature = "gpu")]
fn put_on_gpu(
    model: &Model,
    options: &EngineOptions,
    gpu: &std::sync::Arc<crate::gpu::Gpu>,
    gpu_bytes: Option<u64>,
) -> Result<(Model, Fit), ModelError> {
    let fit = Fit::on_gpu(model, options, gpu, gpu_bytes)?;
    let model = model.on_gpu_within(gpu, &fit.decoder, &options.bounds(gpu_bytes))?;
    // The GPU may have had less memory than it was thought to have.
    let (need, n_gpu_layers) = (model.memory_need(&fit.decoder)?, model.n_gpu_layers());
    let (needed_bytes, minimum_bytes) = (need.total_bytes(), fit.need.total_bytes());
    match options.memory_budget_bytes {
        Some(budget_bytes) if needed_bytes > budget_bytes => {
            Err(ModelError::Budget { needed_bytes, budget_bytes, minimum_bytes })
        }
        _ => Ok((model, Fit { need, n_gpu_layers, ..fit })),
    }
}
