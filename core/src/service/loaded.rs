//! A model in memory, with what its conversations share.

use std::sync::OnceLock;

use super::host::HostOptions;
use super::marker::LoadingMarker;
use super::place::{Backend, GpuVerdict, place};
use crate::engine::Engine;
use crate::error::{Error, Result, TemplateError};
use crate::exec::keep_speeds_in;
use crate::ggml::Placement;
use crate::sample::{Grammar, GrammarSource, Grammars};
use crate::session::{ChatFormat, GenerateOptions, grammars_for};
use crate::thermal::HeatHint;

/// A model in memory.
pub struct Loaded {
    /// The model.
    pub engine: Engine,
    /// What came of the wish for a GPU.
    pub verdict: GpuVerdict,
    format: Option<ChatFormat>,
    grammars: OnceLock<Grammars>,
}

impl Loaded {
    /// Loads the model and lets it read one token, with a mark in the app's folder meanwhile.
    pub(super) fn load(options: &HostOptions, hint: &HeatHint) -> Result<Self> {
        if let Some(folder) = &options.state_folder {
            keep_speeds_in(folder);
        }
        let put = |folder| LoadingMarker::put(folder, &options.model, options.retry_after_crash);
        let marker = options.state_folder.as_deref().map(put).transpose()?;
        let loaded = Self::open(options, hint);
        marker.map_or(Ok(()), LoadingMarker::remove)?;
        loaded
    }

    fn open(options: &HostOptions, hint: &HeatHint) -> Result<Self> {
        let mut wanted = options.engine.clone();
        wanted.governor.get_or_insert_with(|| hint.clone());
        if options.backend == Some(Backend::Gpu) {
            // Copies in the CPU's layouts are of no use to a GPU.
            wanted.placement = Some(Placement::InPlace);
        }
        if let (Some(folder), true) = (&options.state_folder, options.keep_packed) {
            wanted.packed.folder.get_or_insert_with(|| folder.join("packed"));
        }
        let folder = options.state_folder.as_ref().map(|folder| folder.join("gpu"));
        let engine = Engine::open(&options.model, &wanted)?;
        let (engine, verdict) = place(engine, options.backend, folder.as_deref())?;
        let first = GenerateOptions { max_tokens: 0, ..GenerateOptions::default() };
        engine.session()?.generate(&[0], first)?.finish();
        let format = match ChatFormat::of(engine.model(), engine.tokenizer()) {
            Ok(format) => Some(format),
            Err(Error::Template(TemplateError::Missing)) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { engine, verdict, format, grammars: OnceLock::new() })
    }

    /// Whether the model's file says how to chat.
    pub fn can_chat(&self) -> bool {
        self.format.is_some()
    }

    /// The form of conversations.
    ///
    /// # Errors
    /// If the model's file has none.
    pub fn format(&self) -> Result<&ChatFormat> {
        Ok(self.format.as_ref().ok_or(TemplateError::Missing)?)
    }

    /// Compiles a grammar for the model's vocabulary.
    ///
    /// # Errors
    /// If it is not understood.
    pub fn grammar(&self, source: &GrammarSource) -> Result<Grammar> {
        let grammars = match self.grammars.get() {
            Some(grammars) => grammars,
            None => {
                let made = grammars_for(self.engine.tokenizer())?;
                self.grammars.get_or_init(|| made)
            }
        };
        Ok(grammars.compile(source)?)
    }
}
