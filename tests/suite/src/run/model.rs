//! A model of the engine as the rivals' reader: a prompt in, greedy text out.

use carrel_core::engine::Engine;
use carrel_core::error::TemplateError;
use carrel_core::session::{ChatFormat, EndReason, GenerateOptions, Session, message};
use carrel_core::template::{Moment, RenderOptions};
use carrel_core::tokenizer::EncodeOptions;

use super::rivals::{Completion, Reader};
use crate::error::Result;

/// A session that completes prompts, in the form of the model's chat template if it has one.
pub struct SessionReader {
    name: String,
    session: Session,
    format: Option<ChatFormat>,
}

impl SessionReader {
    /// A reader of its own on an opened model, called `name` in results.
    ///
    /// # Errors
    /// If memory cannot be had, or the model's chat template cannot be used.
    pub fn new(engine: &Engine, name: &str) -> Result<Self> {
        let session = engine.session()?;
        let format = match ChatFormat::of(engine.model(), engine.tokenizer()) {
            Ok(format) => Some(format),
            Err(carrel_core::Error::Template(TemplateError::Missing)) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { name: name.to_owned(), session, format })
    }

    /// Tokens that a prompt and its completion may have together.
    pub fn n_ctx(&self) -> usize {
        self.session.n_ctx()
    }

    fn ids(&self, prompt: &str) -> Result<Vec<u32>> {
        let Some(format) = &self.format else {
            let options = EncodeOptions { add_special: true, parse_special: false };
            return Ok(self.session.tokenizer().encode(prompt, options)?);
        };
        let variables = serde_json::Map::new();
        Ok(format.ids(&RenderOptions {
            messages: &[message("user", prompt)],
            tools: &[],
            add_generation_prompt: true,
            variables: &variables,
            now: Moment::now(),
        })?)
    }
}

impl Reader for SessionReader {
    fn name(&self) -> &str {
        &self.name
    }

    fn complete(&mut self, prompt: &str, most_tokens: usize) -> Result<Completion> {
        let n_ctx = self.session.n_ctx();
        let most_tokens = most_tokens.min(n_ctx / 4);
        let mut ids = self.ids(prompt)?;
        let mut prompt = prompt;
        // Characters are more tokens than the rivals reckon with: text goes from the beginning, so
        // that the question stays.
        while ids.len() + most_tokens > n_ctx && !prompt.is_empty() {
            let surplus = ids.len() + most_tokens - n_ctx;
            let cut = (prompt.len() * surplus).div_ceil(ids.len()).max(1);
            let cut = (cut..=prompt.len()).find(|cut| prompt.is_char_boundary(*cut));
            prompt = &prompt[cut.unwrap_or(prompt.len())..];
            ids = self.ids(prompt)?;
        }
        let options = GenerateOptions { max_tokens: most_tokens, ..GenerateOptions::default() };
        let (_, text, end) = self.session.generate(&ids, options)?.finish();
        let usage = match end {
            Some(end) => match end.reason {
                EndReason::Failed(error) => return Err(error.into()),
                _ => end.usage,
            },
            None => Default::default(),
        };
        Ok(Completion {
            text,
            prompt_tokens: usage.n_prompt as u64,
            output_tokens: usage.n_generated as u64,
        })
    }
}
