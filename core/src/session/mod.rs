//! One conversation: a decoder, what is in its cache, and the text that a model says.
//!
//! ```text
//! prompt ids ── common prefix with the cache stays ──> read in batches ──> choose ──> text ─┐
//!                                                          ▲                │ drafts        │ stop strings
//!                                                          └── verified ◄───┘               ▼
//!                                                               Progress* Text* End  (pulled)
//! ```
//! A session owns all state of its conversation; two sessions on one model share nothing that
//! changes. Generation is an iterator that computes only when asked for the next event; it ends with
//! exactly one [`Event::End`], and dropping it early is as good as ending it. The session can be
//! used again at once in every case. Level 5: imports rooms of the levels 0-4.

mod chat;
pub mod draft;
mod event;
mod generation;
mod options;
mod saved;
mod sequence;
mod stop;
mod tools;

pub use chat::{ChatFormat, message};
pub use event::{End, EndReason, Event, Timings, Usage};
pub use generation::Generation;
pub use options::GenerateOptions;
pub use sequence::{Session, grammars_for};
pub use tools::{ToolCall, tool_calls};
