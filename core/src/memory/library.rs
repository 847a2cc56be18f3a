//! A library: documents to add, ask and remove.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::answer::{Answer, Citation, Finding, Status, Usage, cite, one_line};
use super::digest::{keys, whole};
use super::documents::{Limits, Source};
use super::index::corpus::{Corpus, Recents, SentenceId};
use super::index::search::{self, Passage};
use super::index::stems::Stems;
use super::ingest::{self, Ingested, Progress};
use super::model::{Foresight, Pointer, TextModel};
use super::plan;
use super::plan::budget::{Budget, Capability, Estimate, Profile};
use super::plan::question::Question;
use super::plan::reader::Reader;
use super::plan::thread::Thread;
use super::rehearsal::Rehearsal;
use super::segment::words;
use super::shorten;
use super::store::{ContentHash, DocumentRecord, MemoryStore, Part, SqliteStore, Store};
use crate::error::{MemoryError, Result};

/// Longest question in bytes.
const LONGEST_QUESTION: usize = 16 << 10;

/// How a question is to be answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskOptions {
    /// Names of the documents to ask; all if empty.
    pub documents: Vec<String>,
    /// What the answer may cost.
    pub profile: Profile,
    /// Tokens that a model may read and write, where that is less than the profile allows.
    pub most_tokens: Option<u64>,
}

impl AskOptions {
    fn budget(&self) -> Budget {
        let budget = self.profile.budget();
        Budget { tokens: self.most_tokens.unwrap_or(u64::MAX).min(budget.tokens), ..budget }
    }
}

/// How much a library holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of text; a block that several documents share counts once.
    pub text_bytes: u64,
    /// Bytes of everything derived from it.
    pub index_bytes: u64,
    /// Bytes of what models wrote about it.
    pub written_bytes: u64,
}

