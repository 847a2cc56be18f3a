//! Documents that can be asked: added, looked at, removed.

use std::sync::Arc;
use std::time::Duration;

pub use carrel_core::memory::store::Section;
use carrel_core::memory::{self, AskOptions, DocumentRecord};
use carrel_core::service::Documents;

use crate::answer::Passage;
use crate::cancel::{CancelToken, flag};
use crate::engine::{Engine, ThermalState};
use crate::errors::Result;
use crate::stream::ChunkStream;

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Source {
    /// A file; its ending may tell the format. Its path is the document's name if none is given.
    File {
        /// Path of the file.
        path: String,
        /// Name of the document.
        name: Option<String>,
    },
    /// Bytes at hand; the ending of the name may tell the format.
    Bytes {
        /// Name of the document.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// A document of a library.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Document {
    /// The name by which citations call it.
    pub name: String,
    /// The title that it gives itself; empty if it gives none.
    pub title: String,
    /// Text, Markdown, HTML, PDF, EPUB or DOCX.
    pub format: String,
    /// Length of its text in characters.
    pub characters: u64,
    /// Number of its pages; 0 for documents without pages.
    pub pages: u32,
}

/// Where pages and sections of a document begin.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Outline {
    /// First character of every page.
    pub pages: Vec<u64>,
    /// Headings in order.
    pub sections: Vec<Section>,
}

/// A heading of a document.
#[uniffi::remote(Record)]
pub struct Section {
    /// Level, 1 for the outermost.
    pub level: u8,
    /// First character of the heading.
    pub start: u64,
    /// The heading.
    pub title: String,
}

/// Documents that can be asked. One in a file can be asked while a document is being read.
#[derive(uniffi::Object)]
pub struct Library {
    pub(crate) documents: Arc<Documents>,
}

#[uniffi::export]
impl Library {
    /// The library in a file, which is made if there is none; without a path one that is gone when
    /// it is closed.
    #[uniffi::constructor(name = "new", default(path = None))]
    pub fn open(path: Option<String>) -> Result<Arc<Self>> {
        let documents = match path {
            Some(path) => Documents::open(path)?,
            None => Documents::in_memory(),
        };
        Ok(Arc::new(Self { documents: Arc::new(documents) }))
    }

    /// Reads a document into the library, or brings the one of the same name up to date. Can be
    /// cancelled or killed at any time: what was read is kept, and the next attempt goes on there.
    #[uniffi::method(default(cancel = None))]
    pub fn add(
        &self,
        source: Source,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Arc<ChunkStream>> {
        ChunkStream::of(self.documents.clone().add(source.into(), flag(cancel)))
    }

    /// The documents, in the order in which they were first added.
    pub fn documents(&self) -> Result<Vec<Document>> {
        Ok(self.documents.now(|library| library.documents())?.iter().map(Document::from).collect())
    }

    /// Removes a document.
    pub fn remove(&self, document: String) -> Result<()> {
        Ok(self.documents.now(|library| library.remove(&document))?)
    }

    /// The passages that fit some words best, best first; in all documents if none is named.
    #[uniffi::method(default(limit = 10, documents = []))]
    pub fn search(
        &self,
        query: String,
        limit: u32,
        documents: Vec<String>,
    ) -> Result<Vec<Passage>> {
        let options = AskOptions { documents, ..AskOptions::default() };
        let found = self.documents.now(|library| library.search(&query, &options, limit as usize));
        Ok(found?.into_iter().map(|(citation, score)| Passage { citation, score }).collect())
    }

    /// Characters `start` to `end` of a document: what to show around a citation.
    pub fn text(&self, document: String, start: u64, end: u64) -> Result<String> {
        Ok(self.documents.now(|library| library.text(&document, start, end))?)
    }

    /// Where pages and sections of a document begin.
    pub fn outline(&self, document: String) -> Result<Outline> {
        let record = self.documents.now(|library| library.document(&document))?;
        Ok(Outline { pages: record.pages, sections: record.sections })
    }

    /// Lets the model of an engine read the documents, all if none is named, and write facts and
    /// summaries, each tied to its sentences and checked against them: later questions are answered with
    /// them. Only a model whose probe showed that it can may do that. Takes long: with a limit the parts
    /// that stand for the most come first, and however it ends the next call goes on there.
    #[uniffi::method(default(documents = [], most_seconds = None, cancel = None))]
    pub fn digest(
        &self,
        engine: Arc<Engine>,
        documents: Vec<String>,
        most_seconds: Option<u64>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Arc<ChunkStream>> {
        let (host, most_time) = (engine.host.clone(), most_seconds.map(Duration::from_secs));
        ChunkStream::of(self.documents.clone().digest(documents, most_time, host, flag(cancel)))
    }

    /// Drops everything that models wrote about a document.
    pub fn forget_digest(&self, document: String) -> Result<()> {
        Ok(self.documents.now(|library| library.forget_written(&document))?)
    }

    /// Says how hot the device is; reading documents slows down.
    pub fn thermal_hint(&self, state: ThermalState) {
        self.documents.pace().set_thermal(state);
    }

    /// Holds reading of documents up, between two blocks, until `resume`.
    pub fn suspend(&self) {
        self.documents.pace().set_suspended(true);
    }

    /// Lets reading go on.
    pub fn resume(&self) {
        self.documents.pace().set_suspended(false);
    }
}

impl From<Source> for memory::Source {
    fn from(source: Source) -> Self {
        match source {
            Source::File { path, name: None } => Self::file(path),
            Source::File { path, name: Some(name) } => Self::file(path).named(name),
            Source::Bytes { name, bytes } => Self::bytes(name, bytes),
        }
    }
}

impl From<&DocumentRecord> for Document {
    fn from(record: &DocumentRecord) -> Self {
        Self {
            name: record.name.clone(),
            title: record.title.clone(),
            format: record.format.clone(),
            characters: record.chars(),
            pages: record.pages.len() as u32,
        }
    }
}
