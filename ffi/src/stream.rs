//! Streams: pulled chunks with exactly one end. The rules stand in the core's `service/stream.rs`.

use std::sync::Arc;

use carrel_core::session::{self, EndReason};
use carrel_core::{memory, service};

use crate::answer::Answer;
use crate::errors::{CarrelError, Result};
use crate::library::Document;

/// A piece of a stream.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Chunk {
    /// How far the work is: tokens of the prompt, bytes of the document, windows of the question.
    Progress {
        /// Done so far.
        done: u64,
        /// All of them; may be an estimate.
        total: u64,
    },
    /// Text that is final: never half a character.
    Text {
        /// The text.
        text: String,
    },
    /// The last chunk of a generation.
    Finished {
        /// Why it ended.
        reason: FinishReason,
        /// Tools that the model wants to be used.
        tool_calls: Vec<ToolCall>,
        /// What it took.
        usage: Usage,
    },
    /// The last chunk of a question.
    Answered {
        /// The answer with its proof.
        answer: Answer,
    },
    /// The last chunk of reading a document.
    Added {
        /// The document as it is in the library now.
        document: Document,
        /// Whether it was read; `false` if it was there as it is.
        changed: bool,
    },
    /// The last chunk of a model's writing about documents.
    Digested {
        /// Whether everything is written; otherwise the time ended first, and the next call goes on.
        is_complete: bool,
    },
    /// The last chunk of work that was cancelled.
    Cancelled,
}

/// Why a generation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FinishReason {
    /// The model is done, or its JSON or grammar is complete.
    EndOfTurn,
    /// A stop text appeared.
    Stop,
    /// As many tokens as were asked for.
    Length,
    /// The context holds no further token.
    ContextFull,
}

/// The model wants a tool to be used.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ToolCall {
    /// Name of the tool.
    pub name: String,
    /// What it is given: a JSON object.
    pub arguments_json: String,
}

/// What a generation took.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: u64,
    /// Those of them that were in the cache already.
    pub reused_tokens: u64,
    /// Tokens that were generated.
    pub output_tokens: u64,
    /// Milliseconds for the prompt.
    pub prompt_ms: f64,
    /// Milliseconds for the tokens after it.
    pub output_ms: f64,
}

/// Work under way. Pull it with `next` until its last chunk; freeing it cancels it.
#[derive(uniffi::Object)]
pub struct ChunkStream {
    inner: service::Stream,
}

#[uniffi::export]
impl ChunkStream {
    /// The next chunks, at least one and at most `max`; none after the end. Throws the failure that
    /// ended the work, once. Blocks until there is something: call it off the main thread.
    pub fn next(&self, max: u32) -> Result<Vec<Chunk>> {
        self.inner.next(max as usize)?.into_iter().map(Chunk::try_from).collect()
    }

    /// Stops the work. Its last chunk is then `Cancelled`, unless it had just come to its end.
    pub fn cancel(&self) {
        self.inner.cancel();
    }
}

impl ChunkStream {
    /// The exported form of a stream, or of why it could not begin.
    pub fn of(begun: carrel_core::Result<service::Stream>) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { inner: begun? }))
    }
}

impl TryFrom<service::Chunk> for Chunk {
    type Error = CarrelError;

    fn try_from(chunk: service::Chunk) -> Result<Self> {
        Ok(match chunk {
            service::Chunk::Progress { done, total } => Self::Progress { done, total },
            service::Chunk::Text(text) => Self::Text { text },
            service::Chunk::Answered(answer) => {
                let memory::Answer { status, answer: text, citations, usage, written_by } = answer;
                Self::Answered { answer: Answer { status, text, citations, usage, written_by } }
            }
            service::Chunk::Added { document, changed } => {
                Self::Added { document: Document::from(&document), changed }
            }
            service::Chunk::Digested(end) => Self::Digested { is_complete: end.is_complete() },
            service::Chunk::Cancelled => Self::Cancelled,
            service::Chunk::Finished { end, tool_calls } => {
                let usage = Usage {
                    prompt_tokens: end.usage.n_prompt as u64,
                    reused_tokens: end.usage.n_reused as u64,
                    output_tokens: end.usage.n_generated as u64,
                    prompt_ms: end.timings.prompt_ms,
                    output_ms: end.timings.decode_ms,
                };
                let reason = match end.reason {
                    EndReason::EndOfTurn => FinishReason::EndOfTurn,
                    EndReason::Stop(_) => FinishReason::Stop,
                    EndReason::Length => FinishReason::Length,
                    EndReason::ContextFull => FinishReason::ContextFull,
                    EndReason::Cancelled => return Ok(Self::Cancelled),
                    EndReason::Failed(error) => return Err(error.into()),
                };
                let called = |call: session::ToolCall| ToolCall {
                    name: call.name,
                    arguments_json: call.arguments.to_string(),
                };
                let tool_calls = tool_calls.into_iter().map(called).collect();
                Self::Finished { reason, tool_calls, usage }
            }
        })
    }
}
