//! The memory that a vocabulary takes once it is loaded, computed from the head of its file.
//!
//! ```text
//! texts + 4 n + table of n ids + kinds + what the algorithm keeps + what loading leaves behind
//! ```
//! Nothing is loaded for it, but every token is looked at once.

use crate::gguf::Gguf;

/// Compiled patterns of the splitter. Measured with that of GPT-2 on Linux, x86-64.
const PATTERN_BYTES: u64 = 450 << 10;
/// Bytes of the matcher for a byte of a text that is found literally, for both matchers together.
const LITERAL_BYTES: u64 = 60;
/// A view into the file. There is a list of them while a vocabulary is loaded, whose memory the
/// allocator keeps.
const VIEW_BYTES: u64 = 16;

/// What the texts of a vocabulary take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VocabularyNeed {
    /// Number of its tokens.
    pub n_tokens: u64,
    /// Bytes of their texts in all.
    pub text_bytes: u64,
    /// Bytes of memory.
    pub total_bytes: u64,
}

impl VocabularyNeed {
    /// What the vocabulary of a model file takes. `None` if it holds none that can be read.
    pub fn of(gguf: &Gguf) -> Option<Self> {
        let tokens = gguf.strings("tokenizer.ggml.tokens").ok()??;
        let n_tokens = tokens.len() as u64;
        let text_bytes = tokens.iter().map(|token| token.len() as u64).sum();
        let kinds = gguf.i32s("tokenizer.ggml.token_type").ok()?.unwrap_or_default();
        // Neither plain nor unused nor a byte.
        let is_literal = |kind: &i32| matches!(kind, 2..=4);
        let literals = tokens.iter().zip(&kinds).filter(|(_, kind)| is_literal(kind));
        let literal_bytes: u64 = literals.map(|(text, _)| text.len() as u64).sum();
        let table = text_bytes + 4 * n_tokens + hash_table(n_tokens, 4) + n_tokens;
        let (model, views) = match gguf.str("tokenizer.ggml.model").ok()?? {
            "gpt2" => {
                let n_merges = gguf.strings("tokenizer.ggml.merges").ok()??.len() as u64;
                (hash_table(n_merges, 16) + n_tokens + PATTERN_BYTES, n_tokens + n_merges)
            }
            "bert" => (0, n_tokens),
            _ => (4 * n_tokens, n_tokens),
        };
        let total_bytes = table + model + LITERAL_BYTES * literal_bytes + VIEW_BYTES * views;
        Some(Self { n_tokens, text_bytes, total_bytes })
    }
}

/// Bytes of a hash table with room for `n` entries: a power of two of places, at most seven of eight
/// in use, each with a byte of its own.
fn hash_table(n: u64, entry_bytes: u64) -> u64 {
    (n * 8 / 7).next_power_of_two() * (entry_bytes + 1)
}
