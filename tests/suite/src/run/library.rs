//! The arms `carrel`: the product's own library on disk, without a model and with one.

use std::time::Instant;

use carrel_core::memory::{AskOptions, Library, Source, Status, TextModel};

use super::arm::Arm;
use crate::error::{Result, SuiteError};
use crate::item::Span;
use crate::score::{Ended, Quote, Response};

/// A model that reads windows for an arm.
pub struct ReadingModel<'a> {
    /// Its name in results.
    pub name: String,
    /// The model.
    pub model: Box<dyn TextModel + 'a>,
}

/// A library in a temporary folder, one document at a time.
pub struct LibraryArm<'a> {
    name: String,
    options: AskOptions,
    model: Option<ReadingModel<'a>>,
    open: Option<(tempfile::TempDir, Library)>,
}

impl<'a> LibraryArm<'a> {
    /// An arm without a document and without a model.
    pub fn new() -> Self {
        Self { name: "carrel".to_owned(), options: AskOptions::default(), model: None, open: None }
    }

    /// An arm with a model.
    pub fn with_model(model: ReadingModel<'a>) -> Self {
        Self { name: format!("carrel ({})", model.name), model: Some(model), ..Self::new() }
    }
}

impl Default for LibraryArm<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl Arm for LibraryArm<'_> {
    fn name(&self) -> &str {
        &self.name
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
        let estimate = match &self.model {
            Some(reading) => library.estimate_with(question, &self.options, &*reading.model)?,
            None => library.estimate(question, &self.options, None)?,
        };
        let tokens = estimate.prompt_tokens + estimate.output_tokens;
        let forecast = estimate.seconds.map(|seconds| (tokens, (seconds * 1e6) as u64));
        let model = self.model.as_mut().map(|model| &mut *model.model as &mut dyn TextModel);
        let (answer, read) = library.ask_and_trace(question, &self.options, model)?;
        let span = |start, end| Span { start, end };
        let quotes = answer.citations.iter().map(|citation| Quote {
            span: span(citation.start, citation.end),
            text: citation.quote.clone(),
        });
        Ok(Response {
            ended: match answer.status {
                Status::Answered => Ended::Answered,
                Status::NotInDocument => Ended::Declined,
                Status::BudgetEnded => Ended::BudgetEnded,
            },
            quotes: quotes.collect(),
            read: read.iter().map(|passage| span(passage.start, passage.end)).collect(),
            passages_read: answer.usage.passages_read,
            prompt_tokens: answer.usage.prompt_tokens,
            output_tokens: answer.usage.output_tokens,
            elapsed_us: answer.usage.elapsed_us,
            estimate: forecast,
            answer: answer.answer,
        })
    }
}
