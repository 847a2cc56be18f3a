//! What can go wrong, by what an app can do about it.
//!
//! Every failure of the core becomes one of nine kinds. The match is exhaustive where the core's
//! types allow it, so that a new failure has to be given a kind here.

use carrel_core::Error;
use carrel_core::error::{
    MemoryError, ModelError, SampleError, ServiceError, SessionError, TemplateError,
};

/// Why something did not work. `reason` is a sentence for people and logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum CarrelError {
    /// A model, file or document is not there: get it, or name another.
    #[error("{what} is missing: {reason}")]
    Missing {
        /// What is missing.
        what: String,
        /// Why it was looked for, and where.
        reason: String,
    },
    /// A file is damaged, protected, or of a kind that is not read: use another.
    #[error("{what} cannot be used: {reason}")]
    Unusable {
        /// The file, or the part of it.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Memory does not suffice: use a smaller model, a shorter context or a larger budget.
    #[error("out of memory: {reason}")]
    OutOfMemory {
        /// Bytes that are needed.
        needed_bytes: u64,
        /// Bytes that may be used; 0 where the system refused and said no number.
        allowed_bytes: u64,
        /// Both, in words.
        reason: String,
    },
    /// The text is longer than the context: shorten it, or begin a new session.
    #[error("{needed_tokens} tokens do not fit into a context of {allowed_tokens}")]
    ContextFull {
        /// Tokens of the text.
        needed_tokens: u64,
        /// Tokens that fit.
        allowed_tokens: u64,
    },
    /// Somebody else is using it: wait, or cancel the other.
    #[error("busy: {reason}")]
    Busy {
        /// Who is using what.
        reason: String,
    },
    /// An argument makes no sense: a mistake in the app.
    #[error("{what} is not valid: {reason}")]
    Invalid {
        /// The argument.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The storage refused: free space, or choose another place.
    #[error("{what}: {reason}")]
    Storage {
        /// The file.
        what: String,
        /// What the system said.
        reason: String,
    },
    /// The process died while it was loading this model: try again only if the user wants to.
    #[error("{model} was not loaded: {reason}")]
    CrashedBefore {
        /// The model file.
        model: String,
        /// What happened.
        reason: String,
    },
    /// A mistake in this library: report it. Objects stay usable.
    #[error("internal error: {reason}")]
    Internal {
        /// What is known about it.
        reason: String,
    },
}

/// Result of everything that can fail.
pub type Result<T, E = CarrelError> = std::result::Result<T, E>;

impl CarrelError {
    /// Something is not there.
    pub(crate) fn missing(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Missing { what: what.into(), reason: reason.into() }
    }

    /// A file or a part of it is of no use.
    fn unusable(what: impl Into<String>, reason: String) -> Self {
        Self::Unusable { what: what.into(), reason }
    }

    /// An argument makes no sense.
    pub(crate) fn invalid(what: &str, reason: impl Into<String>) -> Self {
        Self::Invalid { what: what.to_owned(), reason: reason.into() }
    }
}

impl From<Error> for CarrelError {
    fn from(error: Error) -> Self {
        let reason = error.to_string();
        match error {
            Error::File { path, source } => {
                let (what, reason) = (path.display().to_string(), source.to_string());
                match source.kind() {
                    std::io::ErrorKind::NotFound => Self::Missing { what, reason },
                    _ => Self::Storage { what, reason },
                }
            }
            Error::Gguf(_) => Self::unusable("the model file", reason),
            Error::Tokenizer(_) => Self::unusable("the model's vocabulary", reason),
            Error::Template(TemplateError::Refused { message }) => {
                Self::invalid("the conversation", message)
            }
            Error::Template(_) => Self::unusable("the model's chat template", reason),
            Error::Sample(SampleError::NoCandidate) => Self::Internal { reason },
            Error::Sample(_) => Self::invalid("an option", reason),
            Error::Session(SessionError::PromptTooLong { n_tokens, n_ctx }) => {
                Self::ContextFull { needed_tokens: n_tokens as u64, allowed_tokens: n_ctx as u64 }
            }
            Error::Session(SessionError::Saved { .. })
            | Error::Service(ServiceError::NoConversation { .. }) => {
                Self::unusable("the saved session", reason)
            }
            Error::Session(_) => Self::invalid("the prompt or a stop text", reason),
            Error::Model(error) => of_model(error, reason),
            Error::Memory(error) => of_memory(error, reason),
            Error::Service(ServiceError::NoModel { model, problem }) => {
                Self::missing(model, problem)
            }
            Error::Service(ServiceError::Busy) => Self::Busy { reason },
            Error::Service(ServiceError::CrashedBefore { model }) => {
                Self::CrashedBefore { model: model.display().to_string(), reason }
            }
            Error::Service(ServiceError::Gpu { .. }) => Self::unusable("the GPU", reason),
            _ => Self::Internal { reason },
        }
    }
}

fn of_model(error: ModelError, reason: String) -> CarrelError {
    match error {
        ModelError::Option { option, .. } => CarrelError::invalid(option, reason),
        ModelError::ContextFull { needed, n_ctx } => {
            CarrelError::ContextFull { needed_tokens: needed as u64, allowed_tokens: n_ctx as u64 }
        }
        ModelError::OutOfMemory { n_bytes, .. } => {
            CarrelError::OutOfMemory { needed_bytes: n_bytes, allowed_bytes: 0, reason }
        }
        ModelError::Budget { needed_bytes, budget_bytes, .. } => {
            CarrelError::OutOfMemory { needed_bytes, allowed_bytes: budget_bytes, reason }
        }
        ModelError::State { .. } => CarrelError::unusable("the saved session", reason),
        ModelError::Spec(_)
        | ModelError::MissingTensor { .. }
        | ModelError::Shape { .. }
        | ModelError::TensorType { .. } => CarrelError::unusable("the model", reason),
        _ => CarrelError::Internal { reason },
    }
}

fn of_memory(error: MemoryError, reason: String) -> CarrelError {
    use MemoryError as E;
    match error {
        E::EmptyDocument { document, .. }
        | E::BinaryDocument { document, .. }
        | E::TooLarge { document, .. }
        | E::Encrypted { document, .. }
        | E::Broken { document, .. }
        | E::NoTextLayer { document, .. } => CarrelError::unusable(document, reason),
        E::ForeignLibrary { path }
        | E::LibraryVersion { path, .. }
        | E::CorruptLibrary { path, .. } => {
            CarrelError::unusable(path.display().to_string(), reason)
        }
        E::ModelMayNotWrite { model } => CarrelError::unusable(model, reason),
        E::UnknownDocument { document } => CarrelError::missing(document, reason),
        E::EmptyLibrary => CarrelError::missing("a document", reason),
        E::EmptyQuestion | E::QuestionTooLong { .. } => {
            CarrelError::invalid("the question", reason)
        }
        E::LibraryBusy { .. } => CarrelError::Busy { reason },
        E::DiskFull { path } | E::Storage { path, .. } => {
            CarrelError::Storage { what: path.display().to_string(), reason }
        }
        _ => CarrelError::Internal { reason },
    }
}
