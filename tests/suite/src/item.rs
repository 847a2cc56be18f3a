//! A case: one document and the questions about it, with everything that a judge needs.

use serde::{Deserialize, Serialize};

use crate::split::Split;

/// Characters that stand for one token of English prose in lengths of documents.
pub const CHARS_PER_TOKEN: usize = 4;

/// The language of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    English,
    /// Chinese, simplified characters.
    Chinese,
}

impl Language {
    /// The name in ids and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// Characters of a document of `tokens` tokens: 4 a token in English, 3 for 2 tokens in Chinese.
    pub fn chars(self, tokens: usize) -> usize {
        match self {
            Self::English => tokens * CHARS_PER_TOKEN,
            Self::Chinese => tokens * 3 / 2,
        }
    }
}

/// What the answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The document answers.
    Answered,
    /// The document does not say, and the answer has to say so.
    NotInDocument,
}

/// A stretch of the document, in characters from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First character.
    pub start: u64,
    /// One past the last.
    pub end: u64,
}

impl Span {
    /// Characters that both have.
    pub fn overlap(self, other: Self) -> u64 {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }

    /// Its length in characters.
    pub fn chars(self) -> u64 {
        self.end.saturating_sub(self.start)
    }
}

/// A question with its gold answer and proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Unique in a suite, and the same whenever the same suite is made again.
    pub id: String,
    /// The task, such as `track`.
    pub task: String,
    /// The form of the task, such as `two_facts`.
    pub variant: String,
    /// Its language.
    pub language: Language,
    /// Whether its wording is seen or held out.
    pub split: Split,
    /// The style of its document.
    pub style: String,
    /// Length of its document in tokens, as ordered.
    pub length_tokens: usize,
    /// The question.
    pub question: String,
    /// What a right answer has to say, each with its accepted wordings; empty if the document does
    /// not say.
    pub answers: Vec<Vec<String>>,
    /// How it has to end.
    pub expected: Expected,
    /// The fragments without which the answer would be another or none.
    pub gold: Vec<Span>,
    /// Further fragments that may be cited without blame.
    pub related: Vec<Span>,
    /// The fragments that a reader of the ladder `oracle` is given, in document order: the gold ones,
    /// or, where there are none, the near misses.
    pub oracle: Vec<Span>,
}

/// A document and the questions about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Unique in a suite.
    pub id: String,
    /// The text.
    pub document: String,
    /// The questions.
    pub items: Vec<Item>,
}
