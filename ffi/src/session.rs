//! One conversation.

use std::sync::Arc;

use carrel_core::service::Conversation;
pub use carrel_core::service::{Message, Role};

use crate::cancel::{CancelToken, flag};
use crate::engine::Engine;
use crate::errors::Result;
use crate::generate::GenerateOptions;
use crate::stream::ChunkStream;

/// Who said something.
#[uniffi::remote(Enum)]
pub enum Role {
    /// The app, before everything else.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool that the model asked for.
    Tool,
}

/// Something that was said.
#[uniffi::remote(Record)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub text: String,
}

/// How much of its context a session uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ContextUse {
    /// Tokens in the cache; 0 while a stream is under way.
    pub used_tokens: u32,
    /// Tokens that fit.
    pub total_tokens: u32,
}

/// One conversation with a model. Does one thing at a time: what is asked of it while a stream is
/// under way throws `Busy`.
#[derive(uniffi::Object)]
pub struct Session {
    engine: Arc<Engine>,
    inner: Conversation,
}

#[uniffi::export]
impl Session {
    /// Continues a text. What was read before and is read again costs nothing.
    #[uniffi::method(default(cancel = None))]
    pub fn generate(
        &self,
        prompt: String,
        options: GenerateOptions,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Arc<ChunkStream>> {
        ChunkStream::of(self.inner.generate(prompt, options.try_into()?, flag(cancel)))
    }

    /// Adds messages, usually one of the person or results of tools, and lets the model answer. What
    /// it says becomes a message, too, also when it was cancelled in the middle; after an error
    /// nothing was added.
    #[uniffi::method(default(cancel = None))]
    pub fn chat(
        &self,
        messages: Vec<Message>,
        options: GenerateOptions,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<Arc<ChunkStream>> {
        ChunkStream::of(self.inner.chat(messages, options.try_into()?, flag(cancel)))
    }

    /// What was said so far, the system prompt included.
    pub fn messages(&self) -> Vec<Message> {
        self.inner.messages()
    }

    /// How much of the context is used.
    pub fn context_use(&self) -> ContextUse {
        ContextUse {
            used_tokens: self.inner.n_past() as u32,
            total_tokens: self.engine.info.memory.context_tokens,
        }
    }

    /// Forgets everything but the system prompt.
    pub fn clear(&self) -> Result<()> {
        Ok(self.inner.clear()?)
    }

    /// Writes the conversation and its cache to a file, whole or not at all.
    pub fn save(&self, path: String) -> Result<()> {
        Ok(self.inner.save(path.as_ref())?)
    }

    /// Takes over what was saved by a session on the same model with the same options. After an
    /// error the session is as it was before.
    pub fn restore(&self, path: String) -> Result<()> {
        Ok(self.inner.restore(path.as_ref())?)
    }
}

impl Session {
    pub(crate) fn begin(
        engine: Arc<Engine>,
        system_prompt: Option<String>,
        history: Vec<Message>,
    ) -> Arc<Self> {
        let system = system_prompt.map(|text| Message { role: Role::System, text });
        let messages = system.into_iter().chain(history).collect();
        let inner = engine.host.conversation(messages);
        Arc::new(Self { engine, inner })
    }
}
