//! Pulling: from the name of a model to its file, its check and its receipt.
//!
//! What the file must be is known from the caller or the catalogue; if neither says, from the
//! server's own headers; if these do not say either, what came is written into the receipt, and a
//! later check compares with that. Servers are those of the Hugging Face layout.

use std::path::{Path, PathBuf};
use std::time::Duration;

use carrel_core::cancel::CancelFlag;
use carrel_core::gguf::Gguf;
use carrel_models::catalog;

use crate::download::{DownloadError, Lock, Request, download, hash_file};
use crate::folder::{ModelFolder, ModelFolderError, Receipt, read_receipt};

/// The server that is asked unless another is named.
const ENDPOINT: &str = "https://huggingface.co";

/// What to pull, and how patiently.
#[derive(Debug, Clone)]
pub struct Pull {
    /// Name from the catalogue, or OWNER/REPOSITORY/FILE.gguf.
    pub name: String,
    /// Server; if `None`, the one that `HF_ENDPOINT` names, or Hugging Face.
    pub endpoint: Option<String>,
    /// Commit, branch or tag; if `None`, the catalogue's, or `main`.
    pub revision: Option<String>,
    /// SHA-256 that the file must have.
    pub sha256: Option<String>,
    /// Attempts without progress after the first.
    pub retries: u32,
    /// Wait before the second attempt; doubles with each.
    pub wait: Duration,
    /// A connection that sends nothing for so long is given up.
    pub stall: Duration,
}

impl Pull {
    /// A pull with the usual patience.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            endpoint: None,
            revision: None,
            sha256: None,
            retries: 5,
            wait: Duration::from_millis(1000),
            stall: Duration::from_secs(30),
        }
    }
}

/// Who says what the hash of a file must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verified {
    /// The caller.
    Option,
    /// The catalogue.
    Catalogue,
    /// The server.
    Server,
    /// Nobody.
    Nothing,
}

impl Verified {
    /// The word in receipts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Option => "option",
            Self::Catalogue => "catalogue",
            Self::Server => "server",
            Self::Nothing => "nothing",
        }
    }
}

/// A model file that is here now.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Where it lies.
    pub path: PathBuf,
    /// Its address.
    pub url: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// Who says what its hash must be.
    pub verified_by: Verified,
    /// Bytes that were there from an earlier attempt.
    pub resumed_from: u64,
    /// Whether it was here before, whole.
    pub was_here: bool,
}

/// Why a pull did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The name or the folder cannot be used.
    #[error(transparent)]
    Folder(#[from] ModelFolderError),
    /// The download failed.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// A file of that name is here, but is another.
    #[error("{path}: {problem}; remove it first", path = path.display())]
    Another {
        /// The file.
        path: PathBuf,
        /// How it differs.
        problem: DownloadError,
    },
}

/// Pulls a model; `progress` is told bytes done and bytes in all, where known.
///
/// # Errors
/// If the name or the folder cannot be used, the download fails, or another file is in the way.
pub fn pull(
    models: &ModelFolder,
    wanted: &Pull,
    cancel: &CancelFlag,
    progress: impl FnMut(u64, Option<u64>),
) -> Result<Pulled, PullError> {
    let (repository, file, path) = models.locate(&wanted.name)?;
    let entry = catalog::find(&wanted.name);
    // Another revision holds another file than the one that the catalogue describes.
    let described = entry.filter(|_| wanted.revision.is_none());
    let revision = wanted.revision.as_deref();
    let revision = revision.or(entry.and_then(|e| e.revision.as_deref())).unwrap_or("main");
    let endpoint = wanted.endpoint.clone().or_else(|| std::env::var("HF_ENDPOINT").ok());
    let endpoint = endpoint.filter(|text| !text.is_empty()).unwrap_or_else(|| ENDPOINT.to_owned());
    let url = format!("{}/{repository}/resolve/{revision}/{file}", endpoint.trim_end_matches('/'));
    let known = described.and_then(|entry| entry.sha256.as_deref());
    let expected = wanted.sha256.as_deref().or(known);

    let folder = path.parent().unwrap_or(models.folder());
    std::fs::create_dir_all(folder)
        .map_err(|source| ModelFolderError::File { path: folder.to_owned(), source })?;
    let _lock = Lock::take(&path)?;
    if path.is_file() {
        return found_here(path, url, expected, cancel);
    }
    let request = Request {
        url: &url,
        path: &path,
        bytes: described.and_then(|entry| entry.bytes),
        sha256: expected,
        retries: wanted.retries,
        wait: wanted.wait,
        stall: wanted.stall,
    };
    let is_model = |path: &Path| Gguf::open(path).map(|_| ()).map_err(|error| error.to_string());
    let came = download(&request, cancel, progress, is_model)?;
    let verified_by = match (&wanted.sha256, known, &came.server_sha256) {
        (Some(_), _, _) => Verified::Option,
        (None, Some(_), _) => Verified::Catalogue,
        (None, None, Some(_)) => Verified::Server,
        (None, None, None) => Verified::Nothing,
    };
    let receipt = Receipt {
        url: url.clone(),
        bytes: came.bytes,
        sha256: came.sha256.clone(),
        verified_by: verified_by.word().to_owned(),
    };
    models.write_receipt(&path, &receipt)?;
    let (bytes, sha256, resumed_from) = (came.bytes, came.sha256, came.resumed_from);
    Ok(Pulled { path, url, bytes, sha256, verified_by, resumed_from, was_here: false })
}

/// A file that is here already, compared with what it must be.
fn found_here(
    path: PathBuf,
    url: String,
    expected: Option<&str>,
    cancel: &CancelFlag,
) -> Result<Pulled, PullError> {
    let (bytes, sha256) = hash_file(&path, cancel)?;
    let receipt = read_receipt(&path);
    let wanted = expected.or(receipt.as_ref().map(|receipt| receipt.sha256.as_str()));
    if let Some(wanted) = wanted.filter(|wanted| *wanted != sha256) {
        let problem = DownloadError::WrongHash { expected: wanted.to_owned(), found: sha256 };
        return Err(PullError::Another { path, problem });
    }
    let verified_by = Verified::Nothing;
    Ok(Pulled { path, url, bytes, sha256, verified_by, resumed_from: 0, was_here: true })
}
