//! What a generation tells, in this order: `Progress* Text* End`.

use crate::error::Error;

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A part of the prompt was read.
    Progress {
        /// Tokens of the prompt that are in the cache now.
        n_done: usize,
        /// Tokens of the prompt.
        n_total: usize,
    },
    /// Text that is final: never half a character, never a part of a stop string.
    Text(String),
    /// The generation is over. Nothing comes after it.
    End(End),
}

/// How a generation ended.
#[derive(Debug)]
pub struct End {
    /// Why.
    pub reason: EndReason,
    /// By how much the logit of every token lay above the next one's that was a candidate, at the least;
    /// 0 where tokens were drawn, ∞ where there was never a choice.
    pub margin: f32,
    /// Tokens that it took.
    pub usage: Usage,
    /// Time that it took.
    pub timings: Timings,
}

/// Why a generation ended.
#[derive(Debug)]
pub enum EndReason {
    /// The model is done, or the grammar is complete.
    EndOfTurn,
    /// A stop string appeared; it is not part of the text.
    Stop(String),
    /// As many tokens as were asked for.
    Length,
    /// The context holds no further token.
    ContextFull,
    /// The caller asked to stop.
    Cancelled,
    /// It could not go on.
    Failed(Error),
}

impl EndReason {
    /// A word for scripts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::EndOfTurn => "end_of_turn",
            Self::Stop(_) => "stop",
            Self::Length => "length",
            Self::ContextFull => "context_full",
            Self::Cancelled => "cancelled",
            Self::Failed(_) => "failed",
        }
    }
}

/// Tokens that a generation took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub n_prompt: usize,
    /// Those of them that were still in the cache.
    pub n_reused: usize,
    /// Tokens that were generated.
    pub n_generated: usize,
    /// Tokens that were drafted by copying.
    pub n_drafted: usize,
    /// Those of them that were right.
    pub n_accepted: usize,
}

/// Time that a generation took, by the wall clock.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Timings {
    /// Reading the prompt.
    pub prompt_ms: f64,
    /// Everything after that, the caller's time between events not included.
    pub decode_ms: f64,
}
