//! A library: documents to add, ask and remove.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::answer::{Answer, Citation, Finding, Status, Usage, cite};
use super::documents::{Limits, Source};
use super::index::corpus::Corpus;
use super::index::stems::Stems;
use super::ingest::{self, Ingested, Progress};
use super::plan::{lookup, question::Question};
use super::store::{ContentHash, DocumentRecord, MemoryStore, Part, SqliteStore, Store};
use crate::error::{MemoryError, Result};

/// Longest question in bytes.
const LONGEST_QUESTION: usize = 16 << 10;

/// How a question is to be answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskOptions {
    /// Names of the documents to ask; all if empty.
    pub documents: Vec<String>,
}

/// Documents that can be asked.
pub struct Library {
    store: Box<dyn Store>,
    limits: Limits,
}

impl Library {
    /// A library in memory, which is gone when it is dropped.
    pub fn in_memory() -> Self {
        Self::with_store(Box::new(MemoryStore::default()))
    }

    /// The library in the file `path`, which is made if there is none.
    ///
    /// # Errors
    /// If the file is no library, is damaged, of another version, or kept busy by another process.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Ok(Self::with_store(Box::new(SqliteStore::open(path.as_ref())?)))
    }

    /// A library over a store of the caller's.
    pub fn with_store(store: Box<dyn Store>) -> Self {
        Self { store, limits: Limits::default() }
    }

    /// Sets how large documents may be.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Adds a document, or brings the one of the same name up to date. `progress` is told after
    /// every block and may stop it.
    ///
    /// # Errors
    /// If the source is no readable document or the library cannot be written.
    pub fn add(
        &mut self,
        source: &Source,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Ingested> {
        ingest::ingest(&mut *self.store, source, &self.limits, progress)
    }

    /// Adds a document without watching; see [`Self::add`].
    ///
    /// # Errors
    /// If the source is no readable document or the library cannot be written.
    pub fn open_document(&mut self, source: &Source) -> Result<DocumentRecord> {
        match self.add(source, &mut |_| ControlFlow::Continue(()))? {
            Ingested::Added(record) | Ingested::Unchanged(record) => Ok(record),
            Ingested::Cancelled => {
                Err(MemoryError::UnknownDocument { document: source.name().to_owned() }.into())
            }
        }
    }

    /// The documents, in the order in which they were first added.
    ///
    /// # Errors
    /// If the library cannot be read.
    pub fn documents(&self) -> Result<Vec<DocumentRecord>> {
        self.store.documents()
    }

    /// SHA-256 over all documents, their blocks and everything derived from them: equal for two
    /// libraries that hold the same, however they came to it.
    ///
    /// # Errors
    /// If the library cannot be read.
    pub fn index_hash(&self) -> Result<ContentHash> {
        let corpus = Corpus::of(&*self.store, &[])?;
        let mut documents: Vec<&DocumentRecord> = corpus.documents.iter().collect();
        documents.sort_by(|one, other| one.name.cmp(&other.name));
        let mut hasher = Sha256::new();
        for document in documents {
            hasher.update(document.encode());
            for block in &document.blocks {
                for part in Part::ALL {
                    hasher.update(self.store.part(block.hash, part)?);
                }
            }
        }
        Ok(ContentHash(hasher.finalize().into()))
    }

    /// Removes a document.
    ///
    /// # Errors
    /// If there is none of this name or the library cannot be written.
    pub fn remove(&mut self, document: &str) -> Result<()> {
        if self.store.remove_document(document)? {
            return Ok(());
        }
        Err(MemoryError::UnknownDocument { document: document.to_owned() }.into())
    }

    /// Answers a question from the documents, with citations.
    ///
    /// # Errors
    /// If the question is empty or too long, the library is empty or damaged, or a document named
    /// in the options is not there.
    pub fn ask(&self, question: &str, options: &AskOptions) -> Result<Answer> {
        let started = Instant::now();
        if question.len() > LONGEST_QUESTION {
            return Err(MemoryError::QuestionTooLong {
                bytes: question.len(),
                limit: LONGEST_QUESTION,
            }
            .into());
        }
        let stems = Stems::default();
        let question = Question::of(question, &stems);
        if question.words.is_empty() {
            return Err(MemoryError::EmptyQuestion.into());
        }
        let corpus = Corpus::of(&*self.store, &options.documents)?;
        if corpus.blocks.is_empty() {
            return Err(MemoryError::EmptyLibrary.into());
        }
        let finding = lookup::lookup(&corpus, &question, &stems)?;
        let mut answer = prove(&corpus, finding)?;
        answer.usage.elapsed_us = started.elapsed().as_micros() as u64;
        Ok(answer)
    }
}

/// Turns a finding into an answer whose citations were read back.
fn prove(corpus: &Corpus, finding: Finding) -> Result<Answer> {
    let mut citations: Vec<Citation> = Vec::new();
    for (first, count) in finding.evidence {
        citations.extend(cite::cite(corpus, first, count)?);
    }
    let usage = Usage { passages_read: finding.passages_read, ..Usage::default() };
    let (status, answer) = match finding.answer {
        Some(answer) if !citations.is_empty() => (Status::Answered, answer),
        _ => {
            citations.clear();
            (Status::NotInDocument, "The document does not say.".to_owned())
        }
    };
    Ok(Answer { status, answer, citations, usage })
}
