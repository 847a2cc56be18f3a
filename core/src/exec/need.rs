//! The memory that a model needs, computed from its header before anything is loaded.
//!
//! ```text
//! total = weights (mapped pages or copies) + KV cache + activations + logits + text + program + GPU
//! ```
//! Text is the vocabulary with what grammars of replies take ([`VocabularyNeed`], [`grammar_bytes`]).
//! On a GPU lie copies of the weights of its layers, their caches and activations: that is memory of
//! the same machine where a GPU has none of its own. The file's pages behind them are given back.
//! Activations are what ggml's allocator would take for a full batch over a full cache: it is asked
//! with the real graph, but without memory.

use super::decoder::{DecoderOptions, cells_for, context_length, runner_options};
use super::model::Model;
use crate::cpu::{PackedIn, packed_bytes, runner_bytes};
use crate::error::ModelError;
use crate::ggml::{Placement, activation_bytes, cache_bytes as ggml_cache_bytes, repacked};
use crate::gguf::Gguf;
use crate::ops::{Op, Plan, RunnerOptions};
use crate::sample::grammar_bytes;
use crate::tokenizer::VocabularyNeed;

/// Bytes of the file that one look-up brings into memory: Linux maps up to 16 pages around the one
/// that was read, if they are cached.
const LOOK_UP_BYTES: u64 = 64 << 10;

/// What the program itself takes once it runs a model: pages of its code and of ggml's, tables of
/// the plan, stacks, and what allocators keep. Measured on Linux, x86-64, with the shape of
/// SmolLM2-135M: 3.8 MiB with mapped weights, 7.0 MiB with repacked ones.
const PROGRAM_BYTES: u64 = 4 << 20;

/// Pages of code that texts bring into memory: patterns, grammars, templates. Measured on Linux,
/// x86-64.
const TEXT_CODE_BYTES: u64 = 5 << 19;

/// Bytes that a model and one decoder take, by purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryNeed {
    /// Weights that are read from the mapped file.
    pub mapped_bytes: u64,
    /// Weights that are copied.
    pub copied_bytes: u64,
    /// Keys and values.
    pub cache_bytes: u64,
    /// Activations and scratch memory of a full batch.
    pub activation_bytes: u64,
    /// One row of logits, twice (as computed and as handed out).
    pub logit_bytes: u64,
    /// The vocabulary, and the grammars of replies that point to sentences.
    pub text_bytes: u64,
    /// Code, tables and allocators of the program itself.
    pub program_bytes: u64,
    /// Everything on a GPU.
    pub gpu_bytes: u64,
}

impl MemoryNeed {
    /// All of it.
    pub fn total_bytes(&self) -> u64 {
        self.mapped_bytes
            + self.copied_bytes
            + self.cache_bytes
            + self.activation_bytes
            + self.logit_bytes
            + self.text_bytes
            + self.program_bytes
            + self.gpu_bytes
    }

    pub(super) fn of(model: &Model, options: &DecoderOptions) -> Result<Self, ModelError> {
        #[cfg(feature = "gpu")]
        if let Some(need) = model.need_with_gpu(options)? {
            return Ok(need);
        }
        let n_ctx = context_length(options);
        let plan = model.plan_for(n_ctx as u32)?;
        let runner = runner_options(&cells_for(&plan, options)?, options);
        Part { plan: &plan, runner: &runner, n_ctx, uses_all: true }.need(model, &plan)
    }
}

/// What the processor computes of a plan; no operations if it computes nothing.
pub(super) struct Part<'a> {
    pub(super) plan: &'a Plan,
    pub(super) runner: &'a RunnerOptions,
    pub(super) n_ctx: usize,
    /// Whether weights that no operation uses are read, too.
    pub(super) uses_all: bool,
}

impl Part<'_> {
    /// What it needs, as part of a whole plan.
    pub(super) fn need(&self, model: &Model, whole: &Plan) -> Result<MemoryNeed, ModelError> {
        let Self { plan, runner, n_ctx, uses_all } = *self;
        let row = u64::from(whole.n_vocab) * 4;
        let copies = copies(model, whole);
        let mut in_products = vec![false; plan.weights.len()];
        let mut looked_up = vec![false; plan.weights.len()];
        let mut is_used = vec![uses_all; plan.weights.len()];
        for op in &plan.ops {
            op.weights().for_each(|id| is_used[id.0] = true);
            match op {
                Op::Linear { weight, .. } => in_products[weight.0] = true,
                Op::Embed { table, .. } => looked_up[table.0] = true,
                _ => {}
            }
        }
        // The header with the vocabulary is read whole.
        let mut mapped_bytes = model.file().tensors().iter().map(|t| t.start).min().unwrap_or(0);
        let mut copied_bytes = 0;
        // What lies packed in a file is mapped from there.
        let is_kept = model.packed_in().is_some_and(|place| *place != PackedIn::Memory);
        for (index, weight) in plan.weights.iter().enumerate() {
            let is_copied = copies[index] > 0;
            *(if is_kept { &mut mapped_bytes } else { &mut copied_bytes }) += copies[index];
            if !is_used[index] {
                continue;
            }
            // Pages of copied weights are released, and a table that is only looked up comes into
            // memory a row at a time. A tied table that was copied is both.
            mapped_bytes += if looked_up[index] && (is_copied || !in_products[index]) {
                weight.n_bytes.min(n_ctx as u64 * LOOK_UP_BYTES)
            } else if is_copied {
                0
            } else {
                weight.n_bytes
            };
        }
        let (cache_bytes, activation_bytes) = match model.own() {
            _ if plan.ops.is_empty() => (0, 0),
            Some(_) => runner_bytes(plan, runner)?,
            None => {
                let activations = activation_bytes(plan, model.weights(), runner)?;
                (ggml_cache_bytes(plan, runner), activations)
            }
        };
        Ok(MemoryNeed {
            mapped_bytes,
            copied_bytes,
            cache_bytes,
            activation_bytes,
            logit_bytes: 2 * row,
            text_bytes: model.text_bytes(),
            program_bytes: PROGRAM_BYTES,
            gpu_bytes: 0,
        })
    }
}

/// Bytes that texts take: the vocabulary of a model file, grammars, and the code of both. 0 if the
/// file has no vocabulary, so that no text can be made.
pub(super) fn text_bytes(file: &Gguf) -> u64 {
    let Some(need) = VocabularyNeed::of(file) else { return 0 };
    TEXT_CODE_BYTES + need.total_bytes + grammar_bytes(need.n_tokens, need.text_bytes)
}

/// Bytes of the copy of each weight, 0 for those that are not copied.
fn copies(model: &Model, plan: &Plan) -> Vec<u64> {
    if model.own().is_some() {
        return packed_bytes(plan);
    }
    let mut copies = vec![0; plan.weights.len()];
    if model.placement() == Placement::Repacked {
        for id in repacked(plan) {
            copies[id.0] = plan.weights[id.0].n_bytes;
        }
    }
    copies
}
