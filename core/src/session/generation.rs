//! A generation: reads the prompt, chooses tokens, turns them into events.
//!
//! Speculation. A draft of k tokens goes through the model together with the token before it; row i
//! of the logits says what follows draft token i. A row's choice counts as far as all drafts before
//! it were chosen themselves, so the ids are what one token at a time gives, if the logits are.
//! They are not quite: a batch adds up in another order, or rounds activations at another place, and
//! what a batch leaves in the cache differs as little. So a choice from a batch counts only if its
//! logit leads by [`SAFE_MARGIN`], many times the differences that tests measure; a closer one is
//! computed again alone. Copied text leads by far more in a trained model. Drafting is for greedy
//! sampling only: a drawn token depends on every logit, and has no margin that would show it safe.

use std::collections::VecDeque;
use std::time::Instant;

use super::draft::{Drafter, Policy};
use super::event::{End, EndReason, Event, Timings, Usage};
use super::options::GenerateOptions;
use super::sequence::Session;
use super::stop::StopFilter;
use crate::error::Result;
use crate::exec::LogitRows;
use crate::ops::Outcome;
use crate::sample::{Choice, Grammar, Matching, Sampler};
use crate::tokenizer::StreamDecoder;

/// Lead of a logit from which the differences between a batch and single tokens cannot change the
/// choice. Largest difference measured on seeded models without training, which amplify them: 0 for
/// Q8_0 and Q4_0, 0.005 for F16, 0.12 for K-quants (`tests/tests/session.rs`).
const SAFE_MARGIN: f32 = 1.0;

/// Most tokens that are asked of the model instead of all logits: as many as a GPU finds.
const MOST_BEST: usize = 64;

/// A generation under way: an iterator of events that ends after [`Event::End`].
pub struct Generation<'a> {
    session: &'a mut Session,
    options: GenerateOptions,
    sampler: Sampler,
    matching: Option<Matching>,
    /// How many of the likeliest tokens are asked of the model; all logits if `None`.
    n_deciding: Option<usize>,
    drafter: Option<Drafter>,
    stream: StreamDecoder,
    stop: StopFilter,
    /// Prompt and chosen tokens.
    history: Vec<u32>,
    /// Chosen tokens that were not told yet.
    chosen: VecDeque<Chosen>,
    /// The last chosen token, which is not in the cache yet; `None` before the first.
    input: Option<u32>,
    ids: Vec<u32>,
    events: VecDeque<Event>,
    is_over: bool,
    /// The least margin of a choice so far.
    margin: f32,
    usage: Usage,
    timings: Timings,
}

/// A chosen token, and whether the grammar is complete with it.
struct Chosen {
    id: u32,
    completes: bool,
}

impl<'a> Generation<'a> {
    pub(super) fn new(
        session: &'a mut Session,
        prompt: &[u32],
        mut options: GenerateOptions,
    ) -> Result<Self> {
        let n_vocab = session.decoder.model().spec().n_vocab as usize;
        let sampler = Sampler::new(options.sampling.clone(), n_vocab)?;
        let n_reused = session.keep_prefix(prompt)?;
        let stop = StopFilter::new(std::mem::take(&mut options.stop));
        let n_deciding = sampler.n_deciding(MOST_BEST).filter(|_| options.grammar.is_none());
        let drafts = options.speculation && options.sampling.is_greedy();
        Ok(Self {
            sampler,
            n_deciding,
            matching: options.grammar.take().map(Grammar::into_matching),
            drafter: drafts.then(|| Drafter::new(Policy::TUNED)),
            stream: session.tokenizer.stream(),
            stop,
            history: prompt.to_vec(),
            chosen: VecDeque::new(),
            input: None,
            ids: Vec::new(),
            events: VecDeque::new(),
            is_over: false,
            margin: f32::INFINITY,
            usage: Usage { n_prompt: prompt.len(), n_reused, ..Default::default() },
            timings: Timings::default(),
            session,
            options,
        })
    }

    /// The ids that were generated so far, without the one that ended it.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Sends the threads that compute to sleep until the next event is asked for.
    pub fn rest(&mut self) {
        self.session.rest();
    }

