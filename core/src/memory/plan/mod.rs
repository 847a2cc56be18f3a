//! Room `memory`, folder `plan`: from a question to the sentences that answer it.
//!
//! A question is classified by rule, each class has a fixed plan, and every plan works without a
//! model. The rules know the grammar of questions, never the words of a benchmark.

pub mod lookup;
pub mod question;
