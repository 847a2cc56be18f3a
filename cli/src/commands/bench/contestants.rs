//! The programs that are measured, behind one interface.

use std::path::Path;

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::{Decoder, DecoderOptions, LogitRows, Model};
use carrel_core::ggml::Placement;
use carrel_core::ops::CacheType;
use carrel_referee::{Referee, RefereeOptions};

use crate::failure::Failure;

/// A program that can read tokens and continue them.
pub trait Contestant {
    /// Its name in the rows.
    fn name(&self) -> &'static str;
    /// The instruction sets that it was compiled for, if it does not choose when it starts.
    fn instructions(&self) -> Option<Vec<String>> {
        None
    }
    /// Goes back to the first `n_past` tokens.
    fn truncate(&mut self, n_past: usize) -> Result<(), Failure>;
    /// Goes back to nothing, then on until these tokens are in the cache.
    fn fill(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        self.truncate(0)?;
        self.prefill(tokens)
    }
    /// Reads tokens together; logits of the last one only.
    fn prefill(&mut self, tokens: &[u32]) -> Result<(), Failure>;
    /// Reads tokens one by one, with logits each time.
    fn decode(&mut self, tokens: &[u32]) -> Result<(), Failure>;
    /// The last logits.
    fn logits(&self) -> Vec<f32>;
    /// Computes with this many threads from now on.
    fn set_threads(&mut self, n_threads: usize) -> Result<(), Failure>;
    /// Sends the threads to sleep, so that they don't take the cores from the next contestant:
    /// ggml's threads stay awake for a good part of a second after their work.
    fn rest(&mut self);
}

/// Tokens without any pattern that a cache could profit from.
pub fn tokens(n: usize, n_vocab: u32) -> Vec<u32> {
    let mut state = 0x2545_f491u32;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % (n_vocab - 4)
    };
    (0..n).map(next).collect()
}

/// Carrel.
pub struct Ours {
    decoder: Decoder,
    /// Who fills the cache of the decoder, if not that one.
    filler: Option<Decoder>,
    cancel: CancelFlag,
}

impl Ours {
    pub fn new(
        model: &Model,
        options: &DecoderOptions,
        cancel: &CancelFlag,
    ) -> Result<Self, Failure> {
        Ok(Self { decoder: model.decoder(options)?, filler: None, cancel: cancel.clone() })
    }

    /// The same, whose cache this model fills, which is the same one elsewhere.
    #[cfg(feature = "gpu")]
    pub fn filled_by(self, model: &Model, options: &DecoderOptions) -> Result<Self, Failure> {
        Ok(Self { filler: Some(model.decoder(options)?), ..self })
    }
}

impl Contestant for Ours {
    fn name(&self) -> &'static str {
        #[cfg(feature = "gpu")]
        if self.decoder.model().gpu().is_some() {
            return "carrel (GPU)";
        }
        match self.decoder.model().placement() {
            Placement::InPlace => "carrel (mapped)",
            Placement::Repacked => "carrel",
        }
    }

    fn truncate(&mut self, n_past: usize) -> Result<(), Failure> {
        Ok(self.decoder.truncate(n_past)?)
    }

    fn fill(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        let Some(filler) = self.filler.as_mut().filter(|_| !tokens.is_empty()) else {
            self.truncate(0)?;
            return self.prefill(tokens);
        };
        filler.clear()?;
        filler.forward(tokens, LogitRows::None, &self.cancel)?;
        let mut state = Vec::new();
        filler.save(tokens, &mut state).map_err(Failure::other)?;
        filler.rest();
        Ok(self.decoder.restore(tokens, &mut state.as_slice())?)
    }

    fn prefill(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        self.decoder.forward(tokens, LogitRows::Last, &self.cancel)?;
        Ok(())
    }

    fn decode(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        for token in tokens {
            self.decoder.forward(&[*token], LogitRows::Last, &self.cancel)?;
        }
        Ok(())
    }

    fn logits(&self) -> Vec<f32> {
        self.decoder.logits().to_vec()
    }

    fn set_threads(&mut self, n_threads: usize) -> Result<(), Failure> {
        Ok(self.decoder.set_threads(n_threads)?)
    }

    fn rest(&mut self) {
        self.decoder.rest();
    }
}

/// llama.cpp on the same file, with the same context, batch, threads and cache type.
pub struct LlamaCpp {
    referee: Referee,
    logits: Vec<f32>,
}

impl LlamaCpp {
    pub fn new(path: &Path, options: &DecoderOptions) -> Result<Self, Failure> {
        let n_ctx = match options.context {
            carrel_core::exec::ContextPolicy::Full(n_ctx) => n_ctx,
            carrel_core::exec::ContextPolicy::Sliding(window) => window,
        };
        let options = RefereeOptions {
            n_ctx: n_ctx as u32,
            n_batch: options.n_batch as u32,
            n_threads: options.n_threads as u32,
            repack: true,
            cache_q8_0: options.cache_type == CacheType::Q8_0,
            rotate_cache: true,
        };
        let referee = Referee::open(path, options).map_err(Failure::other)?;
        Ok(Self { referee, logits: Vec::new() })
    }

    fn forward(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        let mut rows = self.referee.forward(tokens, false).map_err(Failure::other)?;
        self.logits = rows.pop().unwrap_or_default();
        Ok(())
    }
}

impl Contestant for LlamaCpp {
    fn name(&self) -> &'static str {
        "llama.cpp"
    }

    fn instructions(&self) -> Option<Vec<String>> {
        Some(carrel_referee::instructions())
    }

    fn truncate(&mut self, n_past: usize) -> Result<(), Failure> {
        self.referee.truncate(n_past).map_err(Failure::other)
    }

    fn prefill(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        if tokens.is_empty() { Ok(()) } else { self.forward(tokens) }
    }

    fn decode(&mut self, tokens: &[u32]) -> Result<(), Failure> {
        tokens.iter().try_for_each(|token| self.forward(&[*token]))
    }

    fn logits(&self) -> Vec<f32> {
        self.logits.clone()
    }

    fn set_threads(&mut self, n_threads: usize) -> Result<(), Failure> {
        self.referee.set_threads(n_threads as u32);
        Ok(())
    }

    fn rest(&mut self) {
        self.referee.rest();
    }
}
