//! The chain: from the logits of a step to its token.

use super::candidates::{Candidate, Candidates};
use super::grammar::Matching;
use super::options::SamplerOptions;
use super::{dry, min_p, penalties, temperature, top_k, top_p, typical};
use crate::error::SampleError;
use crate::random;

/// The token of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Its id.
    pub id: u32,
    /// How far its logit lies above the next one's after all penalties; ∞ if there is no other.
    pub margin: f32,
}

/// Chooses tokens. Has no state.
#[derive(Debug, Clone)]
pub struct Sampler {
    options: SamplerOptions,
}

impl Sampler {
    /// A sampler for a vocabulary of `n_vocab`.
    ///
    /// # Errors
    /// If an option is out of range.
    pub fn new(options: SamplerOptions, n_vocab: usize) -> Result<Self, SampleError> {
        options.check()?;
        if let Some(&(token, _)) = options.bias.iter().find(|(id, _)| *id as usize >= n_vocab) {
            return Err(SampleError::BiasToken { token, n_vocab });
        }
        Ok(Self { options })
    }

    /// The options.
    pub fn options(&self) -> &SamplerOptions {
        &self.options
    }

    /// How many of the likeliest tokens decide, where no more than `most` do: then
    /// [`Sampler::choose_among`] chooses as [`Sampler::choose`] would. `None` if every logit counts, as
    /// it may be changed before anything is compared.
    pub fn n_deciding(&self, most: usize) -> Option<usize> {
        let options = &self.options;
        let changes = !options.bias.is_empty()
            || options.dry.is_some()
            || options.repeat_penalty != 1.0
            || options.frequency_penalty != 0.0
            || options.presence_penalty != 0.0;
        let n_deciding = if options.is_greedy() { 2 } else { options.top_k };
        (!changes && (1..=most).contains(&n_deciding)).then_some(n_deciding)
    }

    /// Chooses among the likeliest tokens, at least as many as decide, each with its logit; the
    /// likeliest first, equal ones by id.
    ///
    /// # Errors
    /// [`SampleError::NoCandidate`] if there is none.
    pub fn choose_among(
        &self,
        likeliest: impl IntoIterator<Item = (u32, f32)>,
        step: u64,
    ) -> Result<Choice, SampleError> {
        self.choose_from(Candidates::among(likeliest), step)
    }

    /// The token after `history`, as the `step`-th that is chosen.
    ///
    /// # Errors
    /// [`SampleError::NoCandidate`] if none is left, or what the grammar answers.
    pub fn choose(
        &self,
        logits: &[f32],
        history: &[u32],
        step: u64,
        grammar: Option<&mut Matching>,
    ) -> Result<Choice, SampleError> {
        let options = &self.options;
        let mut candidates = if options.bias.is_empty() {
            Candidates::new(logits)
        } else {
            let mut logits = logits.to_vec();
            for &(id, bias) in &options.bias {
                if let Some(logit) = logits.get_mut(id as usize) {
                    *logit += bias;
                }
            }
            Candidates::new(&logits)
        };
        if let Some(grammar) = grammar {
            let allowed = grammar.allowed()?;
            candidates.list.retain(|candidate| allowed.contains(candidate.id));
        }
        penalties::apply(&mut candidates, options, history);
        if let Some(options) = &options.dry {
            dry::apply(&mut candidates, options, history);
        }
        self.choose_from(candidates, step)
    }

    /// Chooses when nothing changes logits any more.
    fn choose_from(&self, mut candidates: Candidates, step: u64) -> Result<Choice, SampleError> {
        let options = &self.options;
        if options.is_greedy() {
            let (first, second) = candidates.best_two();
            let first = first.ok_or(SampleError::NoCandidate)?;
            let margin = second.map_or(f32::INFINITY, |second| first.logit - second.logit);
            return Ok(Choice { id: first.id, margin });
        }
        top_k::apply(&mut candidates, options.top_k);
        typical::apply(&mut candidates, options.typical_p);
        top_p::apply(&mut candidates, options.top_p);
        min_p::apply(&mut candidates, options.min_p);
        temperature::apply(&mut candidates, options.temperature);
        let drawn = draw(&candidates, random::uniform(options.seed, step));
        drawn
            .map(|candidate| Choice { id: candidate.id, margin: 0.0 })
            .ok_or(SampleError::NoCandidate)
    }
}

/// The candidate at which the cumulated probability passes `number`.
fn draw(candidates: &Candidates, number: f64) -> Option<Candidate> {
    let mut sum = 0.0;
    for (candidate, probability) in candidates.list.iter().zip(candidates.probabilities()) {
        sum += probability;
        if number < sum {
            return Some(*candidate);
        }
    }
    // The sum of all probabilities may be a rounding error below 1.
    candidates.list.last().copied()
}
