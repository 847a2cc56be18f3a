//! The CPU backend through ggml: a whole plan lowered to ggml graphs, weights used in place.
//!
//! ```text
//! weights   tensors over the mapped file (or repacked copies where that is faster)
//! caches    one key and one value tensor a layer, or one of a convolution's inputs
//! lower     plan + batch shape → graph            graph is kept while the shape stays the same
//! messages  what ggml has to say, to the crate `log`
//! runner    fill inputs, compute, fetch logits    cancellation is checked before every node
//! ```
//! ggml's assertions abort the process, so nothing reaches it that `exec` has not checked: shapes,
//! types and hyper-parameters of the file, token ids and cells of a batch. All calls into C are in
//! this folder; names starting with `llama_` are not used. Level 3.

mod allocator;
mod caches;
mod context;
mod lower;
mod measure;
mod messages;
mod processor;
mod quantise;
mod rotate;
mod runner;
mod weights;

pub use caches::cache_bytes;
pub use measure::activation_bytes;
pub use quantise::{dequantise, needs_importance, quantise_rows};
pub use runner::GgmlRunner;
pub use weights::{Placement, Weights, repacked};
