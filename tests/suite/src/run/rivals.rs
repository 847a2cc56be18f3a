//! The other ways to read a long document with a model of a small window, as arms: truncation to the
//! window, retrieve and stuff, a rewritten running memory (the workflow of MemAgent, Yu et al. 2025).
//!
//! Without a model the first two still tell which gold fragments they would have put before one.

use std::time::Instant;

use super::arm::Arm;
use super::bm25::Chunks;
use crate::error::Result;
use crate::item::{CHARS_PER_TOKEN, Span};
use crate::score::{Characters, Ended, Response};

/// What a model wrote, and what that cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text.
    pub text: String,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
}

/// A model that continues a prompt.
pub trait Reader {
    /// Its name in results.
    fn name(&self) -> &str;

    /// Continues `prompt` by at most so many tokens.
    ///
    /// # Errors
    /// If the model fails.
    fn complete(&mut self, prompt: &str, most_tokens: usize) -> Result<Completion>;
}

impl<R: Reader + ?Sized> Reader for &mut R {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn complete(&mut self, prompt: &str, most_tokens: usize) -> Result<Completion> {
        (**self).complete(prompt, most_tokens)
    }
}

/// How a rival reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The beginning and the end of the document, half the window each.
    Truncate,
    /// The best chunks by BM25, in document order.
    Stuff,
    /// Chunk after chunk, with a memory that the model rewrites.
    RunningMemory,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Truncate, Self::Stuff, Self::RunningMemory];

    /// The name in results and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Truncate => "truncate",
            Self::Stuff => "stuff",
            Self::RunningMemory => "running_memory",
        }
    }
}

/// Tokens of a window that are kept for the question, and for the answer or memory.
const QUESTION_TOKENS: usize = 256;
const OUTPUT_TOKENS: usize = 256;

/// A rival.
pub struct Rival<'a> {
    name: String,
    policy: Policy,
    window_tokens: usize,
    reader: Option<Box<dyn Reader + 'a>>,
    document: String,
    chars: u64,
    chunks: Option<Chunks>,
}

impl<'a> Rival<'a> {
    /// A rival with a window of so many tokens, and a model if there is one.
    pub fn new(policy: Policy, window_tokens: usize, reader: Option<Box<dyn Reader + 'a>>) -> Self {
        let model = reader.as_ref().map_or("no model", |reader| reader.name());
        Self {
            name: format!("{} {window_tokens} ({model})", policy.name()),
            policy,
            window_tokens,
            reader,
            document: String::new(),
            chars: 0,
            chunks: None,
        }
    }

    /// Tokens of a window that hold text of the document.
    fn room(&self) -> usize {
        self.window_tokens.saturating_sub(QUESTION_TOKENS + OUTPUT_TOKENS).max(64)
    }

    /// What it puts before a model: stretches of the document, in order.
    fn selected(&self, question: &str) -> Vec<Span> {
        let room = (self.room() * CHARS_PER_TOKEN) as u64;
        match (self.policy, &self.chunks) {
            (Policy::Stuff, Some(chunks)) => chunks.best(question, Chunks::fitting(self.room())),
            (Policy::Truncate, _) if self.chars > room => vec![
                Span { start: 0, end: room / 2 },
                Span { start: self.chars - room / 2, end: self.chars },
            ],
            _ => vec![Span { start: 0, end: self.chars }],
        }
    }
}

fn final_prompt(text: &str, question: &str) -> String {
    format!(
        "{text}\n\nAnswer the question from the text above with as few words as possible. If the \
         text does not say, answer NONE.\nQuestion: {question}\nAnswer:"
    )
}

impl Arm for Rival<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&mut self, document: &str) -> Result<u64> {
        let started = Instant::now();
        document.clone_into(&mut self.document);
        self.chars = document.chars().count() as u64;
        self.chunks = (self.policy == Policy::Stuff).then(|| Chunks::of(document));
        Ok(started.elapsed().as_micros() as u64)
    }

    fn ask(&mut self, question: &str) -> Result<Response> {
        let started = Instant::now();
        let read = self.selected(question);
        let mut response = Response {
            ended: Ended::Retrieved,
            answer: String::new(),
            quotes: Vec::new(),
            passages_read: read.len() as u32,
            read,
            prompt_tokens: 0,
            output_tokens: 0,
            elapsed_us: 0,
            estimate: None,
        };
        let room = (self.room() - OUTPUT_TOKENS.min(self.room() / 2)) * CHARS_PER_TOKEN;
        if let Some(reader) = &mut self.reader {
            let document = Characters::of(&self.document);
            let mut completions = Vec::new();
            let mut memory = String::new();
            if self.policy == Policy::RunningMemory {
                for start in (0..self.chars).step_by(room) {
                    let end = (start + room as u64).min(self.chars);
                    let chunk = document.slice(Span { start, end }).unwrap_or_default();
                    let prompt = format!(
                        "Question: {question}\nMemory: {memory}\nSection: {chunk}\n\nRewrite the \
                         memory so that it keeps all that helps to answer the question.\nMemory:"
                    );
                    let completion = reader.complete(&prompt, OUTPUT_TOKENS)?;
                    completion.text.trim().clone_into(&mut memory);
                    completions.push(completion);
                }
            } else {
                let texts = response.read.iter().filter_map(|span| document.slice(*span));
                memory = texts.collect::<Vec<_>>().join("\n…\n");
            }
            completions.push(reader.complete(&final_prompt(&memory, question), OUTPUT_TOKENS)?);
            response.prompt_tokens = completions.iter().map(|one| one.prompt_tokens).sum();
            response.output_tokens = completions.iter().map(|one| one.output_tokens).sum();
            let last = completions.last().map_or("", |one| one.text.trim());
            response.answer = last.lines().next().unwrap_or("").trim().to_owned();
            let none = response.answer.trim_matches(|c: char| !c.is_alphanumeric()) == "NONE";
            response.ended = if none { Ended::Declined } else { Ended::Answered };
        }
        response.elapsed_us = started.elapsed().as_micros() as u64;
        Ok(response)
    }
}
