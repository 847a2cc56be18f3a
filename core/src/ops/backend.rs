//! What a backend does: run a plan over batches of tokens, with caches that it owns.

use half::f16;

use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::quant::TensorType;

/// Type of the values in a KV cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CacheType {
    /// Half precision.
    #[default]
    F16,
    /// 8-bit blocks of 32, about half the memory of [`CacheType::F16`].
    Q8_0,
    /// Single precision, and attention without any rounding to half precision: for models whose
    /// weights are in single precision too.
    F32,
}

impl CacheType {
    /// The tensor type of the cache.
    pub fn tensor_type(self) -> TensorType {
        match self {
            Self::F16 => TensorType::F16,
            Self::Q8_0 => TensorType::Q8_0,
            Self::F32 => TensorType::F32,
        }
    }
}

/// What a runner is made for.
#[derive(Debug, Clone)]
pub struct RunnerOptions {
    /// Threads that compute.
    pub n_threads: usize,
    /// Most tokens in a batch.
    pub n_batch: usize,
    /// Cells of each cache of the plan.
    pub n_cells: Vec<usize>,
    /// Type of the values in the caches.
    pub cache_type: CacheType,
}

/// What a batch does in one cache.
#[derive(Debug, Clone, Default)]
pub struct CacheView {
    /// Cell that each token's key and value go to.
    pub cells: Vec<i64>,
    /// Attention looks at the cells `0 .. n_cells`.
    pub n_cells: usize,
    /// `[n_tokens, n_cells]`: 0 where a token may look, −∞ where it may not.
    pub mask: Vec<f16>,
    /// Cells of the tokens before the batch that a convolution reaches, in order; −1 where the sequence
    /// had not begun. A cache of a convolution has these instead of a mask, and `n_cells` 0.
    pub before: Vec<i64>,
}

/// Tokens to run, with everything that depends on where they stand.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Token ids, all below `n_vocab`.
    pub tokens: Vec<i32>,
    /// Position of each token.
    pub positions: Vec<i32>,
    /// One view per cache of the plan.
    pub caches: Vec<CacheView>,
    /// Indices of the tokens whose logits are wanted, ascending.
    pub rows: Vec<i32>,
    /// If not 0, only so many of the likeliest tokens of each row are wanted, and a runner may answer
    /// them by [`Runner::best`] instead of logits.
    pub n_best: usize,
}

/// A token and its logit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// Id of the token.
    pub id: u32,
    /// Its logit; −∞ stands for a place that no usable token is left for.
    pub logit: f32,
}

impl Best {
    /// Stands where no usable token is left.
    pub const NONE: Self = Self { id: u32::MAX, logit: f32::NEG_INFINITY };
}

/// How a forward pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of it was computed.
    Done,
    /// The flag was set; the cells of this batch hold nothing useful.
    Cancelled,
}

/// A plan made ready to run on one backend, with its own caches and scratch memory.
pub trait Runner: Send {
    /// Runs a batch. The flag is looked at before every operation, so at least once a layer.
    ///
    /// # Errors
    /// If memory for the batch cannot be had.
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError>;

    /// Logits of the last batch, `[rows, n_vocab]`.
    fn logits(&self) -> &[f32];

    /// The likeliest tokens of the last batch, `[rows, n_best]`, the likeliest first and equal ones by
    /// id; empty if they were not asked for or the runner has the logits instead.
    fn best(&self) -> &[Best] {
        &[]
    }

    /// Replaces the keys in the first `n_cells` cells of cache `group` by the keys that were there
    /// at the first such call, rotated forward by `delta` positions.
    ///
    /// # Errors
    /// If memory for it cannot be had.
    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError>;

    /// Forgets the copies that [`Runner::rotate_first_cells`] made.
    fn forget_first_cells(&mut self);

    /// Bytes of one cell of `layer`: of its keys, or of the inputs of its convolution, which stand in
    /// for keys below, and of its values, of which there are none then.
    fn cell_bytes(&self, layer: u32) -> [usize; 2];

    /// Copies the keys and values of `layer` in cells `first ..` out, as many cells as fit.
    ///
    /// # Errors
    /// If the caches lie on a device that is lost.
    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError>;

    /// Copies keys and values of `layer` in, from cell `first` on.
    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]);

    /// Sends the threads to sleep until the next pass. Without it they stay awake for a moment,
    /// which makes the next token come sooner but takes the cores from whoever else computes.
    fn rest(&mut self) {}

    /// Computes with this many threads from now on; nothing to do for a runner that has none.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`] if threads cannot be had; then the number stays what it was.
    fn set_threads(&mut self, _n_threads: usize) -> Result<(), ModelError> {
        Ok(())
    }

    /// Bytes allocated for caches.
    fn cache_bytes(&self) -> u64;

    /// Bytes allocated for activations, at most, since the runner was made.
    fn compute_bytes(&self) -> u64;
}
