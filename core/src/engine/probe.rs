//! Probing a model once and remembering what came out.
//!
//! ```text
//! FOLDER/SHA-256 OF THE MODEL FILE.json      the report, written whole or not at all
//! ```
//! A report that cannot be read, or of other probes, is made again. The folder is the app's to
//! choose: its cache, or next to a library.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use carrel_models::default_model;

use super::file::default_report;
use super::open::Engine;
use super::reader::WindowReader;
use crate::error::{Error, Result};
use crate::memory::probe::{ProbeReport, probe};
use crate::readable::hexadecimal;
use crate::whole_file::write_whole;

/// A folder of reports.
#[derive(Debug, Clone)]
pub struct ProbeFolder {
    folder: PathBuf,
}

impl ProbeFolder {
    /// Reports in `folder`, which is made with the first one.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned() }
    }

    /// The report of the model with this hash, if there is one that these probes made.
    pub fn load(&self, model: &[u8; 32]) -> Option<ProbeReport> {
        let bytes = std::fs::read(self.path(model)).ok()?;
        ProbeReport::from_json(&serde_json::from_slice(&bytes).ok()?)
    }

    /// Keeps the report of the model with this hash.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, model: &[u8; 32], report: &ProbeReport) -> Result<()> {
        std::fs::create_dir_all(&self.folder).map_err(|error| Error::file(&self.folder, error))?;
        let path = self.path(model);
        write_whole(
            &path,
            |path, error| Error::file(path, error),
            |out| {
                writeln!(out, "{:#}", report.to_json()).map_err(|error| Error::file(&path, error))
            },
        )
    }

    fn path(&self, model: &[u8; 32]) -> PathBuf {
        self.folder.join(format!("{}.json", hexadecimal(model)))
    }
}

impl Engine {
    /// Finds out what the model may do for answers and lets `reader` do just that. A report in
    /// `folder` is taken over, and that of the model that comes with Carrel is known; otherwise the
    /// model is probed, which `progress` is told and may stop,
    /// and the report is kept there. `None` if it was stopped; `reader` is unchanged then.
    ///
    /// # Errors
    /// If the model fails, or its report cannot be written.
    pub fn probe(
        &self,
        reader: &mut WindowReader,
        folder: Option<&ProbeFolder>,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Option<ProbeReport>> {
        // The hash takes a look at the whole file, which nobody needs who keeps nothing.
        let kept = folder.map(|folder| (folder, self.model().sha256()));
        let known = kept.and_then(|(folder, model)| folder.load(&model));
        let is_default = || self.model().file().bytes() == default_model::BYTES;
        let known = known.or_else(|| default_report().filter(|_| is_default()));
        let report = match known {
            Some(report) => report,
            None => {
                let Some(report) = probe(reader, progress)? else { return Ok(None) };
                if let Some((folder, model)) = kept {
                    folder.save(&model, &report)?;
                }
                report
            }
        };
        reader.allow(report.capability());
        Ok(Some(report))
    }
}
