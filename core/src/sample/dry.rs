//! DRY, "don't repeat yourself" (by p-e-w, github.com/oobabooga/text-generation-webui/pull/5677):
//! a token that would continue an earlier sequence is penalised by how long the match already is.
//!
//! ```text
//! n = longest suffix of the history that also stands right before an earlier occurrence of the token
//! n ≥ allowed:  logit −= multiplier · base^(n − allowed)
//! ```
//! Sequences end at breakers, so that structure such as line breaks may repeat. All match lengths
//! come from one pass of the Z algorithm over the reversed history (Gusfield, Algorithms on Strings,
//! 1997, §1.4), so the cost is linear.

use std::collections::HashMap;

use super::candidates::Candidates;

/// Longest match that still raises the penalty; beyond that it is as good as a ban.
const LONGEST_MATCH: usize = 64;

/// Options of DRY.
#[derive(Debug, Clone, PartialEq)]
pub struct DryOptions {
    /// Strength; 0 switches DRY off.
    pub multiplier: f32,
    /// Growth for each token of a match.
    pub base: f32,
    /// Length from which a match is penalised.
    pub allowed_length: usize,
    /// Last tokens that are looked at.
    pub n_tokens: usize,
    /// Tokens that end a sequence.
    pub breakers: Vec<u32>,
}

impl Default for DryOptions {
    fn default() -> Self {
        // The values that the author proposes.
        Self {
            multiplier: 0.8,
            base: 1.75,
            allowed_length: 2,
            n_tokens: 1024,
            breakers: Vec::new(),
        }
    }
}

pub(super) fn apply(candidates: &mut Candidates, options: &DryOptions, history: &[u32]) {
    if options.multiplier == 0.0 {
        return;
    }
    let window = &history[history.len().saturating_sub(options.n_tokens)..];
    let is_breaker = |id: &u32| options.breakers.contains(id);
    let n_reach = window.iter().rev().position(is_breaker).unwrap_or(window.len());
    let allowed = options.allowed_length.max(1);
    for (id, length) in longest_matches(window, n_reach.min(LONGEST_MATCH)) {
        if let Some(candidate) = candidates.with_id(id).filter(|_| length >= allowed) {
            let excess = (length - allowed) as i32;
            candidate.logit -= options.multiplier * options.base.powi(excess);
        }
    }
}

/// For each token that occurred, the longest suffix of `window`, up to `longest`, that stands right
/// before one of its occurrences.
fn longest_matches(window: &[u32], longest: usize) -> HashMap<u32, usize> {
    let reversed: Vec<u32> = window.iter().rev().copied().collect();
    let mut found = HashMap::new();
    for (place, length) in common_prefixes(&reversed).into_iter().enumerate().skip(1) {
        let length = length.min(longest);
        if length > 0 {
            // Before `reversed[place..]` in reading order comes its continuation.
            let next = reversed[place - 1];
            let entry = found.entry(next).or_insert(0);
            *entry = length.max(*entry);
        }
    }
    found
}

/// How long a prefix `text[place..]` has in common with `text`, for every place.
fn common_prefixes(text: &[u32]) -> Vec<usize> {
    let mut lengths = vec![0; text.len()];
    let (mut start, mut end) = (0, 0);
    for place in 1..text.len() {
        let mut length = if place < end { lengths[place - start].min(end - place) } else { 0 };
        while place + length < text.len() && text[length] == text[place + length] {
            length += 1;
        }
        lengths[place] = length;
        if place + length > end {
            (start, end) = (place, place + length);
        }
    }
    lengths
}
