//! The thread that reads documents into the library.
//!
//! A pause holds the thread between two blocks, so what was read is on the disk; a stop ends the
//! document the same way. A killed app finds the blocks at its next start by their hashes.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use carrel_core::memory::{Ingested, Source};

use super::{Mailbox, Shelfmark, guarded, start};
use crate::message::Event;
use crate::trouble::Trouble;

/// Shortest time between two reports: more would only redraw the window more often.
const REPORT_EVERY: Duration = Duration::from_millis(66);

enum Job {
    List,
    Read(Source),
    Remove(String),
}

/// What the window says to a reading under way.
#[derive(Default)]
struct Wishes {
    is_paused: bool,
    stopped: BTreeSet<String>,
    is_over: bool,
}

#[derive(Default)]
struct Gate {
    wishes: Mutex<Wishes>,
    changed: Condvar,
}

impl Gate {
    fn wishes(&self) -> MutexGuard<'_, Wishes> {
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while reading is paused. Whether `name` is to be read on.
    fn admits(&self, name: &str) -> bool {
        let mut wishes = self.wishes();
        while wishes.is_paused && !wishes.is_over && !wishes.stopped.contains(name) {
            wishes = self.changed.wait(wishes).unwrap_or_else(PoisonError::into_inner);
        }
        !wishes.is_over && !wishes.stopped.contains(name)
    }
}

/// The reading thread, as the window holds it.
pub struct Reading {
    jobs: Sender<Job>,
    gate: Arc<Gate>,
}

impl Reading {
    /// Starts it on the library at `path`.
    pub fn start(path: &Path, mail: Mailbox) -> Self {
        let (jobs, received) = channel();
        let gate = Arc::new(Gate::default());
        let (shelfmark, held) = (Shelfmark::new(path), gate.clone());
        start("reading", move || run(shelfmark, &received, &held, &mail));
        Self { jobs, gate }
    }

    fn send(&self, job: Job) {
        // The thread ends only with the app.
        let _ = self.jobs.send(job);
    }

    /// Lists the documents.
    pub fn list(&self) {
        self.send(Job::List);
    }

    /// Reads a document after those that wait.
    pub fn read(&self, source: Source) {
        self.gate.wishes().stopped.remove(source.name());
        self.send(Job::Read(source));
    }

    /// Removes a document.
    pub fn remove(&self, name: &str) {
        self.send(Job::Remove(name.to_owned()));
    }

    /// Pauses or goes on.
    pub fn set_paused(&self, is_paused: bool) {
        self.gate.wishes().is_paused = is_paused;
        self.gate.changed.notify_all();
    }

    /// Stops reading a document, or does not begin.
    pub fn stop(&self, name: &str) {
        self.gate.wishes().stopped.insert(name.to_owned());
        self.gate.changed.notify_all();
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.gate.wishes().is_over = true;
        self.gate.changed.notify_all();
    }
}

fn run(mut shelfmark: Shelfmark, jobs: &Receiver<Job>, gate: &Gate, mail: &Mailbox) {
    while let Ok(job) = jobs.recv() {
        match job {
            Job::List => {
                match guarded(|| {
                    shelfmark.library()?.documents().map_err(|error| Trouble::from(&error))
                }) {
                    Ok(records) => mail.tell(Event::Library(records)),
                    Err(trouble) => mail.tell(Event::Trouble(trouble)),
                }
            }
            Job::Remove(name) => {
                let removed = guarded(|| {
                    shelfmark.library()?.remove(&name).map_err(|error| Trouble::from(&error))
                });
                match removed {
                    Ok(()) => mail.tell(Event::Removed(name)),
                    Err(trouble) => mail.tell(Event::Trouble(trouble)),
                }
            }
            Job::Read(source) => {
                let name = source.name().to_owned();
                match guarded(|| read(&mut shelfmark, &source, gate, mail)) {
                    Ok(event) => mail.tell(event),
                    Err(trouble) => mail.tell(Event::Unread(name.clone(), trouble)),
                }
                gate.wishes().stopped.remove(&name);
            }
        }
    }
}

fn read(
    shelfmark: &mut Shelfmark,
    source: &Source,
    gate: &Gate,
    mail: &Mailbox,
) -> Result<Event, Trouble> {
    let name = source.name();
    if !gate.admits(name) {
        return Ok(Event::Stopped(name.to_owned()));
    }
    mail.tell(Event::Opening(name.to_owned()));
    let library = shelfmark.library()?;
    let mut reported: Option<Instant> = None;
    let ingested = library.add(source, &mut |progress| {
        let is_last = progress.text_bytes >= progress.source_bytes;
        // The last report that has only kept blocks is what the time left is reckoned from.
        let is_kept = progress.blocks_indexed == 0;
        if is_last || is_kept || reported.is_none_or(|at| at.elapsed() >= REPORT_EVERY) {
            reported = Some(Instant::now());
            mail.tell(Event::Progress(name.to_owned(), progress));
        }
        if gate.admits(name) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    match ingested.map_err(|error| Trouble::from(&error))? {
        Ingested::Added(record) | Ingested::Unchanged(record) => Ok(Event::Read(record)),
        Ingested::Cancelled => Ok(Event::Stopped(name.to_owned())),
    }
}
