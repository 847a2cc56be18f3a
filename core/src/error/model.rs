//! Why a model that is valid GGUF cannot be run.

use carrel_models::SpecError;

use super::GpuError;

/// Failures between a checked file and its logits.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The architecture or its hyper-parameters cannot be run.
    #[error("unsupported model: {0}")]
    Spec(#[from] SpecError),
    /// A tensor that the architecture needs is not in the file.
    #[error("tensor `{name}` is missing")]
    MissingTensor {
        /// The tensor.
        name: String,
    },
    /// A tensor does not have the shape that the hyper-parameters prescribe.
    #[error("tensor `{name}` has the shape {found:?}, but {expected:?} is needed")]
    Shape {
        /// The tensor.
        name: String,
        /// Extents in the file, outermost first.
        found: Vec<u64>,
        /// Extents that the hyper-parameters prescribe, outermost first.
        expected: Vec<u64>,
    },
    /// A tensor has a type that its place in the model does not allow.
    #[error("tensor `{name}` has the type {found}, but {expected} is needed")]
    TensorType {
        /// The tensor.
        name: String,
        /// Its type.
        found: crate::quant::TensorType,
        /// What is allowed.
        expected: &'static str,
    },
    /// An option cannot be used with this model.
    #[error("{option} is {found}, but {expected} is needed")]
    Option {
        /// The option.
        option: &'static str,
        /// Its value.
        found: String,
        /// What is possible.
        expected: String,
    },
    /// A token id is not in the vocabulary.
    #[error("token {token} is not in the vocabulary of {n_vocab}")]
    Token {
        /// The token id.
        token: u32,
        /// Entries of the vocabulary.
        n_vocab: u32,
    },
    /// More tokens than the context holds.
    #[error("{needed} tokens do not fit into a context of {n_ctx}")]
    ContextFull {
        /// Tokens that would be in the cache.
        needed: usize,
        /// Tokens that fit.
        n_ctx: usize,
    },
    /// The cache cannot be rolled back that far, because newer tokens took the place of old ones.
    #[error("the cache holds tokens {first}.. and cannot go back to {n_past}")]
    CannotGoBack {
        /// First position that is still complete.
        first: usize,
        /// Where the caller wants to go back to.
        n_past: usize,
    },
    /// Memory could not be had.
    #[error("{n_bytes} bytes of memory for {what} could not be allocated")]
    OutOfMemory {
        /// What it was for.
        what: &'static str,
        /// How much.
        n_bytes: u64,
    },
    /// The memory budget is too small for this model.
    #[error("{}", budget_message(*needed_bytes, *budget_bytes, *minimum_bytes))]
    Budget {
        /// What the requested settings need.
        needed_bytes: u64,
        /// What the caller allows.
        budget_bytes: u64,
        /// The least this model needs with the smallest settings.
        minimum_bytes: u64,
    },
    /// The compute library refused a graph.
    #[error("the forward pass failed with status {status}")]
    Compute {
        /// The library's status.
        status: i32,
    },
    /// The GPU failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// A saved state belongs to another model or other settings, or was damaged.
    #[error("the saved state cannot be used: {problem}")]
    State {
        /// What does not match.
        problem: &'static str,
    },
}

fn budget_message(needed: u64, budget: u64, minimum: u64) -> String {
    const MIB: f64 = 1024.0 * 1024.0;
    let mib = |bytes: u64| bytes as f64 / MIB;
    format!(
        "{:.1} MiB of memory are needed, but the budget is {:.1} MiB (the least for this model is {:.1} MiB)",
        mib(needed),
        mib(budget),
        mib(minimum)
    )
}
