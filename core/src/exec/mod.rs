//! Spec + weights → plan → logits; the KV cache's cells.
//!
//! ```text
//! metadata   GGUF keys as the model descriptions want to read them
//! check      every tensor of the file against the shapes that the spec prescribes
//! best       the likeliest tokens of a row of logits
//! build      spec → plan of operations
//! model      an opened model: immutable, shared by any number of decoders
//! choice     our own kernels or ggml
//! speeds     our products against ggml's, measured on this processor
//! cells      which token lies in which cell of a cache, and who may look at it
//! decoder    tokens in, logits out; owns its caches and its position
//! gpu        a model on a GPU, checked against the CPU (cargo feature)
//! layers     how many layers lie on a GPU, and what that takes
//! split      a model whose last layers run on a GPU
//! state      a decoder's caches on disk
//! need       memory need, before anything is loaded
//! ```
//! Level 4.

mod best;
mod build;
mod cells;
mod check;
mod choice;
mod decoder;
mod governed;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(feature = "gpu")]
mod layers;
mod metadata;
mod model;
mod need;
mod speeds;
#[cfg(feature = "gpu")]
mod split;
mod state;

pub use choice::{Choice, CpuBackend};
pub use decoder::{ContextPolicy, Decoder, DecoderOptions, LogitRows, N_SINKS};
#[cfg(feature = "gpu")]
pub use gpu::Verdict;
#[cfg(feature = "gpu")]
pub use layers::{GpuLayers, MemoryBounds};
pub use model::{Model, ModelOptions};
pub use need::MemoryNeed;
pub use speeds::{Speeds, keep_speeds_in};
pub use state::StateKey;
