//! `carrel-suite`: seeded, solver-checked questions about long documents, and what judges answers.
//!
//! ```text
//! seed ──tasks──> facts + sentences ──document──> text with offsets ┐
//!                   └──solver──> answers, necessary fragments       ├─> Case (document, items)
//! Case ──run: arm × ladder──> response ──score──> results.jsonl ──report──> HTML, Markdown, JSON
//! ```
//! A third of all templates, names and document styles is held out ([`split`]); every item is made
//! wholly from one side and carries it. The suite judges and is no part of the product: a test of
//! this crate looks for its wording in `core`.

pub mod dice;
pub mod document;
pub mod fact;
pub mod filler;
pub mod item;
pub mod lexicon;
pub mod report;
pub mod run;
pub mod score;
pub mod solver;
pub mod split;
pub mod tasks;
pub mod world;

mod error;

pub use error::{Result, SuiteError};
