//! Why a command failed, and the exit code that says so to scripts.

use std::path::Path;

use carrel_core::Error;
use carrel_core::error::{MemoryError, ModelError, SessionError};
use carrel_downloads::{DownloadError, ModelFolderError, PullError};

/// The exit codes, as `--help` prints them.
pub const EXIT_CODES: &str = "Exit codes:
  0    done (for `ask` also when the document does not say; see \"status\" in its JSON)
  1    something else went wrong
  2    wrong usage
  3    a file cannot be read or written, or is not what it should be
  4    the model cannot be run
  5    the memory budget is too small
  6    a download failed
  130  cancelled";

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    /// Exit code of the process.
    pub code: u8,
    /// A word for scripts.
    pub kind: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl Failure {
    /// A request that makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, kind: "usage", message: message.into() }
    }

    /// A file that cannot be used.
    pub fn file(path: &Path, source: impl std::fmt::Display) -> Self {
        Self { code: 3, kind: "file", message: format!("{}: {source}", path.display()) }
    }

    /// Standard input that cannot be read, or is no text.
    pub fn input(source: std::io::Error) -> Self {
        Self::file(Path::new(crate::input::NAME), source)
    }

    /// The user asked to stop.
    pub fn cancelled() -> Self {
        Self { code: 130, kind: "cancelled", message: "cancelled".into() }
    }

    /// Anything else.
    pub fn other(message: impl std::fmt::Display) -> Self {
        Self { code: 1, kind: "other", message: message.to_string() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (code, kind) = match &error {
            Error::File { .. } => (3, "file"),
            Error::Gguf(_) => (3, "gguf"),
            Error::Model(ModelError::Budget { .. }) => (5, "memory_budget"),
            Error::Model(ModelError::Option { .. } | ModelError::Token { .. }) => (2, "usage"),
            Error::Model(ModelError::State { .. }) | Error::Session(SessionError::Saved { .. }) => {
                (3, "file")
            }
            Error::Model(_) => (4, "model"),
            Error::Tokenizer(_) => (4, "tokenizer"),
            Error::Template(_) => (4, "template"),
            Error::Sample(_) => (2, "sampling"),
            Error::Session(SessionError::EmptyStop) => (2, "usage"),
            Error::Session(_) => (1, "session"),
            Error::Memory(MemoryError::EmptyQuestion | MemoryError::QuestionTooLong { .. }) => {
                (2, "usage")
            }
            Error::Memory(MemoryError::ModelMayNotWrite { .. }) => (4, "model"),
            Error::Memory(_) => (3, "document"),
            _ => (1, "other"),
        };
        Self { code, kind, message: error.to_string() }
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Error::from(error).into()
    }
}

impl From<ModelFolderError> for Failure {
    fn from(error: ModelFolderError) -> Self {
        let (code, kind) = match &error {
            ModelFolderError::NoFolder | ModelFolderError::Name { .. } => (2, "usage"),
            _ => (3, "file"),
        };
        let advice = match &error {
            ModelFolderError::NoFolder => " with --dir",
            ModelFolderError::Name { .. } => "; `carrel models list` has the catalogue",
            _ => "",
        };
        Self { code, kind, message: format!("{error}{advice}") }
    }
}

impl From<DownloadError> for Failure {
    fn from(error: DownloadError) -> Self {
        let code = match &error {
            DownloadError::Cancelled => return Self::cancelled(),
            DownloadError::File { .. } => 3,
            _ => 6,
        };
        Self { code, kind: error.kind(), message: error.to_string() }
    }
}

impl From<PullError> for Failure {
    fn from(error: PullError) -> Self {
        match error {
            PullError::Folder(error) => error.into(),
            PullError::Download(error) => error.into(),
            PullError::Another { ref problem, .. } => {
                Self { code: 6, kind: problem.kind(), message: error.to_string() }
            }
        }
    }
}
