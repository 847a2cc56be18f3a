//! The runner: a plan with its weights, caches, memory and threads, which takes one batch after the other.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::caches::{Caches, cache_bytes};
use super::memory::Memory;
use super::pass::Pass;
use super::pool::{Exit, Pool};
use super::shared::Shared;
use super::split::Split;
use super::steps::Steps;
use super::weights::CpuWeights;
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::ops::{Batch, Outcome, Plan, Runner, RunnerOptions};
use carrel_kernels::Kernels;

/// A plan with its weights, caches, scratch memory and threads.
pub struct CpuRunner {
    plan: Arc<Plan>,
    weights: Arc<CpuWeights>,
    kernels: &'static Kernels,
    steps: Steps,
    caches: Caches,
    pool: Pool,
    memory: Memory,
    options: RunnerOptions,
    n_logits: usize,
}

/// Bytes of caches, and of activations and scratch memory, that a runner of this plan allocates.
///
/// # Errors
/// [`ModelError::OutOfMemory`] if the system would not even reserve it.
pub fn runner_bytes(plan: &Plan, options: &RunnerOptions) -> Result<(u64, u64), ModelError> {
    // Memory that is never touched is only reserved: asking costs nothing.
    let memory = Memory::new(plan, &Steps::of(plan), options)?;
    Ok((cache_bytes(plan, options), memory.n_bytes()))
}

impl CpuRunner {
    /// Allocates caches and scratch memory, and starts the threads.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`] if the system gives no memory or no threads.
    pub fn new(
        plan: Arc<Plan>,
        weights: Arc<CpuWeights>,
        kernels: &'static Kernels,
        options: &RunnerOptions,
    ) -> Result<Self, ModelError> {
        let steps = Steps::of(&plan);
        let memory = Memory::new(&plan, &steps, options)?;
        Ok(Self {
            caches: Caches::new(&plan, options)?,
            pool: start(options.n_threads)?,
            plan,
            weights,
            kernels,
            steps,
            memory,
            options: options.clone(),
            n_logits: 0,
        })
    }
}

/// A team of threads.
fn start(n_threads: usize) -> Result<Pool, ModelError> {
    let no_threads = |_| ModelError::OutOfMemory { what: "the thread pool", n_bytes: 0 };
    Pool::new(n_threads).map_err(no_threads)
}

impl Runner for CpuRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        self.n_logits = 0;
        if batch.tokens.len() > self.options.n_batch {
            return Err(ModelError::Option {
                option: "the batch size",
                found: batch.tokens.len().to_string(),
                expected: format!("at most {}", self.options.n_batch),
            });
        }
        let n_logits = batch.rows.len() * self.plan.n_vocab as usize;
        if self.memory.logits.len() < n_logits {
            self.memory.logits = Shared::new(n_logits, "logits")?;
        }
        self.memory.claimed.iter().for_each(|claimed| claimed.store(0, Ordering::Relaxed));
        let n_cells = batch.caches.iter().map(|view| view.n_cells).max().unwrap_or(0);
        let n_threads = self.options.n_threads;
        let pass = Pass {
            plan: &self.plan,
            weights: &self.weights,
            kernels: self.kernels,
            caches: &self.caches,
            batch,
            split: Split::of(&self.plan, batch.tokens.len(), n_cells, n_threads),
            turns: &self.memory.turns,
            visibility: &self.memory.visibility,
            parts: &self.memory.parts,
            memory: &self.memory,
            cancel,
            exit: Exit::new(),
        };
        let n_steps =
            if batch.rows.is_empty() { self.steps.n_stored } else { self.steps.all.len() };
        let steps = &self.steps.all[..n_steps];
        self.pool.run(&|member| pass.walk(steps, member));
        if pass.exit.is_taken() {
            return Ok(Outcome::Cancelled);
        }
        self.n_logits = n_logits;
        Ok(Outcome::Done)
    }

    fn logits(&self) -> &[f32] {
        // SAFETY: no pass is running while the runner is borrowed, so nobody writes.
        unsafe { self.memory.logits.read(0..self.n_logits) }
    }

    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError> {
        let (plan, weights) = (&self.plan, &self.weights);
        self.caches.rotate_first_cells(plan, weights, group, n_cells, delta);
        Ok(())
    }

    fn forget_first_cells(&mut self) {
        self.caches.forget_first_cells();
    }

    fn cell_bytes(&self, layer: u32) -> [usize; 2] {
        self.plan.cell_bytes(self.plan.cache_of(layer), self.options.cache_type)
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        self.caches.read_cells(layer, first, keys, values);
        Ok(())
    }

    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        self.caches.write_cells(layer, first, keys, values);
    }

    fn rest(&mut self) {
        self.pool.rest();
    }

    fn set_threads(&mut self, n_threads: usize) -> Result<(), ModelError> {
        let pool = start(n_threads)?;
        let options = RunnerOptions { n_threads, ..self.options.clone() };
        self.memory.fit_threads(&self.plan, &options)?;
        (self.pool, self.options) = (pool, options);
        Ok(())
    }

    fn cache_bytes(&self) -> u64 {
        cache_bytes(&self.plan, &self.options)
    }

    fn compute_bytes(&self) -> u64 {
        self.memory.n_bytes()
    }
}
