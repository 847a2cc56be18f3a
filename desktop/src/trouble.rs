//! What went wrong, as a sentence that a person understands and a next step.
//!
//! The kind is kept, not the sentence, so that it is said in the language that is chosen now; the
//! error's own words stay as detail.

use carrel_core::Error;
use carrel_core::error::{MemoryError, ModelError};
use carrel_downloads::{DownloadError, ModelFolderError, PullError};
use serde::{Deserialize, Serialize};

use crate::text::{Strings, fill};

/// Kinds of trouble that people can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A file is gone.
    Missing,
    /// A file may not be read or written.
    Denied,
    /// A folder was given for a file.
    Folder,
    /// A document without text.
    Empty,
    /// Not a document.
    Binary,
    /// A PDF of pictures.
    Scan,
    /// A document with a password.
    Encrypted,
    /// A damaged document.
    Broken,
    /// A document beyond the limit.
    Large,
    /// No room on the disk.
    Disk,
    /// The library is locked.
    Busy,
    /// The library file cannot be used.
    Library,
    /// The model's file is gone.
    ModelMissing,
    /// The model cannot be run.
    Model,
    /// The model does not fit the memory budget.
    Budget,
    /// The network failed.
    Network,
    /// Another program downloads the same file.
    Pulling,
    /// The server has no such file.
    NotFound,
    /// The server wants to know who asks.
    Account,
    /// Another file came than was published.
    Hash,
    /// What came is no model.
    NotAModel,
    /// Not a name of a model.
    Name,
    /// A question without words.
    Question,
    /// Nothing to ask.
    NoDocument,
    /// A file could not be written.
    Save,
    /// A file of that name is there already.
    Exists,
    /// Anything else.
    Other,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Which kind.
    pub kind: Kind,
    /// The error's own words.
    pub detail: String,
}

impl Trouble {
    /// Trouble of a kind.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Trouble with a model that was to be opened or used.
    pub fn with_model(error: &Error) -> Self {
        let kind = match error {
            Error::File { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Kind::ModelMissing
            }
            Error::Model(ModelError::Budget { .. }) => Kind::Budget,
            Error::Memory(_) => return error.into(),
            _ => Kind::Model,
        };
        Self::new(kind, error.to_string())
    }

    /// A file that could not be written.
    pub fn saving(path: &std::path::Path, error: &std::io::Error) -> Self {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Kind::Disk,
            _ => Kind::Save,
        };
        Self::new(kind, format!("{}: {error}", path.display()))
    }

    /// The sentence.
    pub fn sentence(&self, strings: &Strings) -> &'static str {
        self.texts(strings).0
    }

    /// What to do next.
    pub fn next_step(&self, strings: &Strings) -> String {
        let next = self.texts(strings).1;
        if self.kind == Kind::Library {
            let folder = self.detail.split(": ").next().unwrap_or_default();
            return fill(next, &[&folder]);
        }
        next.to_owned()
    }

    fn texts(&self, s: &Strings) -> (&'static str, &'static str) {
        match self.kind {
            Kind::Missing => (s.trouble_missing, s.trouble_missing_next),
            Kind::Denied => (s.trouble_denied, s.trouble_denied_next),
            Kind::Folder => (s.trouble_folder, s.trouble_folder_next),
            Kind::Empty => (s.trouble_empty, s.trouble_empty_next),
            Kind::Binary => (s.trouble_binary, s.trouble_binary_next),
            Kind::Scan => (s.trouble_scan, s.trouble_scan_next),
            Kind::Encrypted => (s.trouble_encrypted, s.trouble_encrypted_next),
            Kind::Broken => (s.trouble_broken, s.trouble_broken_next),
            Kind::Large => (s.trouble_large, s.trouble_large_next),
            Kind::Disk => (s.trouble_disk, s.trouble_disk_next),
            Kind::Busy => (s.trouble_busy, s.trouble_busy_next),
            Kind::Library => (s.trouble_library, s.trouble_library_next),
            Kind::ModelMissing => (s.trouble_model_missing, s.trouble_model_missing_next),
            Kind::Model => (s.trouble_model, s.trouble_model_next),
            Kind::Budget => (s.trouble_budget, s.trouble_budget_next),
            Kind::Network => (s.trouble_network, s.trouble_network_next),
            Kind::Pulling => (s.trouble_pulling, s.trouble_pulling_next),
            Kind::NotFound => (s.trouble_not_found, s.trouble_not_found_next),
            Kind::Account => (s.trouble_account, s.trouble_account_next),
            Kind::Hash => (s.trouble_hash, s.trouble_hash_next),
            Kind::NotAModel => (s.trouble_not_model, s.trouble_not_model_next),
            Kind::Name => (s.trouble_name, s.trouble_name_next),
            Kind::Question => (s.trouble_question, s.trouble_question_next),
            Kind::NoDocument => (s.trouble_no_document, s.trouble_no_document_next),
            Kind::Save => (s.trouble_save, s.trouble_save_next),
            Kind::Exists => (s.trouble_exists, s.trouble_exists_next),
            Kind::Other => (s.trouble_other, s.trouble_other_next),
        }
    }
}

