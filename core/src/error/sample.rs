//! What can go wrong in the room `sample`.

/// Sampling options or a grammar that cannot be used, or logits that offer no choice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// An option is out of its range.
    #[error("the sampling option {option} is {found}, but {expected} is needed")]
    Option {
        /// The option.
        option: &'static str,
        /// Its value.
        found: String,
        /// What is possible.
        expected: &'static str,
    },
    /// A bias is for a token that the vocabulary lacks.
    #[error("a bias is for token {token}, but the vocabulary has {n_vocab}")]
    BiasToken {
        /// The token id.
        token: u32,
        /// Entries of the vocabulary.
        n_vocab: usize,
    },
    /// No token may follow: all logits are NaN or −∞, or biases and grammar exclude them all.
    #[error("no token can follow")]
    NoCandidate,
    /// The grammar or schema is not understood, or exceeds a limit.
    #[error("the grammar cannot be used: {message}")]
    Grammar {
        /// What is wrong.
        message: String,
    },
}
