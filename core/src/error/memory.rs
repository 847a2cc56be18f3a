//! What can go wrong in the room `memory`: reading a document, keeping a library, asking it.
//!
//! Level 0: imports nothing of the crate. Names of documents are given as text, because a document
//! may be a file, a buffer of an app or an entry of an archive.

use std::path::PathBuf;

/// Failures of the room `memory`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// The document holds no text at all.
    #[error("{document}: holds no text ({bytes} bytes)")]
    EmptyDocument {
        /// Name of the document.
        document: String,
        /// Length of the source in bytes.
        bytes: u64,
    },
    /// The source is neither text nor one of the formats that are read.
    #[error("{document}: is not text: byte {byte:#04x} at offset {offset}")]
    BinaryDocument {
        /// Name of the document.
        document: String,
        /// Where the first byte that no text has lies.
        offset: u64,
        /// That byte.
        byte: u8,
    },
    /// The source, or what it unpacks to, is larger than the limit.
    #[error("{document}: is too large: {bytes} bytes or more, the limit is {limit}")]
    TooLarge {
        /// Name of the document or of the entry in an archive.
        document: String,
        /// Size found, in bytes; a lower bound where reading stopped.
        bytes: u64,
        /// The limit that applies, in bytes.
        limit: u64,
    },
    /// The source is encrypted and cannot be read without its key.
    #[error("{document}: this {format} file is encrypted")]
    Encrypted {
        /// Name of the document.
        document: String,
        /// Name of the format.
        format: &'static str,
    },
    /// The source claims a format, but is not valid in it.
    #[error("{document}: broken {format} file, {place}: {problem}")]
    Broken {
        /// Name of the document.
        document: String,
        /// Name of the format.
        format: &'static str,
        /// Where in the file: an entry, a page, an offset.
        place: String,
        /// What the reader of the format found.
        problem: String,
    },
    /// A document with pages, but without a text layer (a scan).
    #[error("{document}: {pages} pages without a text layer")]
    NoTextLayer {
        /// Name of the document.
        document: String,
        /// Number of pages looked at.
        pages: usize,
    },
    /// No document of this name is in the library.
    #[error("the library holds no document named {document}")]
    UnknownDocument {
        /// The name asked for.
        document: String,
    },
    /// The question holds no word or character to look for.
    #[error("the question is empty")]
    EmptyQuestion,
    /// The question is longer than what is accepted.
    #[error("the question has {bytes} bytes, the limit is {limit}")]
    QuestionTooLong {
        /// Length of the question in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The library holds no document to ask.
    #[error("the library is empty")]
    EmptyLibrary,
    /// The file is not a library of this program.
    #[error("{path}: is not a Carrel library", path = path.display())]
    ForeignLibrary {
        /// The file concerned.
        path: PathBuf,
    },
    /// The library was written by another version of the format.
    #[error(
        "{path}: library format {found}, this program reads {supported}; {}",
        if found < supported { "add its documents to a new library" } else { "a newer one is needed" },
        path = path.display()
    )]
    LibraryVersion {
        /// The file concerned.
        path: PathBuf,
        /// Version found in the file.
        found: i64,
        /// Version this program reads and writes.
        supported: i64,
    },
    /// The library file is damaged.
    #[error("{path}: damaged library, {place}: {problem}", path = path.display())]
    CorruptLibrary {
        /// The file concerned.
        path: PathBuf,
        /// Which record is damaged.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another process keeps the library locked.
    #[error("{path}: still in use by another process after {waited_ms} ms", path = path.display())]
    LibraryBusy {
        /// The file concerned.
        path: PathBuf,
        /// How long was waited, in milliseconds.
        waited_ms: u64,
    },
    /// The disk is full; nothing of the failed step was kept.
    #[error("{path}: the disk is full", path = path.display())]
    DiskFull {
        /// The library file.
        path: PathBuf,
    },
    /// The database under the library failed in another way.
    #[error("{path}: {operation} failed with SQLite code {code}: {problem}", path = path.display())]
    Storage {
        /// The library file.
        path: PathBuf,
        /// What was being done.
        operation: &'static str,
        /// SQLite's extended result code, 0 where there is none.
        code: i32,
        /// SQLite's message.
        problem: String,
    },
    /// The model was not shown by its probe to write nothing but what a text says.
    #[error(
        "{model} may not write about documents: its probe did not show that what it writes is so"
    )]
    ModelMayNotWrite {
        /// Name of the model.
        model: String,
    },
    /// The document was changed or removed by somebody else in the midst of the work.
    #[error("{document}: was changed by another process meanwhile")]
    DocumentChanged {
        /// Name of the document.
        document: String,
    },
    /// A model answered outside of the grammar it was given.
    #[error("the model's reading of a window is outside of its grammar: {problem}")]
    ModelReading {
        /// What was wrong: a sentence number out of range or a span that is no substring.
        problem: String,
    },
    /// The caller set the flag that stops this piece of work: an end that was asked for.
    #[error("stopped by the caller")]
    Stopped,
}