    /// Runs to the end. Answers the ids, the text and how it ended.
    pub fn finish(mut self) -> (Vec<u32>, String, Option<End>) {
        let (mut text, mut end) = (String::new(), None);
        for event in self.by_ref() {
            match event {
                Event::Text(piece) => text.push_str(&piece),
                Event::End(last) => end = Some(last),
                Event::Progress { .. } => {}
            }
        }
        (self.ids, text, end)
    }

    /// Does the next piece of work.
    fn work(&mut self) -> Result<()> {
        if self.options.cancel.is_cancelled() {
            self.end(EndReason::Cancelled);
            return Ok(());
        }
        let start = Instant::now();
        let reads = self.session.tokens.len() < self.usage.n_prompt;
        let result = if reads { self.read() } else { self.choose() };
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        let total = if reads { &mut self.timings.prompt_ms } else { &mut self.timings.decode_ms };
        *total += elapsed_ms;
        result
    }

    /// Reads the next piece of the prompt.
    fn read(&mut self) -> Result<()> {
        let n_total = self.usage.n_prompt;
        let n_done = self.session.tokens.len();
        let n_next = (n_done + self.session.piece_length()).min(n_total);
        let rows = if n_next == n_total { self.rows(LogitRows::Last) } else { LogitRows::None };
        let piece = &self.history[n_done..n_next];
        if self.session.forward(piece, rows, &self.options.cancel)? == Outcome::Cancelled {
            self.end(EndReason::Cancelled);
            return Ok(());
        }
        self.events.push_back(Event::Progress { n_done: n_next, n_total });
        if n_next == n_total && self.options.max_tokens == 0 {
            self.end(EndReason::Length);
        }
        Ok(())
    }

    /// Chooses at least one token, or ends.
    fn choose(&mut self) -> Result<()> {
        let Some(input) = self.input else {
            let choice = self.choice(0, 1)?;
            return self.commit(choice).map(drop);
        };
        let n_past = self.session.tokens.len();
        let n_free = self.session.n_ctx() - n_past;
        if n_free == 0 {
            self.end(EndReason::ContextFull);
            return Ok(());
        }
        let mut tokens = vec![input];
        tokens.extend(self.draft(n_free - 1));
        let rows = self.rows(LogitRows::All);
        if self.session.forward(&tokens, rows, &self.options.cancel)? == Outcome::Cancelled {
            self.end(EndReason::Cancelled);
            return Ok(());
        }
        let n_drafted = tokens.len() - 1;
        for row in 0..tokens.len() {
            let mut choice = self.choice(row, tokens.len())?;
            let is_safe = n_drafted == 0 || choice.margin >= SAFE_MARGIN;
            if !is_safe {
                self.session.truncate(n_past + row)?;
                let alone = &tokens[row..row + 1];
                let rows = self.rows(LogitRows::Last);
                let outcome = self.session.forward(alone, rows, &self.options.cancel)?;
                if outcome == Outcome::Cancelled {
                    self.end(EndReason::Cancelled);
                    return Ok(());
                }
                choice = self.choice(0, 1)?;
            }
            let is_complete = self.commit(choice)?;
            let is_drafted = row < n_drafted && tokens[row + 1] == choice.id;
            self.usage.n_accepted += usize::from(is_drafted);
            if !is_drafted || is_complete || !is_safe {
                if is_safe {
                    self.session.truncate(n_past + row + 1)?;
                }
                if let Some(drafter) = self.drafter.as_mut().filter(|_| n_drafted > 0) {
                    drafter.learn(n_drafted, row);
                }
                break;
            }
        }
        Ok(())
    }

    /// A draft of what follows, at most `n_free` tokens.
    fn draft(&mut self, n_free: usize) -> Vec<u32> {
        let Some(drafter) = &self.drafter else { return Vec::new() };
        let n_left = self.options.max_tokens.saturating_sub(self.n_chosen() + 1);
        // Caches of windows can go back as far as one batch.
        let limit = n_free.min(n_left).min(self.session.decoder.options().n_batch - 1);
        let tokenizer = &self.session.tokenizer;
        let draft = drafter.draft(&self.history, limit, |id| tokenizer.is_end_of_generation(id));
        self.usage.n_drafted += draft.len();
        draft
    }