fn of_file(error: &std::io::Error) -> Kind {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => Kind::Missing,
        ErrorKind::PermissionDenied => Kind::Denied,
        ErrorKind::IsADirectory => Kind::Folder,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Kind::Disk,
        _ => Kind::Other,
    }
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Self {
        let kind = match error {
            Error::File { source, .. } => of_file(source),
            Error::Memory(error) => match error {
                MemoryError::EmptyDocument { .. } => Kind::Empty,
                MemoryError::BinaryDocument { .. } => Kind::Binary,
                MemoryError::TooLarge { .. } => Kind::Large,
                MemoryError::Encrypted { .. } => Kind::Encrypted,
                MemoryError::Broken { .. } => Kind::Broken,
                MemoryError::NoTextLayer { .. } => Kind::Scan,
                MemoryError::EmptyQuestion | MemoryError::QuestionTooLong { .. } => Kind::Question,
                MemoryError::UnknownDocument { .. } | MemoryError::EmptyLibrary => Kind::NoDocument,
                MemoryError::ForeignLibrary { .. }
                | MemoryError::LibraryVersion { .. }
                | MemoryError::CorruptLibrary { .. } => Kind::Library,
                MemoryError::LibraryBusy { .. } => Kind::Busy,
                MemoryError::DiskFull { .. } => Kind::Disk,
                _ => Kind::Other,
            },
            Error::Model(ModelError::Budget { .. }) => Kind::Budget,
            Error::Gguf(_) | Error::Model(_) | Error::Tokenizer(_) | Error::Template(_) => {
                Kind::Model
            }
            _ => Kind::Other,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&DownloadError> for Trouble {
    fn from(error: &DownloadError) -> Self {
        let kind = match error {
            DownloadError::NotFound { .. } => Kind::NotFound,
            DownloadError::Denied { .. } => Kind::Account,
            DownloadError::Server { .. }
            | DownloadError::Connection { .. }
            | DownloadError::Truncated { .. }
            | DownloadError::Address { .. }
            | DownloadError::Changed => Kind::Network,
            DownloadError::WrongLength { .. }
            | DownloadError::TooLong { .. }
            | DownloadError::WrongHash { .. } => Kind::Hash,
            DownloadError::NotAModel { .. } => Kind::NotAModel,
            DownloadError::NoSpace { .. } => Kind::Disk,
            DownloadError::Busy { .. } => Kind::Pulling,
            DownloadError::File { source, .. } => of_file(source),
            DownloadError::Cancelled => Kind::Other,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&ModelFolderError> for Trouble {
    fn from(error: &ModelFolderError) -> Self {
        let kind = match error {
            ModelFolderError::Name { .. } => Kind::Name,
            ModelFolderError::NotHere { .. } | ModelFolderError::NotPulled { .. } => {
                Kind::ModelMissing
            }
            ModelFolderError::File { source, .. } => of_file(source),
            ModelFolderError::NoFolder => Kind::Other,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&PullError> for Trouble {
    fn from(error: &PullError) -> Self {
        match error {
            PullError::Folder(error) => error.into(),
            PullError::Download(error) => error.into(),
            PullError::Another { .. } => Self::new(Kind::Hash, error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CHINESE, ENGLISH};

    #[test]
    fn errors_become_kinds_with_a_next_step() {
        let file = |kind: std::io::ErrorKind| Error::file("a.txt", kind.into());
        let full = MemoryError::DiskFull { path: "a".into() };
        let cases: [(Error, Kind); 5] = [
            (file(std::io::ErrorKind::NotFound), Kind::Missing),
            (file(std::io::ErrorKind::PermissionDenied), Kind::Denied),
            (file(std::io::ErrorKind::IsADirectory), Kind::Folder),
            (full.into(), Kind::Disk),
            (MemoryError::NoTextLayer { document: "a.pdf".into(), pages: 3 }.into(), Kind::Scan),
        ];
        for (error, kind) in cases {
            let trouble = Trouble::from(&error);
            assert_eq!(trouble.kind, kind);
            assert!(trouble.sentence(&ENGLISH).ends_with('.'));
            assert!(trouble.next_step(&CHINESE).ends_with('。'));
        }
        let gone = Trouble::with_model(&file(std::io::ErrorKind::NotFound));
        assert_eq!(gone.kind, Kind::ModelMissing);
    }

    #[test]
    fn the_next_step_of_a_foreign_library_names_its_file() {
        let error = MemoryError::ForeignLibrary { path: "/data/library.carrel".into() };
        let trouble = Trouble::from(&Error::from(error));
        assert!(trouble.next_step(&ENGLISH).contains("/data/library.carrel"));
    }
}
