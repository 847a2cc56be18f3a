//! The thread for model files, and one more for every download.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions, default_report};
use carrel_downloads::{DownloadError, Found, ModelFolder, Pull, PullError, hash_file, pull};
use carrel_models::catalog::{catalog, default_entry};
use carrel_models::default_model;

use super::{Mailbox, guarded, start};
use crate::app::Options;
use crate::message::Event;
use crate::state::documents::file_name;
use crate::state::models::{Check, Installed};
use crate::trouble::Trouble;

/// Shortest time between two reports of a download.
const REPORT_EVERY: Duration = Duration::from_millis(100);

enum Job {
    List(EngineOptions),
    Verify(String),
    Remove(String, EngineOptions),
}

/// The threads, as the window holds them.
pub struct Models {
    jobs: Sender<Job>,
    mail: Mailbox,
    folder: PathBuf,
    endpoint: Option<String>,
    retries: Option<u32>,
    pulls: BTreeMap<String, CancelFlag>,
}

impl Models {
    /// Starts the thread on a folder of models.
    pub fn start(folder: &Path, options: &Options, mail: Mailbox) -> Self {
        let (jobs, received) = channel();
        let (place, letters) = (folder.to_owned(), mail.clone());
        start("models", move || run(&place, &received, &letters));
        let (endpoint, retries) = (options.endpoint.clone(), options.retries);
        Self { jobs, mail, folder: folder.to_owned(), endpoint, retries, pulls: BTreeMap::new() }
    }

    fn send(&self, job: Job) {
        // The thread ends only with the app.
        let _ = self.jobs.send(job);
    }

    /// Lists the files that are here, with the memory that they need.
    pub fn list(&self, options: EngineOptions) {
        self.send(Job::List(options));
    }

    /// Checks a file.
    pub fn verify(&self, name: &str) {
        self.send(Job::Verify(name.to_owned()));
    }

    /// Removes a file and lists the rest.
    pub fn remove(&self, name: &str, options: EngineOptions) {
        self.send(Job::Remove(name.to_owned(), options));
    }

    /// Downloads a file, going on from what is here of it.
    pub fn pull(&mut self, name: &str) {
        let cancel = CancelFlag::new();
        self.pulls.insert(name.to_owned(), cancel.clone());
        let (folder, mail) = (self.folder.clone(), self.mail.clone());
        let mut wanted = Pull { endpoint: self.endpoint.clone(), ..Pull::named(name) };
        wanted.retries = self.retries.unwrap_or(wanted.retries);
        start("download", move || download(&folder, &wanted, &cancel, &mail));
    }

    /// Stops a download; what came is kept.
    pub fn stop(&self, name: &str) {
        if let Some(cancel) = self.pulls.get(name) {
            cancel.cancel();
        }
    }
}

impl Drop for Models {
    fn drop(&mut self) {
        self.pulls.values().for_each(CancelFlag::cancel);
    }
}

fn download(folder: &Path, wanted: &Pull, cancel: &CancelFlag, mail: &Mailbox) {
    let name = &wanted.name;
    let mut reported: Option<Instant> = None;
    let pulled = guarded(|| {
        let models = ModelFolder::open(Some(folder)).map_err(|error| Trouble::from(&error))?;
        let result = pull(&models, wanted, cancel, |done, total| {
            if reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY) || total == Some(done) {
                reported = Some(Instant::now());
                mail.tell(Event::Pulling(name.clone(), done, total));
            }
        });
        match result {
            Ok(pulled) => Ok(Event::Pulled(name.clone(), pulled.path)),
            Err(PullError::Download(DownloadError::Cancelled)) => {
                Ok(Event::PullStopped(name.clone()))
            }
            Err(error) => Err(Trouble::from(&error)),
        }
    });
    mail.tell(pulled.unwrap_or_else(|trouble| Event::PullFailed(name.clone(), trouble)));
}

fn run(folder: &Path, jobs: &Receiver<Job>, mail: &Mailbox) {
    while let Ok(job) = jobs.recv() {
        let told = guarded(|| {
            let failed = |error| Trouble::from(&error);
            let models = ModelFolder::open(Some(folder)).map_err(failed)?;
            match job {
                Job::List(options) => list(&models, &options),
                Job::Verify(name) => verify(&models, name),
                Job::Remove(name, options) => {
                    let (_, _, path) = models.locate(&name).map_err(failed)?;
                    models.remove(&path).map_err(failed)?;
                    list(&models, &options)
                }
            }
        });
        mail.tell(told.unwrap_or_else(Event::Trouble));
    }
}

fn list(models: &ModelFolder, options: &EngineOptions) -> Result<Event, Trouble> {
    let found = models.files().map_err(|error| Trouble::from(&error))?;
    let found = found.into_iter().map(|found| installed(found, options));
    Ok(Event::Installed(std::iter::once(built_in(options)).chain(found).collect()))
}

/// The model that is part of the program.
fn built_in(options: &EngineOptions) -> Installed {
    let entry = default_entry();
    let path = PathBuf::from(default_model::NAME);
    Installed {
        name: entry.name.clone(),
        title: entry.title.clone(),
        bytes: default_model::BYTES.len() as u64,
        is_built_in: true,
        need_bytes: need_bytes(&path, options),
        path,
        reading: default_report().map(|report| report.reading()),
    }
}

/// Memory that a model takes with its settings.
fn need_bytes(path: &Path, options: &EngineOptions) -> Result<u64, Trouble> {
    guarded(|| {
        let fit = Engine::fit(path, options).map_err(|error| Trouble::with_model(&error))?;
        Ok(fit.need.total_bytes())
    })
}

fn installed(found: Found, options: &EngineOptions) -> Installed {
    let entry = catalog().iter().find(|e| e.repository == found.repository && e.file == found.file);
    let name = match entry {
        Some(entry) => entry.name.clone(),
        None => format!("{}/{}", found.repository, found.file),
    };
    Installed {
        title: entry.map_or_else(|| file_name(&found.file), |entry| entry.title.clone()),
        bytes: std::fs::metadata(&found.path).map_or(0, |data| data.len()),
        name,
        is_built_in: false,
        need_bytes: need_bytes(&found.path, options),
        path: found.path,
        reading: None,
    }
}

fn verify(models: &ModelFolder, name: String) -> Result<Event, Trouble> {
    let failed = |error| Trouble::from(&error);
    let found = models.select(std::slice::from_ref(&name)).map_err(failed)?;
    let Some(found) = found.into_iter().next() else {
        return Ok(Event::Checked(name, Check::Unknown));
    };
    let entry = catalog().iter().find(|e| e.repository == found.repository && e.file == found.file);
    let expected = entry
        .and_then(|entry| entry.sha256.clone())
        .or_else(|| found.receipt.map(|receipt| receipt.sha256));
    let (_, sha256) =
        hash_file(&found.path, &CancelFlag::new()).map_err(|error| Trouble::from(&error))?;
    let check = match expected {
        Some(expected) if expected == sha256 => Check::Whole,
        Some(_) => Check::Damaged,
        None => Check::Unknown,
    };
    Ok(Event::Checked(name, check))
}
