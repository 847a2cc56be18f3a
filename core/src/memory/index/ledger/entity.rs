//! Somebody or something that documents name: its names and where it is mentioned.

use crate::memory::index::corpus::SentenceId;

/// Someone or something that is mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The fullest spelling of its name.
    pub name: String,
    /// All spellings, as keys: folded words joined by blanks.
    pub keys: Vec<String>,
    /// Sentences that mention each of them, summed over them.
    pub mentions: u64,
    /// Where it is mentioned first.
    pub first: SentenceId,
}
