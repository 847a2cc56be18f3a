//! Logits → id.
//!
//! A sampler is a chain in this order; whatever an option leaves at its neutral value is skipped:
//! ```text
//! logits ── bias ── grammar ── repetition, frequency, presence ── DRY ──┬─ temperature 0: the largest
//!                                                                       └─ top-k ── typical ── top-p ── min-p ── temperature ── draw
//! ```
//! It is the order of llama.cpp, so that the same options mean the same. Biases and grammar stand
//! first, because they say what is allowed; the others say what is likely.
//!
//! The id is a function of the logits, the tokens before, the seed and the number of the step,
//! and of nothing else: a sampler has no state that could differ between two ways to the same step
//! (a draft that was verified, a session that was restored). Level 2: imports `error`.

mod candidates;
mod chain;
mod dry;
mod grammar;
mod min_p;
mod options;
mod penalties;
mod temperature;
#[cfg(test)]
mod tests;
mod top_k;
mod top_p;
mod typical;

pub use chain::{Choice, Sampler};
pub use dry::DryOptions;
pub use grammar::{Grammar, GrammarSource, Grammars, Matching, grammar_bytes};
pub use options::SamplerOptions;
