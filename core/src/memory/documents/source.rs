//! Where a document comes from, which format it has, and how large it may be.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, MemoryError, Result};
use crate::memory::store::ContentHash;

/// Formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown; its heading lines make the sections.
    Markdown,
}

impl Format {
    /// The name shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "Markdown",
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
                let file = File::open(path).map_err(|source| Error::file(path, source))?;
                let kind = file.metadata().map_err(|source| Error::file(path, source))?;
                if kind.is_dir() {
                    return Err(Error::file(path, std::io::ErrorKind::IsADirectory.into()));
                }
                Box::new(file)
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
    /// If the source cannot be opened, is empty or too large.
    pub fn format(&self, limits: &Limits) -> Result<Format> {
        self.checked_length(limits)?;
        let ending = self.name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        Ok(match ending.as_str() {
            "md" | "markdown" | "mdown" => Format::Markdown,
            _ => Format::Text,
        })
    }
}
