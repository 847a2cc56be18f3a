//! A library that is added to, asked and looked at by several threads.
//!
//! Every piece of work on a library in a file has a connection of its own, so that documents can be
//! listed and asked while another is being read. A library in memory does one thing at a time.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use super::asking::Asking;
use super::host::Host;
use super::pace::Pace;
use super::stream::{Chunk, Stream};
use crate::cancel::CancelFlag;
use crate::error::{Error, MemoryError, Result};
use crate::memory::digest::Order;
use crate::memory::store::{MemoryStore, SharedStore, SqliteStore, WatchedStore};
use crate::memory::{
    AskOptions, Author, Capability, DigestEnd, DigestOptions, DigestProgress, Estimate, Ingested,
    Library, Profile, Progress, Source, TextModel,
};

/// Longest sleep between two looks at a flag while a library in memory is in use.
const LOOK: Duration = Duration::from_millis(5);

/// Documents that can be asked.
pub struct Documents {
    place: Place,
    pace: Pace,
}

enum Place {
    File(PathBuf),
    /// The store, and whose turn it is.
    Memory(SharedStore, Mutex<()>),
}

impl Documents {
    /// The library in the file `path`, which is made if there is none.
    ///
    /// # Errors
    /// If the file is no library, is damaged, of another version, or kept busy by another process.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        SqliteStore::open(path.as_ref())?;
        Ok(Self { place: Place::File(path.as_ref().to_owned()), pace: Pace::default() })
    }

    /// A library that is gone when it is dropped.
    pub fn in_memory() -> Self {
        let store = Arc::new(Mutex::new(MemoryStore::default()));
        Self { place: Place::Memory(store, Mutex::new(())), pace: Pace::default() }
    }

    /// The pace at which documents are read.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Reads a document into the library, or brings the one of the same name up to date. Can be
    /// cancelled or killed at any time: what was read is kept, and the next attempt goes on there.
    ///
    /// # Errors
    /// If there can be no further thread; what goes wrong later is told by the stream.
    pub fn add(self: Arc<Self>, source: Source, cancel: CancelFlag) -> Result<Stream> {
        Stream::start(CancelFlag::below([cancel]), move |outlet| {
            let mut begun = Instant::now();
            let mut told = |progress: Progress| {
                let worked = begun.elapsed();
                let total = progress.source_bytes.max(progress.text_bytes);
                outlet.send(Chunk::Progress { done: progress.text_bytes, total });
                self.pace.wait(worked, outlet.flag());
                begun = Instant::now();
                match outlet.flag().is_cancelled() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            };
            let ingested = self.until(outlet.flag(), |library| library.add(&source, &mut told))?;
            Ok(match ingested {
                Some(Ingested::Added(document)) => Chunk::Added { document, changed: true },
                Some(Ingested::Unchanged(document)) => Chunk::Added { document, changed: false },
                Some(Ingested::Cancelled) | None => Chunk::Cancelled,
            })
        })
    }

    /// Answers a question. With a host, its model points to sentences where reading words is not
    /// enough, as far as its probe found it able to. The first question to a model that was never
    /// probed probes it, which takes as long as reading a few pages; progress counts the probes and
    /// the windows that the model reads.
    ///
    /// # Errors
    /// If there can be no further thread; what goes wrong later is told by the stream.
    pub fn ask(
        self: Arc<Self>,
        question: String,
        options: AskOptions,
        host: Option<Arc<Host>>,
        cancel: CancelFlag,
    ) -> Result<Stream> {
        // An instant answer is found without a model.
        let host = host.filter(|_| options.profile != Profile::Instant);
        let stop = host.as_ref().map(|host| host.stop_flag());
        let flag = CancelFlag::below([cancel].into_iter().chain(stop));
        Stream::start(flag, move |outlet| {
            if host.is_some() {
                // What is wrong with a question is told before a model is loaded and probed for it.
                let checked =
                    self.until(outlet.flag(), |library| library.check(&question, &options))?;
                if checked.is_none() {
                    return Ok(Chunk::Cancelled);
                }
            }
            let job = host.as_ref().map(Host::begin).transpose()?;
            let mut asking = match &job {
                None => None,
                Some(job) => match Asking::begin(job, outlet)? {
                    None => return Ok(Chunk::Cancelled),
                    asking => asking,
                },
            };
            let answer = self.until(outlet.flag(), |library| {
                let model = asking.as_mut().map(|asking| asking as &mut dyn TextModel);
                library.ask_with(&question, &options, model)
            })?;
            if let Some(asking) = &asking {
                asking.remember_speed();
            }
            // A reader that was stopped says nothing, which looks like an answer.
            let answer = answer.filter(|_| !outlet.flag().is_cancelled());
            Ok(answer.map_or(Chunk::Cancelled, |answer| {
                outlet.send(Chunk::Text(answer.answer.clone()));
                Chunk::Answered(answer)
            }))
        })
    }

    /// Lets the model of `host` read the documents, all if none is named, and write facts and summaries,
    /// which later questions are answered with; see [`crate::memory::digest`]. Probes it first if nobody
    /// did yet. Progress counts probes, then windows. If time is short, what stands for the most is read
    /// first. Cancelled or killed, the next call goes on where this one ended.
    ///
    /// # Errors
    /// If there can be no further thread; what goes wrong later is told by the stream, also that the
    /// probe does not let the model write.
    pub fn digest(
        self: Arc<Self>,
        documents: Vec<String>,
        most_time: Option<Duration>,
        host: Arc<Host>,
        cancel: CancelFlag,
    ) -> Result<Stream> {
        let order = if most_time.is_some() { Order::Importance } else { Order::Document };
        let options = DigestOptions { documents, order, most_time, ..DigestOptions::default() };
        let flag = CancelFlag::below([cancel, host.stop_flag()]);
        Stream::start(flag, move |outlet| {
            let job = host.begin()?;
            let Some(asking) = Asking::begin(&job, outlet)? else { return Ok(Chunk::Cancelled) };
            let mut reader = asking.into_reader();
            let author = Author { name: host.model_name(), model: job.engine.model().sha256() };
            let mut begun = Instant::now();
            let mut told = |progress: DigestProgress| {
                let (done, total) = (progress.windows as u64, progress.of_windows as u64);
                outlet.send(Chunk::Progress { done, total });
                host.pace().wait(begun.elapsed(), outlet.flag());
                begun = Instant::now();
                match outlet.flag().is_cancelled() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            };
            let digest = self.until(outlet.flag(), |library| {
                library.digest(&author, &mut reader, &options, &mut told)
            })?;
            let digest = digest.filter(|digest| digest.end != DigestEnd::Cancelled);
            Ok(digest.map_or(Chunk::Cancelled, Chunk::Digested))
        })
    }

    /// What an answer would cost, with the model of a host or without one. Asks no model: of one that
    /// was never asked it tells what the answer costs at most, in tokens, for its speed is unknown.
    ///
    /// # Errors
    /// If the library cannot be opened, or as [`Library::estimate`].
    pub fn estimate(
        &self,
        question: &str,
        options: &AskOptions,
        host: Option<&Host>,
    ) -> Result<Estimate> {
        let capability = host.map(|host| {
            // Whoever holds it is probing, which nobody has to wait for.
            let known = host.capability().try_lock().ok().and_then(|known| *known);
            known.unwrap_or(Capability::UNKNOWN)
        });
        let loaded = host.and_then(Host::loaded);
        self.now(|library| match (&loaded, capability) {
            (Some(loaded), Some(capability)) => {
                let model = loaded.engine.foresight(capability)?;
                library.estimate_with(question, options, &model)
            }
            _ => library.estimate(question, options, capability),
        })
    }

    /// Does work that nothing ends early.
    ///
    /// # Errors
    /// If the library cannot be opened, or what `work` answers.
    pub fn now<T>(&self, work: impl FnOnce(&mut Library) -> Result<T>) -> Result<T> {
        self.until(&CancelFlag::new(), work)?.ok_or_else(|| MemoryError::Stopped.into())
    }

    /// Does work that ends with a flag; `None` if the flag ended it.
    fn until<T>(
        &self,
        cancel: &CancelFlag,
        work: impl FnOnce(&mut Library) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut held = None;
        let store: SharedStore = match &self.place {
            Place::File(path) => Arc::new(Mutex::new(SqliteStore::open(path)?)),
            Place::Memory(store, turns) => {
                held = turn(turns, cancel);
                if held.is_none() {
                    return Ok(None);
                }
                store.clone()
            }
        };
        let store = WatchedStore::new(store, cancel.clone());
        let done = work(&mut Library::with_store(Box::new(store)));
        drop(held);
        match done {
            Err(Error::Memory(MemoryError::Stopped)) => Ok(None),
            done => Ok(Some(done?)),
        }
    }
}

/// Waits for a turn; `None` if the flag was set meanwhile.
pub(super) fn turn<'a, T>(turns: &'a Mutex<T>, cancel: &CancelFlag) -> Option<MutexGuard<'a, T>> {
    while !cancel.is_cancelled() {
        match turns.try_lock() {
            Ok(turn) => return Some(turn),
            Err(TryLockError::Poisoned(turn)) => return Some(turn.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK),
        }
    }
    None
}
