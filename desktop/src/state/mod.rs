//! Everything the app knows, in plain structures: what the threads tell changes it, panels show it.
//!
//! Nothing here draws, waits, or touches a file, so all of it is tested without a window.

pub mod conversation;
pub mod device;
pub mod documents;
pub mod models;
pub mod outline;
pub mod path_field;
pub mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use carrel_core::memory::Format;
use conversation::{Conversation, Progress, Turn};
use device::Device;
use documents::{Document, Span, Stage, Underway};
use models::Models;
use outline::Outline;
use path_field::PathField;
use settings::Settings;

use crate::message::{Event, Overlay};
use crate::page::Page;
use crate::text::Strings;
use crate::trouble::Trouble;

/// Where the app keeps what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Library, conversation and settings.
    pub data: PathBuf,
    /// Models.
    pub models: PathBuf,
}

/// Something to tell people about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It went wrong.
    Trouble(Trouble),
    /// The conversation was exported.
    Exported(PathBuf),
}

/// Where a fragment of the shown answer lies in the open document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// The characters.
    pub span: Span,
    /// Number of the quote, from 0.
    pub number: usize,
    /// Whether it was chosen.
    pub is_chosen: bool,
}

/// Everything the app knows.
#[derive(Debug, Default)]
pub struct State {
    /// What people set.
    pub settings: Settings,
    /// Where the app keeps what.
    pub places: Places,
    /// The documents, in the order of the list.
    pub documents: Vec<Document>,
    /// The summary trees that are at hand, by document.
    pub outlines: BTreeMap<String, Outline>,
    /// The reading view.
    pub page: Page,
    /// Questions and answers.
    pub conversation: Conversation,
    /// Models.
    pub models: Models,
    /// The device.
    pub device: Device,
    /// The panel over the others.
    pub overlay: Option<Overlay>,
    /// The field for the path of a file.
    pub path_field: PathField,
    /// What to tell people.
    pub notices: Vec<Notice>,
    /// Whether reading is paused.
    pub is_paused: bool,
    /// Whether settings or turns have to be saved.
    pub is_unsaved: bool,
}

