//! Carrel: a small quantised model reads a long document on the device and answers from it, in
//! bounded memory, with quotes that are checked.
//!
//! ```text
//!  model.gguf                                             book.txt / md / html / pdf / epub / docx
//!      │ bytes (mmap)                                          │ text + offsets
//!      ▼                                                       ▼
//!   gguf ──metadata──> models::Spec                    memory::ingest ── segments, lexical index, entity ledger,
//!      │ tensor table       │ recipe                           │           selected-sentence summary tree ──> store (SQLite)
//!      └────────┬───────────┘                                  ▼
//!               ▼                                     memory::plan ── question class, retrieve, read, hop, aggregate
//!         exec::Plan (ops on named buffers)                    │ prompt ≤ window          ▲ ids / span / NONE
//!               │ walked by one Backend                        ▼                          │ (grammar-constrained)
//!    ┌──────────┼───────────┐                          ┌── session ──┐                    │
//!    ▼          ▼           ▼                          │ KV, position│────────────────────┘
//!  ggml       cpu         gpu ── shaders/*.wgsl        └──────┬──────┘
//!  (bindings) (own SIMD)  (wgpu)                              │ token ids
//!    └──────────┴───────────┘        logits                   ▼
//!               └────────────────────────────────────> sample ──> tokenizer ──> text
//!                                                                                 │
//!                     engine  (open · session · library · ask)  <─────────────────┘
//!                                    │
//!                                   ffi   pull stream: Progress* Text* Done
//!                           ┌────────┴────────┐
//!                    android: Flow<Chunk>   ios: AsyncSequence          cli · desktop (on engine)
//! ```
//! Rooms are levels: a lower one never imports a higher one, and rooms of the same level never
//! import each other. `ARCHITECTURE.md` has the table; a test compares it with the `use` lines.

pub mod cancel;
pub mod convert;
pub mod cores;
pub mod cpu;
pub mod engine;
pub mod error;
pub mod exec;
pub mod fnv;
pub mod ggml;
pub mod gguf;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod memory;
pub mod ops;
pub mod quant;
pub mod random;
pub mod readable;
pub mod regular_file;
pub mod sample;
pub mod service;
pub mod session;
pub mod template;
pub mod thermal;
pub mod tokenizer;
pub mod whole_file;

pub use error::{Error, Result};
