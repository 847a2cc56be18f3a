//! A model within a budget of memory: loaded, given back, loaded again when it is needed.
//!
//! Weights and caches may be given back at any time. Conversations stay; the next thing that is asked
//! of them loads the model again and reads the conversation again.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, Weak};

use super::conversation::{Conversation, Message, Slot};
use super::loaded::Loaded;
use super::pace::Pace;
use super::place::Backend;
use super::{lock, waited};
use crate::cancel::CancelFlag;
use crate::engine::EngineOptions;
use crate::error::Result;
use crate::memory::Capability;

/// Which model, and what it may cost.
#[derive(Debug, Clone, Default)]
pub struct HostOptions {
    /// The model file.
    pub model: PathBuf,
    /// Context, memory, threads.
    pub engine: EngineOptions,
    /// What computes; the fastest that computes right if absent.
    pub backend: Option<Backend>,
    /// A folder of the app's own: a mark stands there while a model is loaded, and what its probe
    /// found and what was measured to choose kernels is kept there. Without one, a crash while loading
    /// is not noticed, and every process probes and measures anew.
    pub state_folder: Option<PathBuf>,
    /// Keep the copies of weights that our own kernels read in that folder, too: about as many bytes
    /// as the model's file, and later starts map them instead of making them again.
    pub keep_packed: bool,
    /// Load even if the process died while loading this model before.
    pub retry_after_crash: bool,
}

/// A model that conversations and questions use.
pub struct Host {
    options: HostOptions,
    loaded: Mutex<Option<Arc<Loaded>>>,
    /// Stops everything that uses the model; a new one after every [`Self::unload`].
    stop: Mutex<CancelFlag>,
    running: Mutex<usize>,
    ended: Condvar,
    slots: Mutex<Vec<Weak<Mutex<Slot>>>>,
    pace: Pace,
    /// What the model may do for answers and how fast, once its probe found that out.
    capability: Mutex<Option<Capability>>,
}

impl Host {
    /// Loads a model.
    ///
    /// # Errors
    /// As [`crate::engine::Engine::open`], and if the process died while it loaded this model before.
    pub fn open(options: HostOptions) -> Result<Arc<Self>> {
        let pace = Pace::default();
        let loaded = Loaded::load(&options, pace.hint())?;
        Ok(Arc::new(Self {
            options,
            loaded: Mutex::new(Some(Arc::new(loaded))),
            stop: Mutex::default(),
            running: Mutex::default(),
            ended: Condvar::new(),
            slots: Mutex::default(),
            pace,
            capability: Mutex::default(),
        }))
    }

    /// The model, if it is in memory.
    pub fn loaded(&self) -> Option<Arc<Loaded>> {
        lock(&self.loaded).clone()
    }

    /// The name of the model's file, without its ending.
    pub fn model_name(&self) -> String {
        let model = &self.options.model;
        model.file_stem().unwrap_or(model.as_os_str()).to_string_lossy().into_owned()
    }

    /// The pace of everything that uses the model.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// What the model may do for answers and how fast, if that is known already. Held while it is
    /// found out.
    pub(super) fn capability(&self) -> &Mutex<Option<Capability>> {
        &self.capability
    }

    /// Where reports of probes are kept.
    pub(super) fn probe_folder(&self) -> Option<PathBuf> {
        self.options.state_folder.as_ref().map(|folder| folder.join("probes"))
    }

    /// Holds everything that uses the model up, between two tokens, and waits for the GPU, if there is
    /// one: systems take it from apps in the background. Until [`Self::resume`].
    pub fn suspend(&self) {
        self.pace.set_suspended(true);
        if let Some(loaded) = self.loaded() {
            loaded.engine.suspend();
        }
    }

    /// Lets work go on.
    pub fn resume(&self) {
        if let Some(loaded) = self.loaded() {
            loaded.engine.resume();
        }
        self.pace.set_suspended(false);
    }

    /// A flag that is set when the model is given back.
    pub fn stop_flag(&self) -> CancelFlag {
        lock(&self.stop).clone()
    }

    /// A conversation that begins with `messages`. Memory for it is taken when it is first used.
    pub fn conversation(self: &Arc<Self>, messages: Vec<Message>) -> Conversation {
        let conversation = Conversation::new(self.clone(), messages);
        let mut slots = lock(&self.slots);
        slots.retain(|slot| slot.strong_count() > 0);
        slots.push(conversation.slot());
        conversation
    }

    /// Begins a job that uses the model, which is loaded again if it was given back.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(super) fn begin(self: &Arc<Self>) -> Result<Job> {
        let mut slot = lock(&self.loaded);
        let loaded = match &*slot {
            Some(loaded) => loaded.clone(),
            None => slot.insert(Arc::new(Loaded::load(&self.options, self.pace.hint())?)).clone(),
        };
        *lock(&self.running) += 1;
        Ok(Job { loaded: Some(loaded), host: self.clone() })
    }

    /// Ends everything that uses the model as cancelled, waits for it, and gives weights and caches
    /// back. Answers how many bytes these were.
    pub fn unload(&self) -> u64 {
        let mut loaded = lock(&self.loaded);
        std::mem::take(&mut *lock(&self.stop)).cancel();
        let mut running = lock(&self.running);
        while *running > 0 {
            running = waited(self.ended.wait(running));
        }
        let weight_bytes = loaded.take().map_or(0, |loaded| {
            let need = loaded.engine.settings().need;
            need.mapped_bytes + need.copied_bytes
        });
        weight_bytes + self.shed_caches()
    }

    /// Gives the caches of conversations back that are idle. Answers how many bytes these were.
    pub fn shed_caches(&self) -> u64 {
        let slots = lock(&self.slots);
        slots.iter().filter_map(Weak::upgrade).map(|slot| lock(&slot).shed()).sum()
    }
}

/// A job that uses the model, as long as it lives.
pub(super) struct Job {
    loaded: Option<Arc<Loaded>>,
    pub(super) host: Arc<Host>,
}

impl Deref for Job {
    type Target = Loaded;

    fn deref(&self) -> &Loaded {
        self.loaded.as_ref().expect("only drop takes it")
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // Whoever waits for the end of all jobs finds the model unused.
        self.loaded = None;
        *lock(&self.host.running) -= 1;
        self.host.ended.notify_all();
    }
}