/// Documents that can be asked.
pub struct Library {
    pub(super) store: Box<dyn Store>,
    /// What questions read last.
    pub(super) recents: Recents,
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
        Self { store, recents: Recents::default(), limits: Limits::default() }
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
        Ok(self.store.contents()?.documents.clone())
    }

    /// The document of this name.
    ///
    /// # Errors
    /// If there is none or the library cannot be read.
    pub fn document(&self, name: &str) -> Result<DocumentRecord> {
        let contents = self.store.contents()?;
        let found = contents.documents.iter().find(|record| record.name == name);
        Ok(found
            .cloned()
            .ok_or_else(|| MemoryError::UnknownDocument { document: name.to_owned() })?)
    }

    /// SHA-256 over all documents, their blocks and everything derived from them: equal for two
    /// libraries that hold the same, however they came to it.
    ///
    /// # Errors
    /// If the library cannot be read.
    pub fn index_hash(&self) -> Result<ContentHash> {
        // What is stored counts, and nothing that was read before.
        let recents = Recents::default();
        let corpus = Corpus::of(&*self.store, &recents, &[])?;
        let mut documents: Vec<(usize, &DocumentRecord)> =
            corpus.contents.documents.iter().enumerate().collect();
        documents.sort_by(|(_, one), (_, other)| one.name.cmp(&other.name));
        let mut hasher = Sha256::new();
        for (ordinal, document) in documents {
            hasher.update(document.encode());
            for block in &document.blocks {
                for part in Part::ALL {
                    hasher.update(self.store.part(block.hash, part)?);
                }
            }
            for run in corpus.runs_of(ordinal) {
                let Some(directory) = corpus.directory(run)? else { continue };
                let n_blocks = corpus.contents.runs[run].blocks.len();
                for page in 0..directory.firsts.n_all_pages(n_blocks) {
                    hasher.update(&*directory.page(page)?);
                }
            }
        }
        Ok(ContentHash(hasher.finalize().into()))
    }

    /// Bytes of text and bytes of everything derived from it, as stored.
    ///
    /// # Errors
    /// If the library cannot be read.
    pub fn sizes(&self) -> Result<Sizes> {
        let mut sizes = Sizes::default();
        for part in Part::ALL {
            let bytes = self.store.part_bytes(part)?;
            match part {
                Part::Text => sizes.text_bytes += bytes,
                _ => sizes.index_bytes += bytes,
            }
        }
        sizes.index_bytes += self.store.directory_bytes()?;
        sizes.written_bytes = self.store.note_bytes()?;
        Ok(sizes)
    }

    /// The `limit` passages that fit `query` best, best first, each with its score.
    ///
    /// # Errors
    /// If the query is empty or too long, the library is empty or damaged, or a document named in
    /// the options is not there.
    pub fn search(
        &self,
        query: &str,
        options: &AskOptions,
        limit: usize,
    ) -> Result<Vec<(Citation, f32)>> {
        let stems = Stems::default();
        let corpus = self.corpus_for(query, options)?;
        let patterns = Question::of(query, &stems).patterns();
        let found = search::search(&corpus, &patterns, &stems, limit)?;
        let mut out = Vec::new();
        for hit in found.passages {
            let citation = cite::cite(&corpus, hit.first, hit.sentences)?;
            out.extend(citation.map(|citation| (citation, hit.score)));
        }
        Ok(out)
    }

    /// The characters `start` to `end` of a document's text, as far as they are there: what an app
    /// shows around a citation.
    ///
    /// # Errors
    /// If there is no document of this name or the library cannot be read.
    pub fn text(&self, document: &str, start: u64, end: u64) -> Result<String> {
        let corpus = Corpus::of(&*self.store, &self.recents, &[document.to_owned()])?;
        let mut text = String::new();
        for (index, place) in corpus.contents.blocks.iter().enumerate() {
            let last_char = place.first_char + u64::from(place.block.chars);
            if last_char <= start || place.first_char >= end {
                continue;
            }
            let skipped = start.saturating_sub(place.first_char) as usize;
            let taken = (end.min(last_char) - place.first_char) as usize - skipped;
            text.extend(corpus.block(index as u32)?.text.chars().skip(skipped).take(taken));
        }
        Ok(text)
    }

    /// A view of the documents named in `only`, or of all if it is empty, for whoever looks things up
    /// in the index without a question.
    ///
    /// # Errors
    /// If the library cannot be read or one of the named documents is not there.
    pub fn corpus(&self, only: &[String]) -> Result<Corpus<'_>> {
        Corpus::of(&*self.store, &self.recents, only)
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

    /// Whether `question` can be asked: what [`Self::ask`] would refuse at once.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn check(&self, question: &str, options: &AskOptions) -> Result<()> {
        self.corpus_for(question, options).map(drop)
    }

    /// Answers a question from the documents, with citations, without a model.
    ///
    /// # Errors
    /// If the question is empty or too long, the library is empty or damaged, or a document named
    /// in the options is not there.
    pub fn ask(&self, question: &str, options: &AskOptions) -> Result<Answer> {
        self.ask_with(question, options, None)
    }

    /// Answers a question with the help of a model, which points to sentences where the plan of
    /// the question reads windows.
    ///
    /// # Errors
    /// As [`Self::ask`], and if the model fails.
    pub fn ask_with(
        &self,
        question: &str,
        options: &AskOptions,
        model: Option<&mut dyn TextModel>,
    ) -> Result<Answer> {
        let started = Instant::now();
        let corpus = self.corpus_for(question, options)?;
        Ok(answer(&corpus, question, options, model, &mut |_| {}, started)?.0)
    }

    /// As [`Self::ask_with`], and the passages that were read for the answer, in document order: for
    /// whoever judges the plans.
    ///
    /// # Errors
    /// As [`Self::ask_with`].
    pub fn ask_and_trace(
        &self,
        question: &str,
        options: &AskOptions,
        model: Option<&mut dyn TextModel>,
    ) -> Result<(Answer, Vec<Citation>)> {
        let started = Instant::now();
        let corpus = self.corpus_for(question, options)?;
        let (answer, passages) = answer(&corpus, question, options, model, &mut |_| {}, started)?;
        let mut read = Vec::new();
        for Passage { block, first: sentence, sentences } in passages {
            read.extend(cite::cite(&corpus, SentenceId { block, sentence }, sentences)?);
        }
        Ok((answer, read))
    }

    /// Answers a question of a conversation: what it refers to is taken from the turns before, and
    /// it becomes a turn itself.
    ///
    /// # Errors
    /// As [`Self::ask_with`].
    pub fn ask_in(
        &self,
        thread: &mut Thread,
        question: &str,
        options: &AskOptions,
        model: Option<&mut dyn TextModel>,
    ) -> Result<Answer> {
        self.ask_telling(thread, question, options, model, &mut |_| {})
    }

    /// As [`Self::ask_in`]. `found` is told of every sentence that the model points to, quoted and
    /// compared, as soon as it does: what an app shows while the answer is not whole.
    ///
    /// # Errors
    /// As [`Self::ask_with`].
    pub fn ask_telling(
        &self,
        thread: &mut Thread,
        question: &str,
        options: &AskOptions,
        model: Option<&mut dyn TextModel>,
        found: &mut dyn FnMut(Citation),
    ) -> Result<Answer> {
        let started = Instant::now();
        let question = thread.resolve(question);
        let corpus = self.corpus_for(&question, options)?;
        let (answer, _) = answer(&corpus, &question, options, model, found, started)?;
        let sentence = answer.citations.first().map(|citation| citation.quote.as_str());
        thread.remember(&question, &answer.answer, sentence);
        Ok(answer)
    }

    /// What an answer to `question` is expected to cost, with a model that can do this or without one. Does
    /// what code does for the answer, but asks no model.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn estimate(
        &self,
        question: &str,
        options: &AskOptions,
        model: Option<Capability>,
    ) -> Result<Estimate> {
        self.rehearse(question, options, model.map(Rehearsal::of))
    }

    /// The same with a model that is at hand: it counts its own tokens and tells how fast it is.
    ///
    /// # Errors
    /// As [`Self::ask`], and if the model makes no prompt of what it would read.
    pub fn estimate_with(
        &self,
        question: &str,
        options: &AskOptions,
        model: &dyn Foresight,
    ) -> Result<Estimate> {
        self.rehearse(question, options, Some(Rehearsal::with(model)))
    }

    fn rehearse(
        &self,
        question: &str,
        options: &AskOptions,
        mut rehearsal: Option<Rehearsal>,
    ) -> Result<Estimate> {
        let started = Instant::now();
        let corpus = self.corpus_for(question, options)?;
        let model = rehearsal.as_mut().map(|rehearsal| rehearsal as &mut dyn TextModel);
        let usage = answer(&corpus, question, options, model, &mut |_| {}, started)?.0.usage;
        let model_us = rehearsal.as_ref().map_or(Some(0), Rehearsal::model_us);
        Ok(Estimate {
            passages: usage.passages_read,
            windows: rehearsal.as_ref().map_or(0, Rehearsal::n_windows),
            prompt_tokens: usage.prompt_tokens,
            output_tokens: usage.output_tokens,
            seconds: model_us.map(|us| (usage.elapsed_us + us) as f64 / 1e6),
            peak_bytes: corpus.peak_bytes(),
        })
    }

    /// The documents that a question is put to, after a look at the question itself.
    fn corpus_for(&self, question: &str, options: &AskOptions) -> Result<Corpus<'_>> {
        if question.len() > LONGEST_QUESTION {
            return Err(MemoryError::QuestionTooLong {
                bytes: question.len(),
                limit: LONGEST_QUESTION,
            }
            .into());
        }
        if words::words(question).next().is_none() {
            return Err(MemoryError::EmptyQuestion.into());
        }
        let corpus = Corpus::of(&*self.store, &self.recents, &options.documents)?;
        if corpus.contents.blocks.is_empty() {
            return Err(MemoryError::EmptyLibrary.into());
        }
        Ok(corpus)
    }
}

