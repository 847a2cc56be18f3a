//! Model files by name: a path, or the model that comes with Carrel.

use std::path::{Path, PathBuf};

use carrel_models::default_model;

use crate::error::Result;
use crate::gguf::Gguf;
use crate::memory::Reading;
use crate::memory::probe::ProbeReport;

/// The file at `path`, mapped and checked. Where there is no file called
/// [`default_model::NAME`], that name means the model that comes with Carrel.
///
/// # Errors
/// As [`Gguf::open`].
pub fn open_file(path: impl AsRef<Path>) -> Result<Gguf> {
    let path = path.as_ref();
    if path == Path::new(default_model::NAME) && !path.exists() {
        return Gguf::from_bytes(default_model::BYTES);
    }
    Gguf::open(path)
}

/// What the model that comes with Carrel may do for answers, as its probe found before it was
/// shipped. `None` if the probes have changed since, so that it has to be probed again.
pub fn default_report() -> Option<ProbeReport> {
    ProbeReport::from_json(&serde_json::from_str(default_model::PROBE).ok()?)
}

/// The model that reads for answers where nobody chose one: the one that comes with Carrel, if its
/// probe lets it do anything.
pub fn unchosen_model() -> Option<PathBuf> {
    let may_read = default_report().is_some_and(|report| report.reading() > Reading::Nothing);
    may_read.then(|| PathBuf::from(default_model::NAME))
}
