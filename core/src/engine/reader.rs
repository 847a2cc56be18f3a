//! A session that reads windows for the room `memory`: prompt in, reply in the agreed form out.
//!
//! The reply is held to the form by the contract's grammar, greedily. The window stands before the
//! question, so a second question about the same window finds it in the cache, or on disk if windows
//! are kept there. A model without a chat template gets the parts one under the other.

use std::time::Instant;

use serde_json::Value;

use super::pace::Pace;
use super::windows::WindowStore;
use crate::cancel::CancelFlag;
use crate::error::{Error, Result, TemplateError};
use crate::exec::Model;
use crate::memory::model::{EXPECTED_REPLY_TOKENS, Reading, Reply, Request, TextModel};
use crate::memory::{Capability, Speed};
use crate::sample::{GrammarSource, Grammars};
use crate::session::{ChatFormat, EndReason, GenerateOptions, Session, grammars_for, message};
use crate::template::{Moment, RenderOptions};
use crate::tokenizer::EncodeOptions;

/// A session with everything that reading windows takes.
pub struct WindowReader {
    session: Session,
    grammars: Grammars,
    format: Option<ChatFormat>,
    cancel: CancelFlag,
    reading: Reading,
    writes: bool,
    pace: Pace,
    /// How fast the model was when it was probed.
    probed_speed: Option<Speed>,
    model: Model,
    windows: Option<WindowStore>,
}

impl WindowReader {
    pub(super) fn new(session: Session, model: &Model, cancel: &CancelFlag) -> Result<Self> {
        let format = match ChatFormat::of(model, session.tokenizer()) {
            Ok(format) => Some(format),
            Err(Error::Template(TemplateError::Missing)) => None,
            Err(error) => return Err(error),
        };
        let grammars = grammars_for(session.tokenizer())?;
        Ok(Self {
            session,
            grammars,
            format,
            cancel: cancel.clone(),
            reading: Reading::Spans,
            writes: false,
            pace: Pace::of(model.spec()),
            probed_speed: None,
            model: model.clone(),
            windows: None,
        })
    }

    /// Keeps the states of windows in `store`, and takes them from there. The whole model file is
    /// read once for its hash, if nobody did yet.
    pub fn keep_windows(&mut self, store: WindowStore) {
        self.windows = Some(store);
    }

    /// Sets what the model may do, where its probe is not to decide.
    pub fn set_reading(&mut self, reading: Reading) {
        self.reading = reading;
    }

    /// Lets the model do what its probe found that it can.
    pub fn allow(&mut self, capability: Capability) {
        self.reading = capability.reading;
        self.writes = capability.writes;
        self.probed_speed = capability.speed;
    }

    /// How fast the model is: as it read last, or else as its probe found.
    pub fn speed(&self) -> Option<Speed> {
        self.pace.speed().or(self.probed_speed)
    }

    /// Tokens of `prompt` that come before its question.
    fn n_before_question(&self, request: &Request, prompt: &[u32]) -> Result<usize> {
        let other = self.prompt(&Request { question: "", ..*request })?;
        Ok(n_same(prompt, &other))
    }

    /// Brings the state after `prefix` into the session, if it is kept and not there already.
    fn recall(&mut self, prefix: &[u32]) {
        if let Some(store) = &self.windows
            && !self.session.tokens().starts_with(prefix)
        {
            store.load(self.model.sha256(), prefix, &mut self.session);
        }
    }

    /// Keeps the state after `prefix`, with which the session begins.
    fn keep(&mut self, prefix: &[u32]) -> Result<()> {
        match &self.windows {
            Some(store)
                if self.session.tokens().starts_with(prefix)
                    && self.session.can_truncate(prefix.len()) =>
            {
                self.session.truncate(prefix.len())?;
                store.save(self.model.sha256(), prefix, &mut self.session)
            }
            _ => Ok(()),
        }
    }

    fn prompt(&self, request: &Request) -> Result<Vec<u32>> {
        let body = format!("{}\n{}", request.window, request.question);
        let Some(format) = &self.format else {
            let text = format!("{}\n\n{body}\n", request.system);
            let options = EncodeOptions { add_special: true, parse_special: false };
            return self.session.tokenizer().encode(&text, options);
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
}

impl TextModel for WindowReader {
    fn reading(&self) -> Reading {
        self.reading
    }

    fn writes(&self) -> bool {
        self.writes
    }

    fn context_tokens(&self) -> usize {
        self.session.n_ctx()
    }

    fn tokens_in(&self, text: &str) -> usize {
        let plain = EncodeOptions { add_special: false, parse_special: false };
        // A text that cannot be encoded has more tokens than any context holds.
        self.session.tokenizer().encode(text, plain).map_or(usize::MAX / 2, |ids| ids.len())
    }

    fn foresee(&self, request: &Request, before: Option<&Request>) -> Result<Reply> {
        let prompt = self.prompt(request)?;
        let n_held = match before {
            Some(before) => n_same(&prompt, &self.prompt(before)?),
            None => n_same(&prompt, self.session.tokens()),
        };
        let mut n_reused = n_held.min(prompt.len().saturating_sub(1));
        if let Some(store) = &self.windows {
            let n_prefix = self.n_before_question(request, &prompt)?;
            if n_prefix > n_reused && store.holds(self.model.sha256(), &prompt[..n_prefix]) {
                n_reused = n_prefix;
            }
        }
        let output_tokens = self.pace.reply_tokens().unwrap_or(EXPECTED_REPLY_TOKENS);
        let mut reply = Reply {
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

    fn read(&mut self, request: &Request) -> Result<Reply> {
        let started = Instant::now();
        let prompt = self.prompt(request)?;
        let n_prefix = match self.windows {
            Some(_) => self.n_before_question(request, &prompt)?,
            None => 0,
        };
        self.recall(&prompt[..n_prefix]);
        let grammar = self.grammars.compile(&GrammarSource::Lark(request.contract.lark()))?;
        let options = GenerateOptions {
            max_tokens: request.contract.most_tokens(),
            grammar: Some(grammar),
            cancel: self.cancel.clone(),
            ..GenerateOptions::default()
        };
        let (_, text, end) = self.session.generate(&prompt, options)?.finish();
        let Some(end) = end else { return Ok(Reply::default()) };
        if let EndReason::Failed(error) = end.reason {
            return Err(error);
        }
        self.keep(&prompt[..n_prefix])?;
        let reply = Reply {
            text,
            margin: end.margin,
            prompt_tokens: end.usage.n_prompt as u64,
            reused_tokens: end.usage.n_reused as u64,
            output_tokens: end.usage.n_generated as u64,
            prompt_us: (end.timings.prompt_ms * 1e3) as u64,
            output_us: (end.timings.decode_ms * 1e3) as u64,
        };
        self.pace.add(&reply, started.elapsed().as_micros() as u64);
        Ok(reply)
    }
}

/// Tokens with which both begin.
fn n_same(one: &[u32], other: &[u32]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}