/// The answer, and every passage read for it. `found` is told of every sentence
/// that the model points to, once. The answer's time counts from `started`.
fn answer(
    corpus: &Corpus,
    question: &str,
    options: &AskOptions,
    model: Option<&mut dyn TextModel>,
    found: &mut dyn FnMut(Citation),
    started: Instant,
) -> Result<(Answer, Vec<Passage>)> {
    let stems = Stems::default();
    let budget = options.budget();
    let reader = Reader::new(corpus, &stems, budget.passages);
    let mut known = BTreeSet::new();
    let mut told = |id: SentenceId| {
        if known.insert(id) {
            cite::cite(corpus, id, 1)?.into_iter().for_each(&mut *found);
        }
        Ok(())
    };
    let mut pointer = Pointer::new(model, &budget).telling(&mut told);
    let (mut finding, written_by) = match whole::whole(&reader, question)? {
        Some((finding, author)) => (finding, Some(author)),
        None => (plan::answer(&reader, &mut pointer, question, &budget)?.1, None),
    };
    keys::complete(&reader, &mut finding);
    let ended = finding.incomplete || reader.was_refused() || pointer.was_refused();
    let sentences =
        if pointer.may_shorten() { shorten::sentences(corpus, &finding)? } else { None };
    let mut answer = prove(corpus, finding, ended)?;
    answer.written_by = written_by.filter(|_| !answer.citations.is_empty());
    if let (Some(sentences), None) = (sentences, &answer.written_by)
        && let Some(span) = pointer.shorten(sentences, question)?
    {
        answer.answer = span;
    }
    if answer.status == Status::Answered && answer.written_by.is_none() {
        let quotes = answer.citations.iter().map(|citation| one_line(&citation.quote));
        if let Some(said) = pointer.phrase(quotes.collect(), question, &answer.answer)? {
            answer.answer = said;
        }
    }
    answer.usage = pointer.usage();
    answer.usage.passages_read = reader.passages_read();
    answer.usage.elapsed_us = started.elapsed().as_micros() as u64;
    Ok((answer, reader.passages()))
}

/// Turns a finding into an answer whose citations were read back. Without a citation there is no
/// answer; `ended` tells that the budget ended before everything was read.
fn prove(corpus: &Corpus, finding: Finding, ended: bool) -> Result<Answer> {
    let mut citations: Vec<Citation> = Vec::new();
    for (first, count) in finding.evidence {
        citations.extend(cite::cite(corpus, first, count)?);
    }
    let (status, answer) = match finding.answer {
        Some(answer) if !citations.is_empty() => {
            (if ended { Status::BudgetEnded } else { Status::Answered }, answer)
        }
        _ => {
            citations.clear();
            if ended {
                (Status::BudgetEnded, "Not found within the budget.".to_owned())
            } else {
                (Status::NotInDocument, "The document does not say.".to_owned())
            }
        }
    };
    Ok(Answer { status, answer, citations, usage: Usage::default(), written_by: None })
}
