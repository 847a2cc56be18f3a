//! Room `memory`: documents of millions of tokens, answered from with proof, without a model at
//! first.
//!
//! ```text
//! source ──documents──> text ──segment──> blocks ──index──> store        (ingest: once, resumable)
//! question ──plan──> passages ──> sentences ──answer──> citations        (ask: bounded work)
//! windows ──model──> lines ──digest──> notes ──> store                   (digest: optional)
//! ```
//! Policy only: files are read through `documents`, everything kept goes through the trait
//! [`store::Store`]. Imports nothing of the crate but `error`.

pub mod answer;
pub mod digest;
pub mod documents;
pub mod index;
mod ingest;
mod library;
pub mod model;
mod phrase;
pub mod plan;
pub mod probe;
mod rehearsal;
pub mod segment;
mod shorten;
pub mod store;

pub use answer::{Answer, Citation, Status, Usage};
pub use digest::{Author, Digest, DigestEnd, DigestEstimate, DigestOptions, DigestProgress};
pub use documents::{Format, Limits, Source};
pub use ingest::{Ingested, Progress};
pub use library::{AskOptions, Library, Sizes};
pub use model::{Contract, Foresight, Form, Reading, Reply, Request, TextModel};
pub use plan::budget::{Budget, Capability, Estimate, Profile, Speed};
pub use plan::thread::Thread;
pub use store::DocumentRecord;
