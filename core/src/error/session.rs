//! What can go wrong in the room `session`.

/// A request that a session cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// There is nothing to continue.
    #[error("the prompt has no tokens")]
    EmptyPrompt,
    /// The prompt alone is more than the context holds.
    #[error("the prompt has {n_tokens} tokens, and the context holds {n_ctx}")]
    PromptTooLong {
        /// Tokens of the prompt.
        n_tokens: usize,
        /// Tokens that fit.
        n_ctx: usize,
    },
    /// A stop string is empty, and so would stop everything.
    #[error("a stop string is empty")]
    EmptyStop,
    /// A file is no saved session.
    #[error("the saved session cannot be used: {problem}")]
    Saved {
        /// What is wrong.
        problem: &'static str,
    },
}
