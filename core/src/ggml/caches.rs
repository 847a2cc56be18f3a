//! Keys and values of earlier tokens: two tensors a layer, `[n_cells, n_head_kv · d_head]`.

use std::ptr::NonNull;

use ggml_sys as sys;

use super::context::{Context, Tensor};
use super::weights::Buffer;
use crate::error::ModelError;
use crate::ops::{Plan, RunnerOptions};

/// The caches of one runner.
pub(super) struct Caches {
    /// Keys by layer.
    pub(super) keys: Vec<Tensor>,
    /// Values by layer.
    pub(super) values: Vec<Tensor>,
    /// Bytes of all of them.
    pub(super) n_bytes: u64,
    // Dropped after the tensors that point into them. ggml makes no empty buffers, so a plan without
    // attention has none.
    _buffer: Option<Buffer>,
    _context: Context,
}

impl Caches {
    /// Allocates and clears the caches. Cleared, because attention may multiply the contents of
    /// masked cells by zero, and random bits can be NaN.
    pub(super) fn new(plan: &Plan, options: &RunnerOptions) -> Result<Self, ModelError> {
        let n_layer = plan.n_layer();
        let context = Context::new(2 * n_layer, false)?;
        let kind = options.cache_type.tensor_type();
        let mut keys = Vec::with_capacity(n_layer);
        let mut values = Vec::with_capacity(n_layer);
        for layer in 0..n_layer {
            let n_cells = options.n_cells[plan.cache_of(layer as u32)] as u64;
            keys.push(context.new_tensor(kind, plan.d_kv().into(), n_cells));
            values.push(context.new_tensor(kind, plan.d_kv().into(), n_cells));
        }
        let n_bytes = keys.iter().chain(&values).map(|tensor| tensor.n_bytes() as u64).sum();
        let allocate = || -> Result<Buffer, ModelError> {
            // SAFETY: allocates all tensors of the context in one buffer; null is checked.
            unsafe {
                let kind = sys::ggml_backend_cpu_buffer_type();
                let buffer = sys::ggml_backend_alloc_ctx_tensors_from_buft(context.raw(), kind);
                let buffer = NonNull::new(buffer)
                    .ok_or(ModelError::OutOfMemory { what: "the KV cache", n_bytes })?;
                sys::ggml_backend_buffer_clear(buffer.as_ptr(), 0);
                Ok(Buffer(buffer))
            }
        };
        let buffer = (n_layer > 0).then(allocate).transpose()?;
        Ok(Self { keys, values, n_bytes, _buffer: buffer, _context: context })
    }
}

impl Caches {
    /// Caches that only pretend to have memory, for measuring graphs that are never computed.
    pub(super) fn pretended(plan: &Plan, options: &RunnerOptions) -> Result<Self, ModelError> {
        let tiny = RunnerOptions { n_cells: vec![1; options.n_cells.len()], ..options.clone() };
        let real = Self::new(plan, &tiny)?;
        let context = Context::new(2 * plan.n_layer(), false)?;
        let kind = options.cache_type.tensor_type();
        let pretend = |layer: usize, real: Tensor| {
            let n_cells = options.n_cells[plan.cache_of(layer as u32)] as u64;
            let tensor = context.new_tensor(kind, plan.d_kv().into(), n_cells);
            // SAFETY: the allocator only asks whether a tensor has an address. The graph is never
            // computed, so nothing behind the address is read or written.
            unsafe { (*tensor.raw()).data = (*real.raw()).data };
            tensor
        };
        let keys = real.keys.iter().enumerate().map(|(l, &t)| pretend(l, t)).collect();
        let values = real.values.iter().enumerate().map(|(l, &t)| pretend(l, t)).collect();
        Ok(Self { keys, values, n_bytes: 0, _buffer: real._buffer, _context: context })
    }
}
