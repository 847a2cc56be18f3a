//! The vocabulary of a forward pass: operations on named buffers, and what a backend must do.
//!
//! A [`Plan`] is a flat list of operations made once when a model is loaded. Backends walk it; none
//! of them knows a model family. Rows are tokens: a buffer of width `w` is `[n_tokens, w]`.
//! Level 2.

mod backend;
mod fuse;
mod plan;
mod print;
mod reference;
mod rope;

pub use backend::{Batch, Best, CacheType, CacheView, Outcome, Runner, RunnerOptions};
pub use fuse::{Fusion, Run};
pub use plan::{
    Activation, BufferId, BufferInfo, CacheGroup, CellContent, Op, Plan, RopeInfo, RopePairs,
    WeightId, WeightInfo,
};
pub use reference::{Decode, ReferenceRunner};
