//! One request to the model: numbered sentences, what is asked of them, and lines back, within the
//! budget.

use std::time::Instant;

use crate::error::{ModelError, Result};
use crate::memory::model::{
    Contract, FRAME_TOKENS, Form, MOST_SENTENCES, Request, TextModel, WRITE_SYSTEM,
};

/// Tokens of the number before a sentence and of the line break behind it, at most.
const NUMBER_TOKENS: usize = 6;
/// Tokens of a short sentence with its number: a context that does not hold one holds no window.
const SHORT_SENTENCE_TOKENS: usize = 32;

/// What is asked of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// What it is told behind the sentences.
    pub instruction: &'static str,
    /// Most lines of the reply.
    pub lines: usize,
}

/// Facts of a window.
pub const FACTS: Task = Task {
    instruction: "Write the facts that the sentences tell, one on a line, with every name in full \
                  where a sentence only says he, she or it. Reply NONE if there are none.",
    lines: 8,
};
/// A summary of a window.
pub const SUMMARY: Task =
    Task { instruction: "Say in one or two lines what all the sentences tell.", lines: 2 };
/// A summary of summaries.
pub const SECTION: Task = Task {
    instruction: "The sentences are a summary of a part of a text, in order. Say in at most three \
                  lines what the part tells.",
    lines: 3,
};

/// Tokens spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Read, without those whose state was at hand.
    pub prompt_tokens: u64,
    /// Whose state was at hand.
    pub reused_tokens: u64,
    /// Written.
    pub output_tokens: u64,
}

/// A model that writes, and what is left of its budget.
pub struct Writer<'m> {
    model: &'m mut dyn TextModel,
    tokens_left: u64,
    until: Option<Instant>,
    pub spent: Spent,
}

impl<'m> Writer<'m> {
    /// A writer that reads and writes at most `tokens` tokens and begins nothing after `until`.
    pub fn new(model: &'m mut dyn TextModel, tokens: u64, until: Option<Instant>) -> Self {
        Self { model, tokens_left: tokens, until, spent: Spent::default() }
    }

    /// How many of the sentences `shown` one prompt holds, from the first on.
    pub fn holds(&self, shown: &[String], task: Task) -> usize {
        let frame = self.frame(task);
        let room = self.model.context_tokens().saturating_sub(frame);
        let mut used = 0;
        let fits = |sentence: &&String| {
            used += self.model.tokens_in(sentence) + NUMBER_TOKENS;
            used <= room
        };
        shown.iter().take(MOST_SENTENCES).take_while(fits).count()
    }

    /// That the model's context holds `tasks` about one sentence of some words.
    ///
    /// # Errors
    /// [`ModelError::ContextFull`].
    pub fn check_context(&self, tasks: &[Task]) -> Result<()> {
        let frame = tasks.iter().map(|task| self.frame(*task)).max().unwrap_or_default();
        let (needed, n_ctx) = (frame + SHORT_SENTENCE_TOKENS, self.model.context_tokens());
        if needed > n_ctx {
            return Err(ModelError::ContextFull { needed, n_ctx }.into());
        }
        Ok(())
    }

    /// Tokens of a prompt besides its sentences, and of the longest reply.
    fn frame(&self, task: Task) -> usize {
        let told = self.model.tokens_in(WRITE_SYSTEM) + self.model.tokens_in(task.instruction);
        FRAME_TOKENS + told + most_output_tokens(task)
    }

    /// Tokens of the prompt over `shown`, and of the longest reply.
    pub fn cost(&self, shown: &[String], task: Task) -> u64 {
        let sentences: usize =
            shown.iter().map(|sentence| self.model.tokens_in(sentence) + NUMBER_TOKENS).sum();
        (sentences + self.frame(task)) as u64
    }

    /// Whether the budget holds all of `tasks` over the sentences `shown`.
    pub fn affords(&self, shown: &[String], tasks: &[Task]) -> bool {
        let need: u64 = tasks.iter().map(|task| self.cost(shown, *task)).sum();
        need <= self.tokens_left && self.until.is_none_or(|until| Instant::now() < until)
    }

    /// What the model writes about the sentences `shown`: per line the indices of the sentences it names,
    /// and the line.
    ///
    /// # Errors
    /// If the model fails.
    pub fn write(&mut self, shown: &[String], task: Task) -> Result<Vec<(Vec<usize>, String)>> {
        let contract = Contract::in_form(shown.to_vec(), Form::Lines(task.lines));
        let request = Request {
            system: WRITE_SYSTEM,
            window: &contract.window(),
            question: task.instruction,
            contract: &contract,
        };
        let reply = self.model.read(&request)?;
        let read = reply.prompt_tokens.saturating_sub(reply.reused_tokens);
        self.tokens_left = self.tokens_left.saturating_sub(read + reply.output_tokens);
        self.spent.prompt_tokens += read;
        self.spent.reused_tokens += reply.reused_tokens;
        self.spent.output_tokens += reply.output_tokens;
        Ok(contract.parse_lines(&reply.text))
    }
}

/// Tokens of the longest reply to `task`.
pub fn most_output_tokens(task: Task) -> usize {
    Contract::in_form(Vec::new(), Form::Lines(task.lines)).most_tokens()
}
