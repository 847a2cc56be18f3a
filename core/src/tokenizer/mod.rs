//! Text ↔ token ids, with the vocabulary and the rules that stand in a model file.
//!
//! ```text
//! text ── special tokens found literally ──> fragments ── pre-tokenizer ──> words ── model ──> ids
//! ids ── bytes of each token, joined ──> text
//! ```
//! | `tokenizer.ggml.model` | algorithm | who does the work |
//! |---|---|---|
//! | `gpt2` | byte-level byte-pair encoding | `byte_pair.rs`, which says why not the crate `tokenizers` |
//! | `llama` | SentencePiece: merge the pair with the best score, bytes as fallback | `sentence_piece.rs`, which says why the crate cannot |
//! | `bert` | WordPiece, longest match first | `word_piece.rs`, which says why not the crate `tokenizers` |
//!
//! The ids are those of llama.cpp, which tests compare; where this room differs on purpose (control
//! tokens never arise from plain text, exact decoding without clean-up), the file that does so says
//! it. Level 2: imports `error` and `gguf`.

mod byte_alphabet;
mod byte_pair;
mod decode;
mod encode;
mod fragments;
mod kind;
mod load;
mod need;
mod patterns;
mod sentence_piece;
mod special;
mod split;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod word_piece;

pub use encode::EncodeOptions;
pub use load::Tokenizer;
pub use need::VocabularyNeed;
pub use stream::StreamDecoder;

/// Caps of the room. Each is far above what any published model or any context window uses.
pub mod limits {
    /// Bytes of a text that is encoded in one call. One unbroken word needs up to about a hundred
    /// bytes of memory a byte while it is merged, so this also bounds memory.
    pub const TEXT_BYTES: usize = 16 << 20;
    /// Bytes of one token (the longest published ones have under one thousand).
    pub const TOKEN_BYTES: usize = 16 << 10;
    /// Bytes of all tokens of a vocabulary together.
    pub const VOCABULARY_BYTES: usize = 256 << 20;
    /// Bytes of all tokens together that are found in a text literally (the matcher needs some
    /// thirty times as much memory).
    pub const LITERAL_BYTES: usize = 4 << 20;
    /// Merge rules of a vocabulary.
    pub const MERGES: usize = 4 << 20;
}
