//! Room `memory`, folder `answer`: answers, their citations and their proof.

pub mod cite;
pub mod spans;
pub mod units;

use crate::memory::index::corpus::SentenceId;

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The document answers it; the citations prove it.
    Answered,
    /// The document does not say.
    NotInDocument,
    /// The budget ended first; the answer is what was found until then.
    BudgetEnded,
}

/// A verified quotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Name of the document.
    pub document: String,
    /// Page from 1, for documents with pages.
    pub page: Option<u32>,
    /// Titles of the sections around it, outermost first.
    pub section: Vec<String>,
    /// First character, counted in characters of the document's text.
    pub start: u64,
    /// One past the last character.
    pub end: u64,
    /// The characters of the document from `start` to `end`, byte for byte.
    pub quote: String,
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Passages looked at.
    pub passages_read: u32,
    /// Tokens of the prompts that a model was given.
    pub prompt_tokens: u64,
    /// Those of them whose state was at hand, so that they were not read again.
    pub reused_tokens: u64,
    /// Tokens that a model wrote.
    pub output_tokens: u64,
    /// Time from question to answer in microseconds.
    pub elapsed_us: u64,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How the question ended.
    pub status: Status,
    /// The answer in words; says so if the document does not answer.
    pub answer: String,
    /// The quotations that support the answer, the strongest first.
    pub citations: Vec<Citation>,
    /// What it cost.
    pub usage: Usage,
    /// Name of the model whose lines the answer consists of, where it is a summary that was written
    /// when the documents were read; the citations are the sentences that the lines are tied to. `None`
    /// where the answer is the documents' own.
    pub written_by: Option<String>,
}

/// What a plan found, before it is proved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Finding {
    /// The answer in words; `None` if the document does not say.
    pub answer: Option<String>,
    /// Sentence ranges that support it, the strongest first: first sentence and number of them.
    pub evidence: Vec<(SentenceId, u32)>,
    /// Whether the plan stopped because its budget had ended.
    pub incomplete: bool,
}

/// A sentence as answers show it: without the line breaks of its page and the mark of a list or heading.
pub fn one_line(text: &str) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    if words.len() > 1 && words[0].chars().all(|c| "*-+•#|>".contains(c)) {
        words.remove(0);
    }
    words.join(" ")
}
