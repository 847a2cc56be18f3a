//! What the threads tell the app, and what people ask of it.

use std::path::PathBuf;

use carrel_core::memory::{DocumentRecord, Profile, Progress};

use crate::page::paragraphs::Paragraph;
use crate::state::conversation::{Cost, Forecast, Outcome, Quote, Sentence, Step};
use crate::state::device::{Loaded, Speeds};
use crate::state::models::{Check, Installed};
use crate::state::outline::Outline;
use crate::state::settings::ThemeChoice;
use crate::text::Language;
use crate::trouble::Trouble;

/// What a thread tells.
#[derive(Debug)]
pub enum Event {
    /// The documents of the library.
    Library(Vec<DocumentRecord>),
    /// A document is opened to be read.
    Opening(String),
    /// A document is read so far.
    Progress(String, Progress),
    /// A document is in the library.
    Read(DocumentRecord),
    /// Reading a document was stopped.
    Stopped(String),
    /// A document could not be read.
    Unread(String, Trouble),
    /// A document is no longer in the library.
    Removed(String),
    /// The paragraphs of a block of a document.
    Block(String, usize, Vec<Paragraph>),
    /// The summary tree of a document.
    Outline(String, Outline),
    /// What is done for a turn now.
    Step(u64, Step),
    /// The model read a window of so many tokens for a turn.
    Window(u64, u64),
    /// The model pointed to a sentence for a turn: a quote of its answer, which is not whole yet.
    Found(u64, Quote),
    /// The quotes of a turn's answer.
    Quotes(u64, Vec<Quote>),
    /// The model that wrote the answer, where it is no text of the documents.
    WrittenBy(u64, String),
    /// A sentence of a turn's answer.
    Sentence(u64, Sentence),
    /// A turn ended.
    Answered(u64, Outcome, Cost),
    /// A turn was cancelled.
    AnswerCancelled(u64),
    /// A turn failed.
    AnswerFailed(u64, Trouble),
    /// What the question in the field would cost, if that can be said.
    Forecast(Option<Forecast>),
    /// The model files that are here.
    Installed(Vec<Installed>),
    /// A model file was checked.
    Checked(String, Check),
    /// A model file is downloaded so far.
    Pulling(String, u64, Option<u64>),
    /// A model file came.
    Pulled(String, PathBuf),
    /// A download was stopped.
    PullStopped(String),
    /// A download failed.
    PullFailed(String, Trouble),
    /// A model was loaded, or none is.
    Loaded(Option<Loaded>),
    /// How fast the model is.
    Speeds(Speeds),
    /// Files were picked.
    Picked(Vec<PathBuf>),
    /// A place to export to was picked.
    ExportTo(PathBuf),
    /// The system shows no dialog to pick files in.
    NoDialog(Purpose),
    /// The conversation was exported.
    Exported(PathBuf),
    /// Settings or turns could not be saved, and whether that is new.
    Unkept(Trouble, bool),
    /// Something else went wrong.
    Trouble(Trouble),
}

/// What a file is picked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A document to read.
    Document,
    /// A place to export the conversation to.
    Export,
}

/// A panel over the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    /// Models.
    Models,
    /// The device.
    Device,
    /// Settings.
    Settings,
    /// Keys.
    Keys,
    /// A field for the path of a file.
    Path(Purpose),
}

/// What people ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Let them pick documents.
    PickDocuments,
    /// Read documents into the library.
    Add(Vec<PathBuf>),
    /// Open a document.
    Open(String),
    /// Open the next document of the list, or the one before.
    OpenNext(bool),
    /// Remove a document from the library, or from the list.
    Remove(String),
    /// Pause reading, or go on.
    SetPaused(bool),
    /// Stop reading a document.
    StopReading(String),
    /// Read a document again that failed.
    Retry(String),
    /// Go to a character of the open document.
    GoTo(u64),
    /// Ask the question in the field.
    Ask,
    /// Ask this question.
    AskThis(String),
    /// Cancel the answer.
    CancelAnswer,
    /// Show the quotes of a turn, and one of them on the page.
    Show(u64, Option<usize>),
    /// The question in the field, or what it may cost, changed.
    DraftChanged,
    /// Ask within this profile.
    SetProfile(Profile),
    /// Ask the whole library, or the open document.
    SetAsksAll(bool),
    /// Save the conversation somewhere.
    Export,
    /// Take the path that was typed.
    TakePath(Purpose),
    /// Remove all turns.
    ClearConversation,
    /// Show a panel, or none.
    Overlay(Option<Overlay>),
    /// Let this model point, or none.
    UseModel(Option<PathBuf>),
    /// Download a model.
    Pull(String),
    /// Stop a download.
    StopPull(String),
    /// Check a model file.
    Verify(String),
    /// Ask whether a model is to be removed, or not any more.
    AskRemoval(Option<String>),
    /// Remove a model file.
    RemoveModel(String),
    /// Set the theme.
    SetTheme(ThemeChoice),
    /// Set the language.
    SetLanguage(Language),
    /// Set the text size.
    SetZoom(f32),
    /// Set the threads.
    SetThreads(usize),
    /// Set the memory budget.
    SetBudget(Option<u64>),
    /// Let the GPU compute where it is right, or always the processor.
    SetGpu(bool),
    /// Take a notice away.
    Dismiss(usize),
}
