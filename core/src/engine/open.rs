//! An opened model with its vocabulary: what an app holds, from which sessions and readers come.

use std::path::Path;

use super::fit::Fit;
use super::options::EngineOptions;
use super::reader::WindowReader;
use crate::cancel::CancelFlag;
use crate::error::Result;
use crate::exec::{Model, ModelOptions};
use crate::ggml::Placement;
use crate::gguf::Gguf;
use crate::session::Session;
use crate::tokenizer::Tokenizer;

/// A model, its vocabulary, and settings that fit the budget. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    model: Model,
    tokenizer: Tokenizer,
    fit: Fit,
}

impl Engine {
    /// Opens the model file at `path`.
    ///
    /// # Errors
    /// If the file cannot be read, is no model that can be run, or does not fit the budget.
    pub fn open(path: impl AsRef<Path>, options: &EngineOptions) -> Result<Self> {
        Self::from_gguf(Gguf::open(path)?, options)
    }

    /// Opens a model from a checked file.
    ///
    /// # Errors
    /// If it is no model that can be run, or does not fit the budget.
    pub fn from_gguf(file: Gguf, options: &EngineOptions) -> Result<Self> {
        let tokenizer = Tokenizer::from_gguf(&file)?;
        let (model, fit) = open_model(file, options)?;
        Ok(Self { model, tokenizer, fit })
    }

    /// The settings that model and options lead to, without loading anything.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn fit(path: impl AsRef<Path>, options: &EngineOptions) -> Result<Fit> {
        let mapped = Model::open(path, ModelOptions::default())?;
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
    /// last layers as fit. Whoever uses it first compares it with the CPU: [`Model::verdict`].
    ///
    /// # Errors
    /// If there are no kernels for the model or memory cannot be had.
    #[cfg(feature = "gpu")]
    pub fn on_gpu(&self, gpu: &std::sync::Arc<crate::gpu::Gpu>) -> Result<Self> {
        let model = self.model.on_gpu_within(gpu, &self.fit.decoder, None)?;
        let need = model.memory_need(&self.fit.decoder)?;
        Ok(Self { model, fit: Fit { need, ..self.fit.clone() }, ..self.clone() })
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
        Session::new(&self.model, &self.tokenizer, &self.fit.decoder)
    }

    /// A session that reads windows for [`crate::memory::Library::ask_with`]. Reading stops when
    /// `cancel` is set.
    ///
    /// # Errors
    /// If memory cannot be had, or the model's chat template cannot be used.
    pub fn reader(&self, cancel: &CancelFlag) -> Result<WindowReader> {
        WindowReader::new(self.session()?, &self.model, cancel)
    }
}

/// Opens a model, without its vocabulary, with the placement and the settings that fit.
///
/// # Errors
/// If it is no model that can be run, or does not fit the budget.
pub fn open_model(file: Gguf, options: &EngineOptions) -> Result<(Model, Fit)> {
    let mapped = Model::from_gguf(file.clone(), ModelOptions::default())?;
    let fit = Fit::of(&mapped, options)?;
    let (placement, backend) = (fit.placement, options.backend);
    let model = match placement {
        Placement::InPlace => mapped,
        Placement::Repacked => Model::from_gguf(file, ModelOptions { placement, backend })?,
    };
    Ok((model, fit))
}
