//! `carrel-recipe`: everything that the default model is made from, besides the training loop.
//!
//! ```text
//! seed ──world──> facts ──wording, styles──> numbered sentences ┐
//!                   └──questions──> questions and replies       ├─> Lesson ──rows──> train.py
//! text of lessons ──vocabulary──> vocabulary.gguf ──────────────┘
//! model.gguf ──evaluate: the product's own reader──> figures
//! ```
//! The reply of every question is known before it is worded, so nothing is labelled by hand or by a
//! model. Names, wordings, domains and styles that are held out ([`held`]) never appear in training.
//! Shares its dice with the suite and none of its names or wordings; a test compares the lists.

mod clauses;
pub mod error;
pub mod evaluate;
pub mod hand;
pub mod held;
pub mod lesson;
pub mod made;
pub mod names;
pub mod phrases;
pub mod prompt;
pub mod prose;
pub mod questions;
pub mod relations;
pub mod rows;
pub mod stage;
pub mod styles;
pub mod vocabulary;
pub mod weights;
pub mod world;
