//! A model within a budget of memory.

use std::sync::Arc;

pub use carrel_core::service::ThermalState;
use carrel_core::service::{Host, HostOptions};

use crate::errors::Result;
use crate::model::{EngineOptions, GpuVerdict, ModelInfo};
use crate::session::{Message, Session};

/// How short of memory the device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum MemoryPressure {
    /// Give back what is not used right now: the caches of idle sessions.
    Warning,
    /// Give back everything: as `unload`.
    Critical,
}

/// How hot the device is, in the words of both platforms.
#[uniffi::remote(Enum)]
pub enum ThermalState {
    /// Cool: work at full speed.
    Nominal,
    /// Warm: work at full speed.
    Fair,
    /// Hot: work half of the time.
    Serious,
    /// Too hot: work a fifth of the time.
    Critical,
}

/// A model that sessions and questions use. Weights and caches may be given back at any time;
/// sessions keep their conversations, and load the model again when they need it.
#[derive(uniffi::Object)]
pub struct Engine {
    pub(crate) host: Arc<Host>,
    pub(crate) info: ModelInfo,
    verdict: GpuVerdict,
}

#[uniffi::export]
impl Engine {
    /// Opens a model. Blocks while it is loaded: call it off the main thread.
    #[uniffi::constructor(name = "new")]
    pub fn open(options: EngineOptions) -> Result<Arc<Self>> {
        let host = Host::open(HostOptions::try_from(options)?)?;
        let loaded = host.loaded().expect("just loaded");
        let (info, verdict) = ((&*loaded).into(), loaded.verdict.clone());
        Ok(Arc::new(Self { host, info, verdict }))
    }

    /// What is known about the model.
    pub fn info(&self) -> ModelInfo {
        self.info.clone()
    }

    /// What came of the wish for a GPU.
    pub fn gpu_verdict(&self) -> GpuVerdict {
        self.verdict.clone()
    }

    /// Whether the model is in memory.
    pub fn is_loaded(&self) -> bool {
        self.host.loaded().is_some()
    }

    /// A conversation: with a system prompt, or continuing an earlier one. Memory for it is taken
    /// when it is first used.
    #[uniffi::method(default(system_prompt = None, history = []))]
    pub fn session(
        self: Arc<Self>,
        system_prompt: Option<String>,
        history: Vec<Message>,
    ) -> Arc<Session> {
        Session::begin(self, system_prompt, history)
    }

    /// Ends all streams of this model as cancelled, waits for them, and gives weights and caches
    /// back. Answers how many bytes these were.
    pub fn unload(&self) -> u64 {
        self.host.unload()
    }

    /// Gives memory back. Answers how many bytes.
    pub fn shed_memory(&self, pressure: MemoryPressure) -> u64 {
        match pressure {
            MemoryPressure::Warning => self.host.shed_caches(),
            MemoryPressure::Critical => self.host.unload(),
        }
    }

    /// Says how hot the device is; work slows down.
    pub fn thermal_hint(&self, state: ThermalState) {
        self.host.pace().set_thermal(state);
    }

    /// Holds all work of this model up, between two tokens, until `resume`, and waits for the GPU, if it
    /// computes: systems take it from apps in the background.
    pub fn suspend(&self) {
        self.host.suspend();
    }

    /// Lets work go on.
    pub fn resume(&self) {
        self.host.resume();
    }
}