impl State {
    /// The texts in the language that is chosen.
    pub fn strings(&self) -> &'static Strings {
        self.settings.language.strings()
    }

    /// The document called `name`.
    pub fn document(&self, name: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.name == name)
    }

    /// The document that is open.
    pub fn open_document(&self) -> Option<&Document> {
        self.document(self.page.document.as_deref()?)
    }

    /// Whether the document called `name` is Markdown.
    pub fn is_markdown(&self, name: &str) -> bool {
        let shape = self.document(name).and_then(Document::shape);
        shape.is_some_and(|shape| shape.format == Format::Markdown.name())
    }

    /// The documents that a question goes to; `None` if there is none to ask.
    pub fn asked_documents(&self) -> Option<Vec<String>> {
        let ready = |document: &&Document| document.shape().is_some();
        if self.settings.asks_all {
            return self.documents.iter().find(ready).map(|_| Vec::new());
        }
        self.open_document().filter(ready).map(|document| vec![document.name.clone()])
    }

    /// Where the fragments of the shown answer lie in the open document.
    pub fn fragments(&self) -> Vec<Fragment> {
        let Some(turn) = self.conversation.shown_turn() else { return Vec::new() };
        let open = self.page.document.as_deref();
        let quotes = turn.quotes.iter().enumerate();
        quotes
            .filter(|(_, quote)| Some(quote.document.as_str()) == open)
            .map(|(number, quote)| Fragment {
                span: Span { start: quote.start, end: quote.end },
                number,
                is_chosen: self.conversation.chosen == Some(number),
            })
            .collect()
    }

    /// Puts documents at the end of the list that are to be read; those that are on their way
    /// already stay as they are.
    pub fn enlist(&mut self, name: &str) {
        match self.documents.iter_mut().find(|document| document.name == name) {
            Some(document) if document.is_unread() => {}
            Some(document) => document.stage = Stage::Waiting,
            None => self.documents.push(Document::waiting(name)),
        }
        self.is_unsaved = true;
    }

    /// The files of the list that are still to be read, for the next start.
    pub fn unread(&self) -> Vec<PathBuf> {
        let unread = self.documents.iter().filter(|document| document.is_unread());
        unread.map(|document| PathBuf::from(&document.name)).collect()
    }

    /// Opens a document.
    pub fn open(&mut self, name: &str) {
        let Some(document) = self.documents.iter().find(|document| document.name == name) else {
            return;
        };
        if self.page.document.as_deref() != Some(name) {
            self.page.open(name, document.shape());
            self.settings.open_document = Some(name.to_owned());
            self.is_unsaved = true;
        }
    }

    /// Takes what a thread tells.
    pub fn apply(&mut self, event: Event, now: Instant) {
        match event {
            Event::Library(records) => self.take_library(&records),
            Event::Opening(name) => {
                let mut underway = Underway::new(now);
                underway.set_paused(self.is_paused, now);
                self.set_stage(&name, Stage::Reading(underway));
            }
            Event::Progress(name, progress) => {
                let document = self.documents.iter_mut().find(|document| document.name == name);
                if let Some(Stage::Reading(underway)) = document.map(|found| &mut found.stage) {
                    underway.report(progress);
                }
            }
            Event::Read(record) => {
                let ready = Document::ready(&record);
                let shape = ready.shape().cloned();
                match self.documents.iter_mut().find(|document| document.name == record.name) {
                    Some(document) => *document = ready,
                    None => self.documents.push(ready),
                }
                self.outlines.remove(&record.name);
                self.is_unsaved = true;
                if self.page.document.as_deref() == Some(record.name.as_str()) {
                    self.page.open(&record.name, shape.as_ref());
                } else if self.page.document.is_none() {
                    self.open(&record.name);
                }
            }
            Event::Stopped(name) | Event::Removed(name) => self.take_away(&name),
            Event::Unread(name, trouble) => {
                self.set_stage(&name, Stage::Failed(trouble));
                self.is_unsaved = true;
            }
            Event::Block(name, block, paragraphs) => {
                if self.page.document.as_deref() == Some(name.as_str()) {
                    self.page.take(block, paragraphs);
                }
            }
            Event::Outline(name, outline) => {
                self.outlines.insert(name, outline);
            }
            Event::Forecast(forecast) => {
                self.conversation.is_estimating = false;
                self.conversation.forecast = forecast;
            }
            Event::Loaded(loaded) => self.device.loaded = loaded,
            Event::Speeds(speeds) => self.device.speeds = Some(speeds),
            Event::Exported(path) => self.notices.push(Notice::Exported(path)),
            Event::Trouble(trouble) | Event::Unkept(trouble, true) => self.add_trouble(trouble),
            Event::Unkept(_, false) => {}
            // What people picked is for the app to act on.
            Event::Picked(_) | Event::ExportTo(_) => {}
            Event::NoDialog(purpose) => {
                self.path_field.open(purpose, true);
                self.overlay = Some(Overlay::Path(purpose));
            }
            other => {
                if let Some(other) = self.apply_to_turns(other) {
                    self.apply_to_models(other);
                }
            }
        }
    }

    /// Takes what concerns a turn; gives back what does not.
    fn apply_to_turns(&mut self, event: Event) -> Option<Event> {
        let mut turn = |id: u64, change: &mut dyn FnMut(&mut Turn)| {
            self.conversation.turn_mut(id).into_iter().for_each(change);
        };
        match event {
            Event::Step(id, now) => turn(id, &mut |turn| {
                if let Progress::Working { step, .. } = &mut turn.progress {
                    *step = now;
                }
            }),
            Event::Window(id, more) => turn(id, &mut |turn| {
                if let Progress::Working { windows, tokens, .. } = &mut turn.progress {
                    *windows += 1;
                    *tokens += more;
                }
            }),
            Event::Found(id, quote) => {
                turn(id, &mut |turn| turn.find(quote.clone()));
                self.is_unsaved = true;
            }
            Event::Quotes(id, quotes) => turn(id, &mut |turn| turn.settle(quotes.clone())),
            Event::WrittenBy(id, author) => {
                turn(id, &mut |turn| turn.written_by = Some(author.clone()));
            }
            Event::Sentence(id, sentence) => {
                turn(id, &mut |turn| turn.sentences.push(sentence.clone()));
            }
            Event::Answered(id, outcome, cost) => {
                turn(id, &mut |turn| turn.progress = Progress::Done(outcome, cost));
                self.conversation.target = Some(id);
                self.is_unsaved = true;
            }
            Event::AnswerCancelled(id) => {
                turn(id, &mut |turn| turn.progress = Progress::Cancelled);
                self.is_unsaved = true;
            }
            Event::AnswerFailed(id, trouble) => {
                turn(id, &mut |turn| turn.progress = Progress::Failed(trouble.clone()));
                self.is_unsaved = true;
            }
            other => return Some(other),
        }
        None
    }

    fn apply_to_models(&mut self, event: Event) {
        match event {
            Event::Installed(installed) => self.models.installed = Some(installed),
            Event::Checked(name, check) => self.models.set_check(&name, check),
            Event::Pulling(name, done, total) => {
                let download = self.models.download_mut(&name);
                (download.done_bytes, download.total_bytes) = (done, total);
            }
            Event::Pulled(name, _) => {
                self.models.downloads.retain(|download| download.name != name);
            }
            Event::PullStopped(name) => self.models.download_mut(&name).is_stopped = true,
            Event::PullFailed(name, trouble) => {
                self.models.download_mut(&name).trouble = Some(trouble);
            }
            _ => {}
        }
    }

    /// Pauses reading, or goes on.
    pub fn set_paused(&mut self, is_paused: bool, now: Instant) {
        self.is_paused = is_paused;
        for document in &mut self.documents {
            if let Stage::Reading(underway) = &mut document.stage {
                underway.set_paused(is_paused, now);
            }
        }
    }

    /// Tells people about trouble, once for the same.
    pub fn add_trouble(&mut self, trouble: Trouble) {
        let notice = Notice::Trouble(trouble);
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    fn take_library(&mut self, records: &[carrel_core::memory::DocumentRecord]) {
        let mut documents: Vec<Document> = records.iter().map(Document::ready).collect();
        let still = |document: &Document| {
            document.shape().is_none() && !records.iter().any(|r| r.name == document.name)
        };
        documents.extend(self.documents.drain(..).filter(still));
        self.documents = documents;
        let wanted = self.settings.open_document.clone();
        let wanted = wanted.filter(|name| self.document(name).is_some());
        let first = wanted.or_else(|| self.documents.first().map(|first| first.name.clone()));
        if let Some(name) = first.filter(|_| self.page.document.is_none()) {
            self.open(&name);
        }
    }

    fn set_stage(&mut self, name: &str, stage: Stage) {
        if let Some(document) = self.documents.iter_mut().find(|document| document.name == name) {
            document.stage = stage;
        }
    }

    /// Takes a document off the list; opens another if it was open.
    fn take_away(&mut self, name: &str) {
        self.documents.retain(|document| document.name != name);
        self.outlines.remove(name);
        self.is_unsaved = true;
        if self.page.document.as_deref() == Some(name) {
            self.page.close();
            self.settings.open_document = None;
            if let Some(first) = self.documents.first().map(|first| first.name.clone()) {
                self.open(&first);
            }
        }
    }
}

#[cfg(test)]
mod tests;
