//! Runs a plan on the CPU through ggml.

use std::sync::Arc;

use super::allocator::Allocator;
use super::caches::Caches;
use super::lower::{Lowered, Shape, lower};
use super::processor::Processor;
use super::rotate::FirstCells;
use super::weights::Weights;
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::ops::{Batch, CacheType, Outcome, Plan, Runner, RunnerOptions};

/// A plan with its weights, caches, scratch memory and threads.
pub struct GgmlRunner {
    plan: Arc<Plan>,
    weights: Arc<Weights>,
    caches: Caches,
    allocator: Allocator,
    processor: Processor,
    /// The graph of the last batch, kept while batches have the same shape.
    current: Option<(Shape, Lowered)>,
    first_cells: Vec<Option<FirstCells>>,
    logits: Vec<f32>,
    cache_type: CacheType,
}

impl GgmlRunner {
    /// Allocates caches, and scratch memory for a full batch that asks for one row of logits.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub fn new(
        plan: Arc<Plan>,
        weights: Arc<Weights>,
        options: &RunnerOptions,
    ) -> Result<Self, ModelError> {
        let caches = Caches::new(&plan, options)?;
        let mut allocator = Allocator::new();
        let shape =
            Shape { n_tokens: options.n_batch, n_rows: 1, n_cells: options.n_cells.clone() };
        let largest = lower(&plan, &weights, &caches, &shape)?;
        allocator.allocate(largest.graph)?;
        drop(largest);
        let first_cells = plan.caches.iter().map(|_| None).collect();
        let processor = Processor::new(options.n_threads)?;
        let logits = Vec::with_capacity(plan.n_vocab as usize);
        Ok(Self {
            plan,
            weights,
            caches,
            allocator,
            processor,
            current: None,
            first_cells,
            logits,
            cache_type: options.cache_type,
        })
    }

    /// The graph for `shape`, with all tensors in place.
    fn prepare(&mut self, shape: Shape) -> Result<(), ModelError> {
        if self.current.as_ref().is_some_and(|(current, _)| *current == shape) {
            return Ok(());
        }
        self.current = None;
        let lowered = lower(&self.plan, &self.weights, &self.caches, &shape)?;
        self.allocator.allocate(lowered.graph)?;
        self.current = Some((shape, lowered));
        Ok(())
    }
}

impl Runner for GgmlRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        self.logits.clear();
        self.prepare(Shape::of(batch))?;
        let (_, lowered) = self.current.as_ref().expect("prepared above");
        lowered.tokens.write(0, &batch.tokens);
        // A plan without rotations reads no positions: ggml gives no memory to what nobody reads.
        lowered.positions.write_if_used(&batch.positions);
        for (inputs, view) in lowered.caches.iter().zip(&batch.caches) {
            inputs.write(view);
        }
        if let Some(rows) = lowered.rows {
            rows.write(0, &batch.rows);
        }
        let outcome = self.processor.compute(lowered.graph, cancel)?;
        if let (Outcome::Done, Some(logits)) = (outcome, lowered.logits) {
            self.logits.resize(batch.rows.len() * self.plan.n_vocab as usize, 0.0);
            logits.read(0, &mut self.logits);
        }
        Ok(outcome)
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError> {
        let slot = &mut self.first_cells[group];
        let copies = match slot {
            Some(copies) => copies,
            None => {
                let (plan, caches) = (&self.plan, &self.caches);
                slot.insert(FirstCells::copy(plan, caches, &mut self.processor, group, n_cells)?)
            }
        };
        copies.rotate(&self.plan, &self.weights, &self.caches, &mut self.processor, delta)
    }

    fn forget_first_cells(&mut self) {
        self.first_cells.fill_with(|| None);
    }

    fn cell_bytes(&self, layer: u32) -> [usize; 2] {
        self.plan.cell_bytes(self.plan.cache_of(layer), self.cache_type)
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        let tensors = self.caches.layers[layer as usize].tensors();
        for ((tensor, n_bytes), out) in tensors.zip(self.cell_bytes(layer)).zip([keys, values]) {
            tensor.read(first * n_bytes, out);
        }
        Ok(())
    }

    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        let tensors = self.caches.layers[layer as usize].tensors();
        for ((tensor, n_bytes), saved) in tensors.zip(self.cell_bytes(layer)).zip([keys, values]) {
            tensor.write(first * n_bytes, saved);
        }
    }

    fn rest(&mut self) {
        self.processor.rest();
    }

    fn set_threads(&mut self, n_threads: usize) -> Result<(), ModelError> {
        self.processor = Processor::new(n_threads)?;
        Ok(())
    }

    fn cache_bytes(&self) -> u64 {
        self.caches.n_bytes
    }

    fn compute_bytes(&self) -> u64 {
        self.allocator.n_bytes()
    }
}
