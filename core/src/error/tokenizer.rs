//! What can be wrong with a vocabulary, or with a text that is to be encoded.

/// A vocabulary that cannot be used, or a text that cannot be encoded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenizerError {
    /// `tokenizer.ggml.model` names an algorithm that is not implemented.
    #[error("unsupported tokenizer model `{model}` (llama, gpt2 and bert are read)")]
    UnsupportedModel {
        /// The name in the file.
        model: String,
    },
    /// The vocabulary has no token.
    #[error("the vocabulary is empty")]
    Empty,
    /// An array that runs parallel to the tokens ends too early.
    #[error("`{key}` has {found} entries for {n_vocab} tokens")]
    ShortArray {
        /// The metadata key.
        key: &'static str,
        /// Entries in the array.
        found: usize,
        /// Tokens in the vocabulary.
        n_vocab: usize,
    },
    /// A count or length exceeds what any known vocabulary or sensible text needs.
    #[error("{what}: {value} is more than the limit of {limit}")]
    Limit {
        /// The quantity.
        what: &'static str,
        /// Its value.
        value: u64,
        /// The cap.
        limit: u64,
    },
    /// Two tokens have the same text, so that ids would be ambiguous.
    #[error("tokens {first} and {second} are both `{text}`")]
    DuplicateToken {
        /// The lower id.
        first: u32,
        /// The higher id.
        second: u32,
        /// Their text, made printable.
        text: String,
    },
    /// A token of type byte is not written `<0x00>` to `<0xFF>`.
    #[error("token {id} is a byte token, but reads `{text}` instead of <0x00> to <0xFF>")]
    ByteToken {
        /// The token.
        id: u32,
        /// Its text, made printable.
        text: String,
    },
    /// The algorithm needs an unknown token, and the vocabulary names none.
    #[error("the vocabulary has no unknown token, which {model} needs")]
    NoUnknownToken {
        /// The algorithm.
        model: &'static str,
    },
    /// The library of patterns refused one of the vocabulary.
    #[error("the library of patterns refused: {source}")]
    Library {
        /// Its reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
