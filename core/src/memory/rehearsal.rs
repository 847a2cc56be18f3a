//! A rehearsal of an answer: the plan of a question with a model that is not asked, but tells what reading
//! would take.
//!
//! A plan searches, chooses windows and follows hops in code, so most of what it lets a model read is known
//! beforehand, whatever the class of the question. Only what the model will say is not: one that mostly points
//! is expected to do so in the first window, with which a question for one thing ends, any other one in none.

use super::model::{Foresight, Reading, Reply, Request, TextModel};
use super::plan::budget::Capability;
use super::segment::words;
use crate::error::Result;

/// Tokens of a context of which nothing is known: what an engine chooses for most models.
const USUAL_CONTEXT: usize = 4096;

/// Who would read.
#[derive(Clone, Copy)]
enum Known<'m> {
    /// A model that is not at hand, of which so much is known.
    Capability(Capability),
    /// A model that counts its own tokens.
    Model(&'m dyn Foresight),
}

/// What would be read last.
struct Shown {
    system: String,
    window: String,
    question: String,
}

/// Tells what reading takes instead of reading.
pub(super) struct Rehearsal<'m> {
    known: Known<'m>,
    last: Option<Shown>,
    n_windows: u32,
    /// Time that the model takes, in microseconds; `None` once a part of it is not known.
    model_us: Option<u64>,
}

impl<'m> Rehearsal<'m> {
    /// Of a model that can do this.
    pub fn of(capability: Capability) -> Self {
        Self::by(Known::Capability(capability))
    }

    /// Of this model.
    pub fn with(model: &'m dyn Foresight) -> Self {
        Self::by(Known::Model(model))
    }

    fn by(known: Known<'m>) -> Self {
        Self { known, last: None, n_windows: 0, model_us: Some(0) }
    }

    /// Windows that would be read.
    pub fn n_windows(&self) -> u32 {
        self.n_windows
    }

    /// Time that the model would take, in microseconds; `None` if that is not known.
    pub fn model_us(&self) -> Option<u64> {
        self.model_us
    }
}

impl Foresight for Rehearsal<'_> {
    fn reading(&self) -> Reading {
        match self.known {
            Known::Capability(capability) => capability.reading,
            Known::Model(model) => model.reading(),
        }
    }

    fn context_tokens(&self) -> usize {
        match self.known {
            Known::Capability(_) => USUAL_CONTEXT,
            Known::Model(model) => model.context_tokens(),
        }
    }

    fn tokens_in(&self, text: &str) -> usize {
        match self.known {
            Known::Capability(_) => words::approximate_tokens(text),
            Known::Model(model) => model.tokens_in(text),
        }
    }
}

impl TextModel for Rehearsal<'_> {
    fn read(&mut self, request: &Request) -> Result<Reply> {
        let last = self.last.as_ref().map(|last| Request {
            system: &last.system,
            window: &last.window,
            question: &last.question,
            contract: request.contract,
        });
        let mut reply = match self.known {
            Known::Capability(_) => self.foresee(request, last.as_ref())?,
            Known::Model(model) => model.foresee(request, last.as_ref())?,
        };
        if let Known::Capability(Capability { speed: Some(speed), .. }) = self.known {
            let us = |tokens: u64, a_second: f64| (tokens as f64 * 1e6 / a_second) as u64;
            reply.prompt_us = us(reply.prompt_tokens, speed.prompt_tokens_per_s);
            reply.output_us = us(reply.output_tokens, speed.output_tokens_per_s);
        }
        self.last = Some(Shown {
            system: request.system.to_owned(),
            window: request.window.to_owned(),
            question: request.question.to_owned(),
        });
        self.n_windows += 1;
        let is_known = reply.prompt_us > 0;
        self.model_us =
            self.model_us.filter(|_| is_known).map(|us| us + reply.prompt_us + reply.output_us);
        Ok(reply)
    }
}
