//! Penalties on tokens that occurred lately.
//!
//! * Repetition (Keskar et al., CTRL, arXiv 1909.05858, §4.1): a positive logit is divided by the
//!   penalty, a negative one multiplied, as in Hugging Face's and llama.cpp's form of it.
//! * Frequency and presence (OpenAI's API reference): `l_i − n_i · frequency − [n_i > 0] · presence`.

use std::collections::HashMap;

use super::candidates::Candidates;
use super::options::SamplerOptions;

pub(super) fn apply(candidates: &mut Candidates, options: &SamplerOptions, history: &[u32]) {
    let SamplerOptions { repeat_penalty, frequency_penalty, presence_penalty, .. } = *options;
    if repeat_penalty == 1.0 && frequency_penalty == 0.0 && presence_penalty == 0.0 {
        return;
    }
    let window = &history[history.len().saturating_sub(options.penalty_tokens)..];
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for &id in window {
        *counts.entry(id).or_default() += 1;
    }
    for (id, count) in counts {
        let Some(candidate) = candidates.with_id(id) else { continue };
        if candidate.logit > 0.0 {
            candidate.logit /= repeat_penalty;
        } else {
            candidate.logit *= repeat_penalty;
        }
        candidate.logit -= count as f32 * frequency_penalty + presence_penalty;
    }
}
