//! What can go wrong in the room `service`.

use std::path::PathBuf;

/// A piece of work that could not begin, or that broke.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A conversation does one thing at a time.
    #[error("the conversation's last stream is not at its end")]
    Busy,
    /// A model that was called by its name is not there.
    #[error("{model}: {problem}")]
    NoModel {
        /// The model.
        model: String,
        /// Why it is not.
        problem: String,
    },
    /// The process died while it loaded this model.
    #[error("{model}: the process ended while this model was being loaded", model = model.display())]
    CrashedBefore {
        /// The model file.
        model: PathBuf,
    },
    /// The GPU that was asked for cannot be used.
    #[error("the GPU cannot be used: {problem}")]
    Gpu {
        /// Why not.
        problem: String,
    },
    /// A file is no saved conversation.
    #[error("{path}: is no saved conversation", path = path.display())]
    NoConversation {
        /// The file.
        path: PathBuf,
    },
    /// A mistake in this program.
    #[error("panic: {message}")]
    Panic {
        /// What the panic said.
        message: String,
    },
}
