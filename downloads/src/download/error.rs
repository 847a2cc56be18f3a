//! What can go wrong in a download, and which of it may pass by itself.

use std::path::PathBuf;
use std::time::Duration;

/// A download that did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The address cannot be used.
    #[error("{url}: {problem}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The server has no such file.
    #[error("{url}: the server has no such file (status {status})")]
    NotFound {
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// The server gives the file only to those it knows.
    #[error(
        "{url}: the server asks for an account or the acceptance of a licence (status {status})"
    )]
    Denied {
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// The server answered with something else than the file.
    #[error("{url}: the server answered with status {status}")]
    Server {
        /// The address.
        url: String,
        /// HTTP status.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// No connection, or it was lost or stalled.
    #[error("{url}: {problem}")]
    Connection {
        /// The address.
        url: String,
        /// What happened.
        problem: String,
    },
    /// The server ended the file early.
    #[error("the server sent {found} of {expected} bytes")]
    Truncated {
        /// Length of the file.
        expected: u64,
        /// What came.
        found: u64,
    },
    /// The server has another file than before.
    #[error("the file on the server changed while it was downloaded")]
    Changed,
    /// The server's file has another length than it must have.
    #[error("the file must have {expected} bytes, but the server's has {found}")]
    WrongLength {
        /// The length it must have.
        expected: u64,
        /// The server's.
        found: u64,
    },
    /// More came than the file has.
    #[error("the server sent more than the {expected} bytes of the file")]
    TooLong {
        /// Length of the file.
        expected: u64,
    },
    /// The file is not the one it must be.
    #[error("the file must have the SHA-256 {expected}, but what came has {found}")]
    WrongHash {
        /// The hash it must have.
        expected: String,
        /// The hash of what came, or that the server names.
        found: String,
    },
    /// The file came as the server has it, but is no model.
    #[error("what came is no model file: {problem}")]
    NotAModel {
        /// What is wrong with it.
        problem: String,
    },
    /// The disk has not enough room.
    #[error(
        "{path}: {needed_bytes} bytes are needed, and only {free_bytes} are free",
        path = path.display()
    )]
    NoSpace {
        /// The folder.
        path: PathBuf,
        /// Bytes still to come.
        needed_bytes: u64,
        /// Bytes free.
        free_bytes: u64,
    },
    /// Another process downloads the same file.
    #[error("{path}: another process is downloading this file", path = path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A file on this machine cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The user asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl DownloadError {
    /// Whether another attempt may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connection { .. } | Self::Truncated { .. } | Self::Changed => true,
            Self::Server { status, .. } => *status >= 500 || matches!(status, 408 | 416 | 429),
            _ => false,
        }
    }

    /// Whether what was downloaded so far is of no use any more.
    pub fn spoils_part(&self) -> bool {
        matches!(self, Self::TooLong { .. } | Self::WrongLength { .. } | Self::WrongHash { .. })
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Duration {
        match self {
            Self::Server { retry_after: Some(wait), .. } => *wait,
            _ => Duration::ZERO,
        }
    }

    /// The word for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Address { .. } => "download_address",
            Self::NotFound { .. } => "download_not_found",
            Self::Denied { .. } => "download_denied",
            Self::Server { .. } => "download_server",
            Self::Connection { .. } => "download_connection",
            Self::Truncated { .. } => "download_truncated",
            Self::Changed => "download_changed",
            Self::WrongLength { .. } | Self::TooLong { .. } => "download_length",
            Self::WrongHash { .. } => "download_hash",
            Self::NotAModel { .. } => "download_not_a_model",
            Self::NoSpace { .. } => "download_space",
            Self::Busy { .. } => "download_busy",
            Self::File { .. } => "file",
            Self::Cancelled => "cancelled",
        }
    }
}
