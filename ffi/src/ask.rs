//! Questions to a library, with or without a model.

use std::sync::Arc;

use carrel_core::memory;
pub use carrel_core::memory::{Estimate, Profile};

use crate::cancel::{CancelToken, flag};
use crate::engine::Engine;
use crate::errors::Result;
use crate::library::Library;
use crate::stream::ChunkStream;

/// How a question is to be answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct AskOptions {
    /// What the answer may cost; `Normal` if absent.
    #[uniffi(default = None)]
    pub profile: Option<Profile>,
    /// Names of the documents to ask; all if empty.
    #[uniffi(default = [])]
    pub documents: Vec<String>,
    /// Most tokens that a model may read and write.
    #[uniffi(default = None)]
    pub most_tokens: Option<u64>,
}

/// What an answer may cost, whatever the length of the documents.
#[uniffi::remote(Enum)]
pub enum Profile {
    /// Few passages, no model.
    Instant,
    /// A few windows.
    Normal,
    /// Many windows.
    Deep,
    /// Every window that could matter.
    Exhaustive,
}

/// What an answer is expected to cost at most.
#[uniffi::remote(Record)]
pub struct Estimate {
    /// Passages that are looked at.
    pub passages: u32,
    /// Windows that a model reads.
    pub windows: u32,
    /// Tokens that it reads.
    pub prompt_tokens: u64,
    /// Tokens that it writes.
    pub output_tokens: u64,
    /// Seconds that this takes on this device; absent if a model reads that was never asked before, so
    /// that its speed is unknown.
    pub seconds: Option<f64>,
    /// Memory that the search takes at its peak; the model's own is not in it.
    pub peak_bytes: u64,
}

#[uniffi::export]
impl Library {
    /// Answers a question from the documents, with proof. With an engine, its model points to
    /// sentences where reading words is not enough; without one, code answers alone. A model does
    /// only what it does better than code: the first question to it probes that, with progress.
    #[uniffi::method(default(engine = None, cancel = None))]
    pub fn ask(
        &self,
        question: String,
        options: AskOptions,
        engine: Option<Arc<Engine>>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Arc<ChunkStream>> {
        let (documents, host) = (self.documents.clone(), engine.map(|engine| engine.host.clone()));
        ChunkStream::of(documents.ask(question, options.into(), host, flag(cancel)))
    }

    /// What an answer would cost at most, with the model of this engine or without one. Looks into the
    /// index, but asks no model. What a model may do and how fast it is are known once it was asked.
    #[uniffi::method(default(engine = None))]
    pub fn estimate(
        &self,
        question: String,
        options: AskOptions,
        engine: Option<Arc<Engine>>,
    ) -> Result<Estimate> {
        let host = engine.as_ref().map(|engine| &*engine.host);
        Ok(self.documents.estimate(&question, &options.into(), host)?)
    }
}

impl From<AskOptions> for memory::AskOptions {
    fn from(options: AskOptions) -> Self {
        let profile = options.profile.unwrap_or_default();
        Self { documents: options.documents, profile, most_tokens: options.most_tokens }
    }
}
