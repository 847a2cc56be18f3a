//! The one error type that callers of the crate meet.
//!
//! Every room has its own typed error in a file of this folder, so that a failure says what went
//! wrong, where, and with which numbers; [`Error`] joins them. There is no catch-all variant and
//! cancellation is not an error (it is a reason why a stream ended).
//! Level 0: imports nothing of the crate.

mod gguf;
mod gpu;
mod memory;
mod model;
mod sample;
mod service;
mod session;
mod template;
mod tokenizer;

pub use gguf::{GgufError, GgufProblem};
pub use gpu::GpuError;
pub use memory::MemoryError;
pub use model::ModelError;
pub use sample::SampleError;
pub use service::ServiceError;
pub use session::SessionError;
pub use template::TemplateError;
pub use tokenizer::TokenizerError;

use std::path::{Path, PathBuf};

/// Result of the crate's public functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, by room.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file concerned.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The bytes of a model file are not a valid GGUF file.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// The model is valid GGUF, but cannot be run as it is.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The vocabulary in the file is unusable.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// The chat template in the file is unusable or exceeded its limits.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Sampling options or a grammar are unusable.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// A session could not do what was asked of it.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A document or library could not be read, indexed or asked.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A piece of work on a thread could not begin, or broke.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl Error {
    /// A failed file operation on `path`.
    pub fn file(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::File { path: path.as_ref().to_owned(), source }
    }
}
