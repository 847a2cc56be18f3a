//! The thread that answers: by code, or with a model that points.
//!
//! The model is loaded at the first question that needs it and kept until another is chosen. What it
//! may do is found out once, before its first window. Of estimates only the newest is made.

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{EngineOptions, ProbeFolder, default_report};
use carrel_core::memory::{
    Answer, AskOptions, Capability, Citation, Foresight, Profile, Reading, Reply, Status, Thread,
};
use carrel_models::default_model;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::opening::Open;
use super::watched::Watched;
use super::{Mailbox, Shelfmark, guarded, start};
use crate::message::Event;
use crate::state::conversation::{Cost, Forecast, Outcome, Quote, Step, sentences_of};
use crate::trouble::{Kind, Trouble};

/// The model to use, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its file.
    pub path: PathBuf,
    /// Threads that compute.
    pub n_threads: usize,
    /// Memory that it may take.
    pub memory_budget_bytes: Option<u64>,
    /// Whether the GPU is to compute, if it computes the same as the processor.
    pub on_gpu: bool,
}

impl Choice {
    /// For the engine.
    pub fn options(&self) -> EngineOptions {
        EngineOptions {
            n_threads: self.n_threads,
            memory_budget_bytes: self.memory_budget_bytes,
            packed: carrel_downloads::packed_files(),
            governor: Some(Default::default()),
            ..EngineOptions::default()
        }
    }
}

/// A question.
#[derive(Debug, Clone)]
pub struct Question {
    /// The question.
    pub text: String,
    /// The documents to ask; all if empty.
    pub documents: Vec<String>,
    /// What it may cost.
    pub profile: Profile,
    /// The model, if one is to point.
    pub model: Option<Choice>,
}

impl Question {
    fn options(&self) -> AskOptions {
        AskOptions { documents: self.documents.clone(), profile: self.profile, most_tokens: None }
    }
}

/// A turn of the conversation that later questions may refer to.
pub struct Remembered {
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// The first quote that supported it.
    pub quote: Option<String>,
}

enum Job {
    Remember(Vec<Remembered>),
    Ask(u64, Question),
    Estimate(Question),
}

/// The thread, as the window holds it.
pub struct Answers {
    jobs: Sender<Job>,
    cancel: CancelFlag,
    cancelled: Arc<Mutex<BTreeSet<u64>>>,
}

impl Answers {
    /// Starts it on the library at `path`. What probes found is kept in the folder `probes`, what is
    /// learned about GPUs in `gpu_folder`.
    pub fn start(
        path: &Path,
        probes: Option<ProbeFolder>,
        gpu_folder: Option<PathBuf>,
        mail: Mailbox,
    ) -> Self {
        let (jobs, received) = channel();
        let (cancel, cancelled) = (CancelFlag::new(), Arc::default());
        let desk = Desk {
            shelfmark: Shelfmark::new(path),
            probes,
            gpu_folder,
            mail,
            cancel: cancel.clone(),
            cancelled: Arc::clone(&cancelled),
            thread: Thread::default(),
            model: None,
        };
        start("answers", move || desk.run(&received));
        Self { jobs, cancel, cancelled }
    }

    fn send(&self, job: Job) {
        // The thread ends only with the app.
        let _ = self.jobs.send(job);
    }

    /// Forgets what was asked, but for these turns.
    pub fn remember(&self, turns: Vec<Remembered>) {
        self.send(Job::Remember(turns));
    }

    /// Answers a question as turn `id`.
    pub fn ask(&self, id: u64, question: Question) {
        self.send(Job::Ask(id, question));
    }

    /// Tells what a question would cost.
    pub fn estimate(&self, question: Question) {
        self.send(Job::Estimate(question));
    }

    /// Cancels turn `id`.
    pub fn cancel(&self, id: u64) {
        self.cancelled.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        self.cancel.cancel();
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

struct Desk {
    shelfmark: Shelfmark,
    probes: Option<ProbeFolder>,
    gpu_folder: Option<PathBuf>,
    mail: Mailbox,
    cancel: CancelFlag,
    cancelled: Arc<Mutex<BTreeSet<u64>>>,
    thread: Thread,
    model: Option<Open>,
}

impl Desk {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut estimate = None;
            for job in std::iter::once(first).chain(std::iter::from_fn(|| jobs.try_recv().ok())) {
                match job {
                    Job::Remember(turns) => {
                        self.thread = Thread::default();
                        for Remembered { question, answer, quote } in &turns {
                            self.thread.remember(question, answer, quote.as_deref());
                        }
                    }
                    Job::Ask(id, question) => self.answer(id, &question),
                    Job::Estimate(question) => estimate = Some(question),
                }
            }
            if let Some(question) = estimate {
                let forecast = guarded(|| self.forecast(&question));
                self.mail.tell(Event::Forecast(forecast.ok()));
            }
        }
    }

    fn is_cancelled(&self, id: u64) -> bool {
        self.cancelled.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }

    fn answer(&mut self, id: u64, question: &Question) {
        // In this order, so that a cancel between the two is seen by the second.
        self.cancel.reset();
        let told = match self.is_cancelled(id) {
            true => Ok(None),
            false => guarded(|| self.ask(id, question).map(Some)),
        };
        match told {
            _ if self.is_cancelled(id) => self.mail.tell(Event::AnswerCancelled(id)),
            Ok(Some(answer)) => self.tell_answer(id, &answer),
            Ok(None) => self.mail.tell(Event::AnswerCancelled(id)),
            Err(trouble) => self.mail.tell(Event::AnswerFailed(id, trouble)),
        }
    }

