//! The prompts over windows, and what reading them takes: all of a reader but its session.
//!
//! The window stands before the question, so that a second question about the same window has only itself
//! to be read. A model without a chat template gets the parts one under the other.

use serde_json::Value;

use super::pace::Pace;
use super::windows::WindowStore;
use crate::error::{Error, Result, TemplateError};
use crate::exec::Model;
use crate::memory::model::{
    EXPECTED_REPLY_TOKENS, Foresight, NONE, POINTS, Reading, Reply, Request,
};
use crate::memory::{Capability, Speed};
use crate::session::{ChatFormat, message};
use crate::template::{Moment, RenderOptions};
use crate::tokenizer::{EncodeOptions, Tokenizer};

/// A model as far as it can be told of without letting it read.
pub struct WindowPrompts {
    pub(super) model: Model,
    tokenizer: Tokenizer,
    format: Option<ChatFormat>,
    n_ctx: usize,
    /// What it may do, and how fast it was when that was found out.
    pub(super) capability: Capability,
    pub(super) pace: Pace,
    pub(super) windows: Option<WindowStore>,
}

impl WindowPrompts {
    pub(super) fn new(
        model: &Model,
        tokenizer: &Tokenizer,
        n_ctx: usize,
        capability: Capability,
    ) -> Result<Self> {
        let format = match ChatFormat::of(model, tokenizer) {
            Ok(format) => Some(format),
            Err(Error::Template(TemplateError::Missing)) => None,
            Err(error) => return Err(error),
        };
        let (model, tokenizer) = (model.clone(), tokenizer.clone());
        let pace = Pace::of(model.spec());
        Ok(Self { model, tokenizer, format, n_ctx, capability, pace, windows: None })
    }

    /// How fast the model is: as it read last, or else as its probe found.
    pub(super) fn speed(&self) -> Option<Speed> {
        self.pace.speed().or(self.capability.speed)
    }

    /// Tokens of `prompt` that come before its question.
    pub(super) fn n_before_question(&self, request: &Request, prompt: &[u32]) -> Result<usize> {
        let other = self.prompt(&Request { question: "", ..*request })?;
        Ok(n_same(prompt, &other))
    }

    pub(super) fn prompt(&self, request: &Request) -> Result<Vec<u32>> {
        let body = format!("{}\n{}", request.window, request.question);
        let Some(format) = &self.format else {
            let text = format!("{}\n\n{body}\n", request.system);
            let options = EncodeOptions { add_special: true, parse_special: false };
            return self.tokenizer.encode(&text, options);
        };
        let with_system = [message("system", request.system), message("user", &body)];
        let variables = serde_json::Map::new();
        let now = Moment::now();
        let ids = |messages: &[Value]| {
            format.ids(&RenderOptions {
                messages,
                tools: &[],
                add_generation_prompt: true,
                variables: &variables,
                now,
            })
        };
        // Some families' templates refuse a system message; it then begins the user's.
        ids(&with_system)
            .or_else(|_| ids(&[message("user", &format!("{}\n\n{body}", request.system))]))
    }

    /// What reading `request` would take of a session that holds the tokens `held`.
    pub(super) fn foreseen(&self, request: &Request, held: &[u32]) -> Result<Reply> {
        let prompt = self.prompt(request)?;
        let mut n_reused = n_same(&prompt, held).min(prompt.len().saturating_sub(1));
        if let Some(store) = &self.windows {
            let n_prefix = self.n_before_question(request, &prompt)?;
            if n_prefix > n_reused && store.holds(self.model.sha256(), &prompt[..n_prefix]) {
                n_reused = n_prefix;
            }
        }
        let output_tokens = self.pace.reply_tokens().unwrap_or(EXPECTED_REPLY_TOKENS);
        let mut reply = Reply {
            text: if self.pace.mostly_points() { POINTS } else { NONE }.to_owned(),
            prompt_tokens: prompt.len() as u64,
            reused_tokens: n_reused as u64,
            output_tokens,
            ..Reply::default()
        };
        if let Some(speed) = self.speed() {
            let us = |tokens: f64, a_second: f64| tokens * 1e6 / a_second;
            let work = self.pace.work(reply.prompt_tokens, reply.reused_tokens);
            let read_us = us(work, speed.prompt_tokens_per_s);
            reply.prompt_us = (self.pace.other_us() + read_us) as u64;
            reply.output_us = us(output_tokens as f64, speed.output_tokens_per_s) as u64;
        }
        Ok(reply)
    }
}

impl Foresight for WindowPrompts {
    fn reading(&self) -> Reading {
        self.capability.reading
    }

    fn writes(&self) -> bool {
        self.capability.writes
    }

    fn context_tokens(&self) -> usize {
        self.n_ctx
    }

    fn tokens_in(&self, text: &str) -> usize {
        let plain = EncodeOptions { add_special: false, parse_special: false };
        // A text that cannot be encoded has more tokens than any context holds.
        self.tokenizer.encode(text, plain).map_or(usize::MAX / 2, |ids| ids.len())
    }

    fn foresee(&self, request: &Request, before: Option<&Request>) -> Result<Reply> {
        let held = before.map(|before| self.prompt(before)).transpose()?;
        self.foreseen(request, &held.unwrap_or_default())
    }
}

/// Tokens with which both begin.
fn n_same(one: &[u32], other: &[u32]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}
