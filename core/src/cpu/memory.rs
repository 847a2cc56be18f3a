//! What a pass writes to, apart from the caches: allocated once, for the largest batch.

use std::sync::atomic::AtomicUsize;

use super::cells::BLOCK;
use super::rounded::Rounded;
use super::scratch::Scratch;
use super::shared::Shared;
use super::split::most_part_values;
use super::steps::{RowOp, Step, Steps};
use crate::error::ModelError;
use crate::ops::{Plan, RunnerOptions};

/// What memory is for, in errors.
const ACTIVATIONS: &str = "activations";

/// Everything that a pass writes to, apart from the caches.
pub(super) struct Memory {
    /// Activations by buffer; that of the logits is empty.
    pub(super) buffers: Vec<Shared<f32>>,
    pub(super) logits: Shared<f32>,
    /// Rounded activations by buffer and kind of blocks.
    pub(super) rounded: Vec<[Option<Rounded>; 2]>,
    /// Cosines and sines by rotation.
    pub(super) turns: Vec<Shared<f32>>,
    /// Visibility of blocks by cache.
    pub(super) visibility: Vec<Shared<u8>>,
    pub(super) parts: Shared<f32>,
    pub(super) scratch: Vec<Scratch>,
    /// Parts of each step that are claimed.
    pub(super) claimed: Vec<AtomicUsize>,
}

impl Memory {
    pub(super) fn new(
        plan: &Plan,
        steps: &Steps,
        options: &RunnerOptions,
    ) -> Result<Self, ModelError> {
        let n_batch = options.n_batch;
        let width = |index: usize| plan.buffers[index].width as usize;
        let floats = |n| Shared::<f32>::new(n, ACTIVATIONS);
        let buffer =
            |index| floats(if plan.logits.0 == index { 0 } else { n_batch * width(index) });
        let mut rounded: Vec<[Option<Rounded>; 2]> =
            plan.buffers.iter().map(|_| [None, None]).collect();
        for step in &steps.all {
            let Step::Rows { ops, .. } = step else { continue };
            for op in ops {
                if let RowOp::Quantise { buffer, blocks } = *op {
                    let slot = &mut rounded[buffer.0][blocks as usize];
                    if slot.is_none() {
                        *slot = Some(Rounded::new(blocks, width(buffer.0), n_batch)?);
                    }
                }
            }
        }
        let turns = plan.ropes.iter().map(|rope| floats(n_batch * rope.d_rot as usize));
        let blocks = options.n_cells.iter().map(|cells| n_batch * cells.div_ceil(BLOCK));
        let mut memory = Self {
            buffers: (0..plan.buffers.len()).map(buffer).collect::<Result<_, _>>()?,
            logits: floats(plan.n_vocab as usize)?,
            rounded,
            turns: turns.collect::<Result<_, _>>()?,
            visibility: blocks.map(|n| Shared::new(n, ACTIVATIONS)).collect::<Result<_, _>>()?,
            parts: floats(0)?,
            scratch: Vec::new(),
            claimed: steps.all.iter().map(|_| AtomicUsize::new(0)).collect(),
        };
        memory.fit_threads(plan, options)?;
        Ok(memory)
    }

    /// Allocates what depends on the number of threads.
    pub(super) fn fit_threads(
        &mut self,
        plan: &Plan,
        options: &RunnerOptions,
    ) -> Result<(), ModelError> {
        let RunnerOptions { n_batch, n_threads, .. } = *options;
        let n_parts = most_part_values(plan, n_batch, &options.n_cells, n_threads);
        let scratch = || Scratch::new(plan, options.cache_type, ACTIVATIONS);
        let scratch = (0..n_threads).map(|_| scratch()).collect::<Result<_, _>>()?;
        self.parts = Shared::new(n_parts, ACTIVATIONS)?;
        self.scratch = scratch;
        Ok(())
    }

    /// Bytes without the logits.
    pub(super) fn n_bytes(&self) -> u64 {
        let scratch = self.scratch.iter().map(|scratch| &scratch.values);
        let floats = self.buffers.iter().chain(&self.turns).chain(scratch);
        let n_floats: usize = floats.chain([&self.parts]).map(Shared::len).sum();
        let queries = self.scratch.iter().filter_map(|scratch| scratch.rounded.as_ref());
        let rounded = self.rounded.iter().flatten().flatten().chain(queries);
        let rounded: u64 = rounded.map(Rounded::bytes).sum();
        let visibility: usize = self.visibility.iter().map(Shared::len).sum();
        let n_integers: usize = self.scratch.iter().map(|scratch| scratch.integers.len()).sum();
        4 * n_floats as u64 + 2 * n_integers as u64 + rounded + visibility as u64
    }
}