    fn n_chosen(&self) -> usize {
        self.history.len() - self.usage.n_prompt
    }

    /// What is wanted of these rows: the tokens that decide, or all logits.
    fn rows(&self, rows: LogitRows) -> LogitRows {
        match (rows, self.n_deciding) {
            (LogitRows::Last, Some(n)) => LogitRows::LastBest(n),
            (LogitRows::All, Some(n)) => LogitRows::AllBest(n),
            _ => rows,
        }
    }

    /// What the sampler chooses from one of the rows of logits.
    fn choice(&mut self, row: usize, n_rows: usize) -> Result<Choice> {
        let step = self.n_chosen() as u64;
        if let Some(n) = self.n_deciding {
            let best = &self.session.decoder.best()[row * n..(row + 1) * n];
            let likeliest = best.iter().map(|best| (best.id, best.logit));
            return Ok(self.sampler.choose_among(likeliest, step)?);
        }
        let logits = self.session.decoder.logits();
        let n_vocab = logits.len() / n_rows;
        let logits = &logits[row * n_vocab..(row + 1) * n_vocab];
        Ok(self.sampler.choose(logits, &self.history, step, self.matching.as_mut())?)
    }

    /// Takes a token. Answers whether nothing can follow it.
    fn commit(&mut self, Choice { id, margin }: Choice) -> Result<bool> {
        let is_end = self.is_end(id);
        let completes = match &mut self.matching {
            Some(matching) if !is_end => {
                matching.take(id)?;
                matching.is_complete()?
            }
            _ => false,
        };
        self.margin = self.margin.min(margin);
        self.history.push(id);
        self.input = Some(id);
        self.chosen.push_back(Chosen { id, completes });
        Ok(completes || is_end)
    }

    fn is_end(&self, id: u32) -> bool {
        // Where a grammar allows an end, it is one.
        (!self.options.ignores_end || self.matching.is_some())
            && self.session.tokenizer.is_end_of_generation(id)
    }

    /// Turns a chosen token into events.
    fn tell(&mut self, chosen: &Chosen) {
        if self.is_end(chosen.id) {
            self.end(EndReason::EndOfTurn);
            return;
        }
        self.ids.push(chosen.id);
        let piece = self.stream.push(chosen.id);
        let (text, found) = self.stop.push(&piece);
        self.tell_text(text);
        if let Some(stop) = found {
            self.end(EndReason::Stop(stop));
        } else if chosen.completes {
            self.end(EndReason::EndOfTurn);
        } else if self.ids.len() >= self.options.max_tokens {
            self.end(EndReason::Length);
        }
    }

    fn tell_text(&mut self, text: String) {
        if !text.is_empty() {
            self.events.push_back(Event::Text(text));
        }
    }

    /// The last event, after the text that was held back.
    fn end(&mut self, reason: EndReason) {
        let stream = std::mem::replace(&mut self.stream, self.session.tokenizer.stream());
        let mut held = String::new();
        if !matches!(reason, EndReason::Stop(_)) {
            let (text, found) = self.stop.push(&stream.finish());
            held = text;
            if found.is_none() {
                held.push_str(&self.stop.finish());
            }
        }
        self.tell_text(held);
        self.chosen.clear();
        self.is_over = true;
        self.usage.n_generated = self.ids.len();
        let end = End { reason, margin: self.margin, usage: self.usage, timings: self.timings };
        self.events.push_back(Event::End(end));
    }
}

impl Iterator for Generation<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            if self.options.cancel.is_cancelled() {
                self.end(EndReason::Cancelled);
            } else if let Some(chosen) = self.chosen.pop_front() {
                self.tell(&chosen);
            } else if let Err(error) = self.work() {
                self.end(EndReason::Failed(error));
            }
        }
    }
}
