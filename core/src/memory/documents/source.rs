//! Where a document comes from, which format it has, and how large it may be.

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::archive::Archive;
use super::docx;
use super::encoding::fill;
use crate::error::{Error, MemoryError, Result};
use crate::memory::store::ContentHash;
use crate::regular_file::open_regular;

/// Bytes at the start of a source that tell its format.
const SIGNATURE: usize = 1_024;
const PDF: &[u8] = b"%PDF-";
const ZIP: &[u8] = b"PK\x03\x04";
/// The compound file of Word 97 and its kind.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown; its heading lines make the sections.
    Markdown,
    /// A page of the Web.
    Html,
    /// Portable Document Format; only its text layer is read.
    Pdf,
    /// An electronic book.
    Epub,
    /// A document of a word processor (Office Open XML).
    Docx,
}

impl Format {
    /// The name shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "Markdown",
            Self::Html => "HTML",
            Self::Pdf => "PDF",
            Self::Epub => "EPUB",
            Self::Docx => "DOCX",
        }
    }
}

/// How large a source, and what it unpacks to, may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest source in bytes.
    pub source_bytes: u64,
    /// Largest text in bytes of UTF-8, which also bounds what an archive may unpack to.
    pub text_bytes: u64,
}

impl Default for Limits {
    /// 1 GiB each: about 250 million tokens.
    fn default() -> Self {
        Self { source_bytes: 1 << 30, text_bytes: 1 << 30 }
    }
}

/// A document to be read.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Bytes that can be read from the start more than once.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

impl Source {
    /// A file; its path is the document's name.
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        Self { name: path.display().to_string(), place: Place::File(path.to_owned()) }
    }

    /// A text that is at hand already.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::bytes(name, text.into().into_bytes())
    }

    /// Bytes of any format that are at hand already; the ending of `name` may tell the format.
    pub fn bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), place: Place::Bytes(bytes) }
    }

    /// The same source under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The name of the document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens the source at its start.
    ///
    /// # Errors
    /// If a file cannot be opened.
    pub fn open(&self) -> Result<Box<dyn ReadSeek + '_>> {
        Ok(match &self.place {
            Place::File(path) => {
                Box::new(open_regular(path).map_err(|source| Error::file(path, source))?)
            }
            Place::Bytes(bytes) => Box::new(Cursor::new(bytes.as_slice())),
        })
    }

    /// A failed read of this source.
    pub fn failed(&self, source: std::io::Error) -> Error {
        Error::file(&self.name, source)
    }

    /// Length in bytes, checked against the limit.
    ///
    /// # Errors
    /// If the source cannot be opened, is empty or too large.
    pub fn checked_length(&self, limits: &Limits) -> Result<u64> {
        let bytes = self.open()?.seek(SeekFrom::End(0)).map_err(|e| self.failed(e))?;
        if bytes == 0 {
            return Err(self.empty(0));
        }
        if bytes > limits.source_bytes {
            return Err(MemoryError::TooLarge {
                document: self.name.clone(),
                bytes,
                limit: limits.source_bytes,
            }
            .into());
        }
        Ok(bytes)
    }

    /// The error for a source without text.
    pub fn empty(&self, bytes: u64) -> Error {
        MemoryError::EmptyDocument { document: self.name.clone(), bytes }.into()
    }

    /// SHA-256 of the bytes.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub fn hash(&self) -> Result<ContentHash> {
        let mut hasher = Sha256::new();
        let mut reader = self.open()?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match reader.read(&mut buffer).map_err(|e| self.failed(e))? {
                0 => return Ok(ContentHash(hasher.finalize().into())),
                length => hasher.update(&buffer[..length]),
            }
        }
    }

    /// The format, by the first bytes and, for what they leave open, the ending of the name.
    ///
    /// # Errors
    /// If the source cannot be opened, is empty, too large, or of a format that is known and not read.
    pub fn format(&self, limits: &Limits) -> Result<Format> {
        self.checked_length(limits)?;
        let mut start = [0; SIGNATURE];
        let length = fill(&mut *self.open()?, &mut start).map_err(|e| self.failed(e))?;
        let start = &start[..length];
        let ending = self.name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        if start.windows(PDF.len()).any(|window| window == PDF) {
            return Ok(Format::Pdf);
        }
        if start.starts_with(ZIP) {
            return self.archive_format(limits);
        }
        if start.starts_with(COMPOUND) {
            // Word puts a document with a password into the container of its old format.
            let document = self.name.clone();
            return Err(match ending.as_str() {
                "docx" => MemoryError::Encrypted { document, format: "DOCX" },
                _ => self.broken("Office 97", "this old format is not read; save it as DOCX"),
            }
            .into());
        }
        match ending.as_str() {
            "pdf" => Err(self.broken("PDF", "the file does not begin like one").into()),
            "epub" => Err(self.broken("EPUB", "the file does not begin like one").into()),
            "docx" => Err(self.broken("DOCX", "the file does not begin like one").into()),
            "md" | "markdown" | "mdown" => Ok(Format::Markdown),
            "html" | "htm" | "xhtml" => Ok(Format::Html),
            _ if is_html(start) => Ok(Format::Html),
            _ => Ok(Format::Text),
        }
    }

    fn broken(&self, format: &'static str, problem: &str) -> MemoryError {
        MemoryError::Broken {
            document: self.name.clone(),
            format,
            place: "start".to_owned(),
            problem: problem.to_owned(),
        }
    }

    fn archive_format(&self, limits: &Limits) -> Result<Format> {
        let archive = Archive::open(self, limits, "ZIP")?;
        if archive.has(docx::BODY) {
            return Ok(Format::Docx);
        }
        if archive.has("META-INF/container.xml") || archive.has("mimetype") {
            return Ok(Format::Epub);
        }
        Err(archive.broken("directory", "it is neither EPUB nor DOCX"))
    }
}

/// Whether the first bytes open a page of the Web.
fn is_html(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    let text = text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let declared = text.starts_with("<?xml") && text.contains("<html");
    declared || text.starts_with("<!doctype html") || text.starts_with("<html")
}
