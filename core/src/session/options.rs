//! What a generation can be told.

use crate::cancel::CancelFlag;
use crate::sample::{Grammar, SamplerOptions};

/// Options of one generation.
#[derive(Clone)]
pub struct GenerateOptions {
    /// How tokens are chosen.
    pub sampling: SamplerOptions,
    /// Most tokens that are generated.
    pub max_tokens: usize,
    /// Texts that end the generation.
    pub stop: Vec<String>,
    /// What the text has to follow.
    pub grammar: Option<Grammar>,
    /// Copy drafts from earlier text and verify several tokens at once. Has an effect with greedy
    /// sampling only; the ids are the same with and without.
    pub speculation: bool,
    /// Go on when the model is done.
    pub ignores_end: bool,
    /// Stops the generation when it is set, within one layer.
    pub cancel: CancelFlag,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self {
            sampling: SamplerOptions::default(),
            max_tokens: usize::MAX,
            stop: Vec::new(),
            grammar: None,
            speculation: true,
            ignores_end: false,
            cancel: CancelFlag::new(),
        }
    }
}