    fn ask(&mut self, id: u64, question: &Question) -> Result<Answer, Trouble> {
        let options = question.options();
        // Instant answers read no windows, so no model is loaded for them.
        let model = question.model.as_ref().filter(|_| question.profile != Profile::Instant);
        if let Some(choice) = model {
            self.load(id, choice)?;
        } else if question.model.is_none() && self.model.take().is_some() {
            self.mail.tell(Event::Loaded(None));
        }
        let library = self.shelfmark.library()?;
        match (model, self.model.as_mut()) {
            (Some(_), Some(open)) => {
                let (inner, mail) = (&mut open.reader, &self.mail);
                let mut told = |reply: &Reply| {
                    mail.tell(Event::Window(id, reply.prompt_tokens + reply.output_tokens));
                };
                let grown = &mut open.window_bytes;
                let cancel = &self.cancel;
                let mut watched = Watched { inner, told: &mut told, grown, cancel };
                let mut found = |citation: Citation| {
                    mail.tell(Event::Found(id, Quote::from(&citation)));
                };
                let (thread, model) = (&mut self.thread, Some(&mut watched as _));
                let answer =
                    library.ask_telling(thread, &question.text, &options, model, &mut found);
                if let Some(speed) = open.reader.speed() {
                    self.mail.tell(Event::Speeds(speed));
                }
                if let (None, Some(window)) = (open.loaded.took_bytes, open.window_bytes) {
                    open.loaded.took_bytes = Some(open.loading_bytes + window);
                    self.mail.tell(Event::Loaded(Some(open.loaded.clone())));
                }
                answer.map_err(|error| Trouble::with_model(&error))
            }
            _ => library
                .ask_in(&mut self.thread, &question.text, &options, None)
                .map_err(|error| Trouble::from(&error)),
        }
    }

    fn tell_answer(&self, id: u64, answer: &Answer) {
        let quotes: Vec<Quote> = answer.citations.iter().map(Quote::from).collect();
        self.mail.tell(Event::Quotes(id, quotes));
        if let Some(author) = &answer.written_by {
            self.mail.tell(Event::WrittenBy(id, author.clone()));
        }
        for sentence in sentences_of(answer) {
            self.mail.tell(Event::Sentence(id, sentence));
        }
        let outcome = match answer.status {
            Status::Answered => Outcome::Answered,
            Status::NotInDocument => Outcome::NotInDocument,
            Status::BudgetEnded => Outcome::BudgetEnded,
        };
        let cost = Cost {
            passages: answer.usage.passages_read,
            prompt_tokens: answer.usage.prompt_tokens,
            output_tokens: answer.usage.output_tokens,
            elapsed_us: answer.usage.elapsed_us,
        };
        self.mail.tell(Event::Answered(id, outcome, cost));
    }

    fn forecast(&mut self, question: &Question) -> Result<Forecast, Trouble> {
        let chosen = question.model.as_ref().filter(|_| question.profile != Profile::Instant);
        let open = self.model.as_ref().filter(|open| chosen == Some(&open.choice));
        let (text, options) = (self.thread.resolve(&question.text), question.options());
        let library = self.shelfmark.library()?;
        // A model that was found to be no better than code reads nothing.
        let (estimate, has_model) = match open {
            Some(open) => {
                let has_model = open.reader.reading() > Reading::Nothing;
                (library.estimate_with(&text, &options, &open.reader), has_model)
            }
            None => {
                let model = chosen.map(known);
                let has_model = model.is_some_and(|model| model.reading > Reading::Nothing);
                (library.estimate(&text, &options, model), has_model)
            }
        };
        Ok(Forecast { estimate: estimate.map_err(|error| Trouble::from(&error))?, has_model })
    }

    /// Loads the model for turn `id`, if it is not the one that is loaded, and finds out what it may
    /// do.
    fn load(&mut self, id: u64, choice: &Choice) -> Result<(), Trouble> {
        if self.model.as_ref().is_some_and(|open| open.choice == *choice) {
            return Ok(());
        }
        if self.model.take().is_some() {
            self.mail.tell(Event::Loaded(None));
        }
        self.mail.tell(Event::Step(id, Step::Loading));
        let mut open = Open::load(choice, self.gpu_folder.as_deref(), &self.cancel)?;
        let (mail, cancel) = (&self.mail, &self.cancel);
        let probed = open.probe(self.probes.as_ref(), &mut |done, total| {
            mail.tell(Event::Step(id, Step::Probing { done, total }));
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let Some(report) = probed.filter(|_| !cancel.is_cancelled()) else {
            return Err(Trouble::new(Kind::Other, "the probe was cancelled"));
        };
        mail.tell(Event::Loaded(Some(open.loaded.clone())));
        if let Some(speed) = report.speed() {
            mail.tell(Event::Speeds(speed));
        }
        mail.tell(Event::Step(id, Step::Searching));
        self.model = Some(open);
        Ok(())
    }
}

/// What is known of a model before it is loaded.
fn known(choice: &Choice) -> Capability {
    let is_built_in = choice.path == Path::new(default_model::NAME);
    let report = is_built_in.then(default_report).flatten();
    report.map_or(Capability::UNKNOWN, |report| report.capability())
}
