//! Answers and their proof, as apps see them.

pub use carrel_core::memory::{Citation, Status as AnswerStatus, Usage as AskUsage};

/// How a question ended.
#[uniffi::remote(Enum)]
pub enum AnswerStatus {
    /// The documents answer it; the citations prove it.
    Answered,
    /// The documents do not say.
    NotInDocument,
    /// The budget ended first; the answer is what was found until then.
    BudgetEnded,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Answer {
    /// How the question ended.
    pub status: AnswerStatus,
    /// The answer in words; says so if the documents do not answer.
    pub text: String,
    /// The quotations that support it, the strongest first.
    pub citations: Vec<Citation>,
    /// What it took.
    pub usage: AskUsage,
    /// Name of the model that wrote the text, where it is a summary that was written when the documents
    /// were read; absent where the text is the documents' own.
    pub written_by: Option<String>,
}

/// A quotation that was compared with the document, character for character.
#[uniffi::remote(Record)]
pub struct Citation {
    /// Name of the document.
    pub document: String,
    /// Page from 1, for documents with pages.
    pub page: Option<u32>,
    /// Titles of the sections around it, outermost first.
    pub section: Vec<String>,
    /// First character, counted from 0 in the document's text.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
    /// The characters from `start` to `end`.
    pub quote: String,
}

/// What an answer took.
#[uniffi::remote(Record)]
pub struct AskUsage {
    /// Passages looked at.
    pub passages_read: u32,
    /// Tokens of the prompts that a model was given.
    pub prompt_tokens: u64,
    /// Those of them whose state was at hand, so that they were not read again.
    pub reused_tokens: u64,
    /// Tokens that it wrote.
    pub output_tokens: u64,
    /// Time from question to answer in microseconds.
    pub elapsed_us: u64,
}

/// A passage that fits some words.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Passage {
    /// Where it stands.
    pub citation: Citation,
    /// How well it fits; only good to compare with others of the same search.
    pub score: f32,
}
