//! The session: a decoder and the tokens that are in its cache.

use super::generation::Generation;
use super::options::GenerateOptions;
use crate::cancel::CancelFlag;
use crate::error::{ModelError, Result, SessionError};
use crate::exec::{ContextPolicy, Decoder, DecoderOptions, LogitRows, Model};
use crate::ops::Outcome;
use crate::sample::Grammars;
use crate::thermal::Effort;
use crate::tokenizer::Tokenizer;

/// One conversation. Owns everything that changes; the model and the vocabulary are shared.
pub struct Session {
    pub(super) decoder: Decoder,
    pub(super) tokenizer: Tokenizer,
    /// The tokens in the cache.
    pub(super) tokens: Vec<u32>,
}

impl Session {
    /// A session on a model, with a cache of its own.
    ///
    /// # Errors
    /// If the options do not fit the model or memory cannot be had.
    pub fn new(model: &Model, tokenizer: &Tokenizer, options: &DecoderOptions) -> Result<Self> {
        Ok(Self::with_decoder(model.decoder(options)?, tokenizer))
    }

    /// A session on a fresh decoder.
    pub fn with_decoder(decoder: Decoder, tokenizer: &Tokenizer) -> Self {
        Self { decoder, tokenizer: tokenizer.clone(), tokens: Vec::new() }
    }

    /// The vocabulary.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The tokens in the cache.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// Tokens that the context holds.
    pub fn n_ctx(&self) -> usize {
        self.decoder.n_ctx()
    }

    /// Threads that compute now, and most tokens in a batch.
    pub fn effort(&self) -> Effort {
        self.decoder.effort()
    }

    /// Bytes of caches, and of activations at most so far.
    pub fn memory_bytes(&self) -> (u64, u64) {
        self.decoder.memory_bytes()
    }

    /// Sends the threads that compute to sleep until they are needed.
    pub fn rest(&mut self) {
        self.decoder.rest();
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// If memory cannot be had.
    pub fn clear(&mut self) -> Result<()> {
        self.tokens.clear();
        Ok(self.decoder.clear()?)
    }

    /// Continues `prompt`. Tokens at its start that are in the cache already are not computed again.
    ///
    /// # Errors
    /// If the prompt or the options cannot work; the session is unchanged then. What goes wrong
    /// later is told by the last event.
    pub fn generate(&mut self, prompt: &[u32], options: GenerateOptions) -> Result<Generation<'_>> {
        if prompt.is_empty() {
            return Err(SessionError::EmptyPrompt.into());
        }
        let n_ctx = self.n_ctx();
        if prompt.len() > n_ctx {
            return Err(SessionError::PromptTooLong { n_tokens: prompt.len(), n_ctx }.into());
        }
        if options.stop.iter().any(String::is_empty) {
            return Err(SessionError::EmptyStop.into());
        }
        let n_vocab = self.decoder.model().spec().n_vocab;
        if let Some(&token) = prompt.iter().find(|&&token| token >= n_vocab) {
            return Err(ModelError::Token { token, n_vocab }.into());
        }
        Generation::new(self, prompt, options)
    }

    /// Keeps as much of the cache as `prompt` begins with, but for its last token, whose logits are
    /// needed. Answers how many tokens stayed.
    pub(super) fn keep_prefix(&mut self, prompt: &[u32]) -> Result<usize, ModelError> {
        let is_same = |(a, b): &(&u32, &u32)| a == b;
        let n_common = self.tokens.iter().zip(prompt).take_while(is_same).count();
        let n_kept = n_common.min(prompt.len() - 1);
        // Behind a window that has slid on, earlier tokens are gone.
        let n_kept = if self.decoder.can_truncate(n_kept) { n_kept } else { 0 };
        self.truncate(n_kept)?;
        Ok(n_kept)
    }

    /// Whether all tokens but the first `n_tokens` can be forgotten: not behind a window that slid on.
    pub fn can_truncate(&self, n_tokens: usize) -> bool {
        self.decoder.can_truncate(n_tokens)
    }

    /// Forgets all tokens but the first `n_tokens`.
    ///
    /// # Errors
    /// If a window has slid on behind them.
    pub fn truncate(&mut self, n_tokens: usize) -> Result<(), ModelError> {
        self.decoder.truncate(n_tokens)?;
        self.tokens.truncate(n_tokens);
        Ok(())
    }

    /// Appends tokens, and keeps account of what came into the cache in every case.
    pub(super) fn forward(
        &mut self,
        tokens: &[u32],
        rows: LogitRows,
        cancel: &CancelFlag,
    ) -> Result<Outcome, ModelError> {
        let outcome = self.decoder.forward(tokens, rows, cancel);
        let n_new = self.decoder.n_past().saturating_sub(self.tokens.len());
        self.tokens.extend(tokens.iter().take(n_new));
        outcome
    }

    /// Tokens of a prompt that are read between two events: one batch, or the batches of a sliding
    /// context that together have about as many.
    pub(super) fn piece_length(&self) -> usize {
        let n_batch = self.decoder.options().n_batch;
        match self.decoder.options().context {
            ContextPolicy::Full(_) => self.decoder.effort().n_batch,
            ContextPolicy::Sliding(_) => n_batch.max(64),
        }
    }
}

/// A compiler of grammars for a vocabulary. Takes about a tenth of a second for a large one and
/// serves any number of sessions.
///
/// # Errors
/// If the vocabulary is empty.
pub fn grammars_for(tokenizer: &Tokenizer) -> Result<Grammars> {
    let ends: Vec<u32> =
        (0..tokenizer.n_vocab() as u32).filter(|&id| tokenizer.is_end_of_generation(id)).collect();
    Ok(Grammars::new(tokenizer.vocabulary_bytes(), &ends)?)
}
