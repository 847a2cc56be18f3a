//! A session that reads windows for the room `memory`: prompt in, reply in the agreed form out.
//!
//! The reply is held to the form by the contract's grammar, greedily. The window stands before the
//! question, so a second question about the same window finds it in the cache, or on disk if windows
//! are kept there.

use std::time::Instant;

use super::prompts::WindowPrompts;
use super::windows::WindowStore;
use crate::cancel::CancelFlag;
use crate::error::Result;
use crate::exec::Model;
use crate::memory::model::{Foresight, Reading, Reply, Request, TextModel};
use crate::memory::{Capability, Speed};
use crate::sample::{GrammarSource, Grammars};
use crate::session::{EndReason, GenerateOptions, Session, grammars_for};

/// A session with everything that reading windows takes.
pub struct WindowReader {
    session: Session,
    grammars: Grammars,
    cancel: CancelFlag,
    prompts: WindowPrompts,
}

impl WindowReader {
    pub(super) fn new(session: Session, model: &Model, cancel: &CancelFlag) -> Result<Self> {
        let (tokenizer, n_ctx) = (session.tokenizer(), session.n_ctx());
        let prompts = WindowPrompts::new(model, tokenizer, n_ctx, Capability::UNKNOWN)?;
        let grammars = grammars_for(tokenizer)?;
        Ok(Self { session, grammars, cancel: cancel.clone(), prompts })
    }

    /// Keeps the states of windows in `store`, and takes them from there. The whole model file is
    /// read once for its hash, if nobody did yet.
    pub fn keep_windows(&mut self, store: WindowStore) {
        self.prompts.windows = Some(store);
    }

    /// Sets what the model may do, where its probe is not to decide.
    pub fn set_reading(&mut self, reading: Reading) {
        self.prompts.capability.reading = reading;
    }

    /// Lets the model do what its probe found that it can.
    pub fn allow(&mut self, capability: Capability) {
        self.prompts.capability = capability;
    }

    /// How fast the model is at the beginning of a prompt: as it read last, or else as its probe found.
    pub fn speed(&self) -> Option<Speed> {
        self.prompts.speed()
    }

    /// Brings the state after `prefix` into the session, if it is kept and not there already.
    fn recall(&mut self, prefix: &[u32]) {
        if let Some(store) = &self.prompts.windows
            && !self.session.tokens().starts_with(prefix)
        {
            store.load(self.prompts.model.sha256(), prefix, &mut self.session);
        }
    }

    /// Keeps the state after `prefix`, with which the session begins.
    fn keep(&mut self, prefix: &[u32]) -> Result<()> {
        match &self.prompts.windows {
            Some(store)
                if self.session.tokens().starts_with(prefix)
                    && self.session.can_truncate(prefix.len()) =>
            {
                self.session.truncate(prefix.len())?;
                store.save(self.prompts.model.sha256(), prefix, &mut self.session)
            }
            _ => Ok(()),
        }
    }
}

impl Foresight for WindowReader {
    fn reading(&self) -> Reading {
        self.prompts.reading()
    }

    fn writes(&self) -> bool {
        self.prompts.writes()
    }

    fn context_tokens(&self) -> usize {
        self.prompts.context_tokens()
    }

    fn tokens_in(&self, text: &str) -> usize {
        self.prompts.tokens_in(text)
    }

    fn foresee(&self, request: &Request, before: Option<&Request>) -> Result<Reply> {
        match before {
            Some(_) => self.prompts.foresee(request, before),
            None => self.prompts.foreseen(request, self.session.tokens()),
        }
    }
}

impl TextModel for WindowReader {
    fn read(&mut self, request: &Request) -> Result<Reply> {
        let started = Instant::now();
        let prompt = self.prompts.prompt(request)?;
        let n_prefix = match self.prompts.windows {
            Some(_) => self.prompts.n_before_question(request, &prompt)?,
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
        if !matches!(end.reason, EndReason::Cancelled) {
            self.prompts.pace.add(&reply, started.elapsed().as_micros() as u64);
        }
        Ok(reply)
    }
}
