//! Opening a model for answers: where it computes, and what its probe lets it do.

use std::ops::ControlFlow;
use std::path::Path;

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, ProbeFolder, WindowReader};
use carrel_core::exec::{self, ContextPolicy};
use carrel_core::ggml::Placement;
use carrel_core::memory::Reading;
use carrel_core::memory::probe::ProbeReport;
use carrel_core::service::{GpuVerdict, HAS_GPU, place};

use super::answers::Choice;
use crate::device::resident_bytes;
use crate::state::device::{Loaded, Products};
use crate::trouble::Trouble;

/// A model that is loaded, with what it was loaded for.
pub struct Open {
    /// What was chosen.
    pub choice: Choice,
    /// Reads windows.
    pub reader: WindowReader,
    /// What is shown of it.
    pub loaded: Loaded,
    /// Memory that the app took more after loading it than before.
    pub loading_bytes: u64,
    /// Memory that the app took more after its first window than before, once that is read.
    pub window_bytes: Option<u64>,
    engine: Engine,
}

impl Open {
    /// Loads a model. What is learned about GPUs is kept in a folder, if there is one. The model's
    /// readings end with `cancel`.
    pub fn load(
        choice: &Choice,
        gpu_folder: Option<&Path>,
        cancel: &CancelFlag,
    ) -> Result<Self, Trouble> {
        let failed = |error| Trouble::with_model(&error);
        let before_bytes = resident_bytes();
        let (engine, verdict) = placed(choice, gpu_folder)?;
        let reader = engine.reader(cancel).map_err(failed)?;
        let fit = engine.settings();
        let n_ctx = match fit.decoder.context {
            ContextPolicy::Full(n_ctx) | ContextPolicy::Sliding(n_ctx) => n_ctx,
        };
        // With the weights where they are now: copies are promised too.
        let need = engine.model().memory_need(&fit.decoder);
        let need = need.map_err(|error| Trouble::with_model(&error.into()))?;
        let loaded = Loaded {
            path: choice.path.clone(),
            verdict,
            products: match engine.model().choice() {
                exec::Choice::Own(kernels) => Products::Own(kernels.name),
                exec::Choice::Ggml(reason) => Products::Ggml(reason.clone()),
            },
            reading: Reading::Spans,
            is_repacked: fit.placement == Placement::Repacked,
            cache: format!("{:?}", fit.decoder.cache_type),
            n_ctx,
            promised_bytes: need.total_bytes(),
            took_bytes: None,
            n_threads: choice.n_threads,
        };
        let loading_bytes = resident_bytes().saturating_sub(before_bytes);
        let choice = choice.clone();
        Ok(Self { choice, reader, loaded, loading_bytes, window_bytes: None, engine })
    }

    /// Finds out what the model may do, once for every model: the report is kept in `folder`.
    /// `None` if it was cancelled.
    pub fn probe(
        &mut self,
        folder: Option<&ProbeFolder>,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Option<ProbeReport>, Trouble> {
        let probed = self.engine.probe(&mut self.reader, folder, progress);
        let report = probed.map_err(|error| Trouble::with_model(&error))?;
        if let Some(report) = &report {
            self.loaded.reading = report.reading();
        }
        Ok(report)
    }
}

/// The model where it computes: on the GPU if that is wanted, built in, there, and right.
fn placed(choice: &Choice, gpu_folder: Option<&Path>) -> Result<(Engine, GpuVerdict), Trouble> {
    let failed = |error| Trouble::with_model(&error);
    let mut options = choice.options();
    let mut verdict = if HAS_GPU { GpuVerdict::NotWanted } else { GpuVerdict::NotBuilt };
    if HAS_GPU && choice.on_gpu {
        // Copies in the processor's layouts are of no use to a GPU.
        options.placement = Some(Placement::InPlace);
        let engine = Engine::open(&choice.path, &options).map_err(failed)?;
        let (engine, found) = place(engine, None, gpu_folder).map_err(failed)?;
        if matches!(found, GpuVerdict::Good { .. }) {
            return Ok((engine, found));
        }
        (options.placement, verdict) = (None, found);
    }
    Ok((Engine::open(&choice.path, &options).map_err(failed)?, verdict))
}
