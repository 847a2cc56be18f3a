//! What can go wrong in making, running or reporting the suite.

use std::path::{Path, PathBuf};

/// A failure of the suite; wrong answers are results, not failures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuiteError {
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder of prose without prose.
    #[error("{path}: holds no paragraphs of English prose in .txt files")]
    NoProse {
        /// The folder.
        path: PathBuf,
    },
    /// A line of a results file that is no result.
    #[error("{path}: line {line} is no result: {source}")]
    BadResult {
        /// The file.
        path: PathBuf,
        /// Line from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// The program that is weighed failed.
    #[error("{path} failed: {said}")]
    Program {
        /// The program.
        path: PathBuf,
        /// What it printed.
        said: String,
    },
    /// A value that cannot be written or read as JSON.
    #[error("cannot be written or read as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The system under test failed.
    #[error(transparent)]
    Core(#[from] carrel_core::Error),
    /// An item that its own solver refuses: a mistake in the generator.
    #[error("item {id} is not sound: {why}")]
    Unsound {
        /// The item.
        id: String,
        /// What the solver says.
        why: String,
    },
    /// The run was stopped by the caller; what was done is kept.
    #[error("stopped")]
    Stopped,
}

impl SuiteError {
    /// A failure of the file `path`.
    pub fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, SuiteError>;
