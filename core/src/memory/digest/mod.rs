//! Room `memory`, folder `digest`: what a model wrote about documents, each line tied to its sentences.
//!
//! ```text
//! window of 1-1.5K tokens ──facts, summary──> lines ──gate──> note of the window      (windows, run)
//! summaries of a section  ──summary──> lines ──gate──> note; of many, of those again  (sections)
//! question ──words──> lines ──> the sentences that they are tied to                   (keys)
//! "what is it about"      ──> written summaries, with quotes of those sentences       (whole)
//! ```
//! Optional, and never needed: a library answers without it. A model may write only if its probe
//! showed that it can ([`super::probe`]).
//!
//! **One line.** The model replies in lines of numbers and a sentence ([`super::Form::Lines`]), held to
//! that by a grammar. Code keeps a line only if every word of it that carries content stands in the
//! sentences it names ([`gate`]): names and numbers as they are, other words in any form or by a word
//! of the same meaning; a "not" may neither come nor go. A fact must also be new: no excerpt of one
//! sentence, and not what a line before it says. The gate sees words, not meaning: a line may still put
//! true words together wrongly. So a line is never evidence. It leads to sentences, which are quoted; and
//! where it is shown, it is shown as written by that model.
//!
//! **One window.** The prompt has the order of every reading of a window: system, numbered sentences, and
//! what is asked last. So the summary finds the state of the window that the facts left, and is
//! cheap. A window that the model's context does not hold is read in pieces.
//!
//! **Resuming.** What was written of a window is put in one step, also if nothing came through the gate,
//! with a hash of the window's text, of the model and of what it was told. So a pass that ended
//! anywhere goes on there; an edited document has only its changed windows read again, wherever the
//! others moved to; and another model, or other words to it, makes windows be read again. The
//! last writer's lines stay: a place has one note, so a library does not grow with every model that
//! is tried, and every line carries the name of who wrote it.
//!
//! **Bounds.** Tokens and seconds are limits that hold: a window is begun only if it can be finished within
//! them. In memory are one block, one window, one list of the windows (16 bytes each) and the
//! summaries of one document.

pub mod gate;
pub mod keys;
mod library;
pub mod lines;
mod run;
mod sections;
#[cfg(test)]
mod tests;
pub mod whole;
mod windows;
mod writer;

use std::ops::ControlFlow;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::answer::Citation;
use super::model::TextModel;
use super::plan::budget::Speed;
use super::store::{ContentHash, Store};
use crate::error::Result;

pub use lines::Kind;
pub use writer::{FACTS, SUMMARY, Task};

/// Version of what the model is told and of the gate; raise it with every change of either.
const VERSION: u32 = 1;

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name by which lines are labelled.
    pub name: String,
    /// SHA-256 of the model file.
    pub model: [u8; 32],
}

impl Author {
    /// The hash of what this author is to write from `text` for the task `task`.
    fn content(&self, task: &str, text: &str) -> ContentHash {
        let mut hasher = Sha256::new();
        hasher.update(VERSION.to_le_bytes());
        hasher.update(self.model);
        hasher.update(task.as_bytes());
        hasher.update([0]);
        hasher.update(text.as_bytes());
        ContentHash(hasher.finalize().into())
    }
}

/// In which order windows are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As they stand in the documents.
    #[default]
    Document,
    /// Those first whose best sentence stands for the most: for a budget that will end early.
    Importance,
}

/// What a pass over documents may do.
#[derive(Debug, Clone, Default)]
pub struct DigestOptions {
    /// Names of the documents; all if empty.
    pub documents: Vec<String>,
    /// In which order windows are read.
    pub order: Order,
    /// Tokens that the model may read and write; any number if absent.
    pub most_tokens: Option<u64>,
    /// Time after which no window is begun; any if absent.
    pub most_time: Option<Duration>,
    /// Lets a model write that its probe did not let; its lines are labelled so.
    pub unproved: bool,
}

/// How far a pass is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DigestProgress {
    /// Windows done, those included that were there already.
    pub windows: usize,
    /// Windows of all documents.
    pub of_windows: usize,
    /// Lines kept in this pass.
    pub lines_kept: usize,
    /// Tokens read and written in this pass, without those whose state was at hand.
    pub tokens: u64,
}

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestEnd {
    /// Everything is written.
    Complete,
    /// The budget ended first; the next pass goes on.
    BudgetEnded,
    /// The caller stopped it; the next pass goes on.
    Cancelled,
}

/// What a pass did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// How it ended.
    pub end: DigestEnd,
    /// Windows written in this pass.
    pub windows_written: usize,
    /// Windows whose lines were there already.
    pub windows_known: usize,
    /// Windows of all documents.
    pub windows: usize,
    /// Summaries of several windows written in this pass.
    pub summaries_written: usize,
    /// Lines that came through the gate.
    pub lines_kept: usize,
    /// Lines that did not.
    pub lines_dropped: usize,
    /// Tokens read, without those whose state was at hand.
    pub prompt_tokens: u64,
    /// Tokens whose state was at hand.
    pub reused_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Time from beginning to end in microseconds.
    pub elapsed_us: u64,
}

impl Digest {
    /// Whether everything is written.
    pub fn is_complete(&self) -> bool {
        self.end == DigestEnd::Complete
    }
}

/// What a pass costs at most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DigestEstimate {
    /// Windows of all documents.
    pub windows: usize,
    /// Those of them whose lines are there already.
    pub windows_known: usize,
    /// Tokens that the model reads at most, summaries of sections included.
    pub prompt_tokens: u64,
    /// Tokens that it writes at most.
    pub most_output_tokens: u64,
    /// Seconds that this takes at most; `None` if the model's speed is not known.
    pub most_seconds: Option<f64>,
}

/// A line that a model wrote, with the quotes that it is tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLine {
    /// Fact or summary.
    pub kind: Kind,
    /// The line.
    pub text: String,
    /// Name of the model.
    pub author: String,
    /// The sentences it is tied to, the one that says the most of it first.
    pub citations: Vec<Citation>,
}

/// Is told how far a pass is, and may stop it.
type Watch<'w> = &'w mut dyn FnMut(DigestProgress) -> ControlFlow<()>;

/// What a pass works with.
struct Desk<'d> {
    /// The library.
    pub store: &'d mut dyn Store,
    /// Who writes.
    pub author: &'d Author,
    /// The model of the author.
    pub model: &'d mut dyn TextModel,
    /// Its speed, if it is known.
    pub speed: Option<Speed>,
}

/// Drops all notes of the document `owner`.
fn forget(store: &mut dyn Store, owner: &str) -> Result<()> {
    store.keep_notes(owner, &std::collections::BTreeSet::new())
}
