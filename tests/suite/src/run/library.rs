//! The arm `carrel`: the product's own library on disk, without a model.

use std::time::Instant;

use carrel_core::memory::{AskOptions, Library, Source, Status};

use super::arm::Arm;
use crate::error::{Result, SuiteError};
use crate::item::Span;
use crate::score::{Ended, Quote, Response};

/// A library in a temporary folder, one document at a time.
pub struct LibraryArm {
    open: Option<(tempfile::TempDir, Library)>,
}

impl LibraryArm {
    /// An arm without a document.
    pub fn new() -> Self {
        Self { open: None }
    }
}

impl Default for LibraryArm {
    fn default() -> Self {
        Self::new()
    }
}

impl Arm for LibraryArm {
    fn name(&self) -> &str {
        "carrel"
    }

    fn open(&mut self, document: &str) -> Result<u64> {
        self.open = None;
        let failed = |source| SuiteError::file(&std::env::temp_dir(), source);
        let folder = tempfile::tempdir().map_err(failed)?;
        let path = folder.path().join("document.txt");
        std::fs::write(&path, document).map_err(|source| SuiteError::file(&path, source))?;
        let started = Instant::now();
        let mut library = Library::open(folder.path().join("library.carrel"))?;
        library.open_document(&Source::file(&path).named("document.txt"))?;
        let elapsed = started.elapsed().as_micros() as u64;
        self.open = Some((folder, library));
        Ok(elapsed)
    }

    fn ask(&mut self, question: &str) -> Result<Response> {
        let Some((_, library)) = &self.open else {
            return Err(
                carrel_core::Error::from(carrel_core::error::MemoryError::EmptyLibrary).into()
            );
        };
        let answer = library.ask(question, &AskOptions::default())?;
        let quotes = answer.citations.iter().map(|citation| Quote {
            span: Span { start: citation.start, end: citation.end },
            text: citation.quote.clone(),
        });
        Ok(Response {
            ended: match answer.status {
                Status::Answered => Ended::Answered,
                Status::NotInDocument => Ended::Declined,
                Status::BudgetEnded => Ended::BudgetEnded,
            },
            quotes: quotes.collect(),
            read: Vec::new(),
            passages_read: answer.usage.passages_read,
            prompt_tokens: answer.usage.prompt_tokens,
            output_tokens: answer.usage.output_tokens,
            elapsed_us: answer.usage.elapsed_us,
            estimate: None,
            answer: answer.answer,
        })
    }
}
