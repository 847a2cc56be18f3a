//! Probing a model with progress, and where the results are kept: `carrel/probes` in the user's
//! cache folder, or the folder that `CARREL_PROBES` names.

use std::ops::ControlFlow;

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, ProbeFolder, WindowReader};
use carrel_core::memory::probe::{ProbeReport, probe};

use crate::failure::Failure;
use crate::output::Output;

fn folder() -> Option<ProbeFolder> {
    carrel_downloads::probe_folder().map(ProbeFolder::new)
}

/// Lets `reader` do what the probe of its model found; probes it if nobody did yet.
pub fn run_once(
    engine: &Engine,
    reader: &mut WindowReader,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<ProbeReport, Failure> {
    watched(output, cancel, |progress| engine.probe(reader, folder().as_ref(), progress))
}

/// Probes the model of `reader` whatever is known, and keeps what comes out.
pub fn run_again(
    engine: &Engine,
    reader: &mut WindowReader,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<ProbeReport, Failure> {
    let report = watched(output, cancel, |progress| probe(reader, progress))?;
    if let Some(folder) = folder() {
        folder.save(&engine.model().sha256(), &report)?;
    }
    Ok(report)
}

fn watched(
    output: &Output,
    cancel: &CancelFlag,
    probing: impl FnOnce(
        &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> carrel_core::Result<Option<ProbeReport>>,
) -> Result<ProbeReport, Failure> {
    let bar = output.step_bar("probing the model", 0);
    let report = probing(&mut |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.finish_and_clear();
    report?.filter(|_| !cancel.is_cancelled()).ok_or_else(Failure::cancelled)
}
