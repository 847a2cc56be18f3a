//! Keys and values of earlier tokens: two tensors a layer, `[n_cells, n_head_kv · d_head]`. A layer with
//! a convolution has one, of its inputs, with a row of zeros at the end, which stands for tokens before
//! the first.

use std::ptr::NonNull;

use ggml_sys as sys;

use super::context::{Context, Tensor};
use super::weights::Buffer;
use crate::error::ModelError;
use crate::ops::{CacheGroup, CellContent, Plan, RunnerOptions};
use crate::quant::TensorType;

/// The caches of one runner.
pub(super) struct Caches {
    /// What the cells of each layer hold.
    pub(super) layers: Vec<Cells>,
    /// Bytes of all of them.
    pub(super) n_bytes: u64,
    // Dropped after the tensors that point into them. ggml makes no empty buffers, so a plan without
    // attention has none.
    _buffer: Option<Buffer>,
    _context: Context,
}

/// The cells of a layer.
#[derive(Clone, Copy)]
pub(super) enum Cells {
    KeysValues(Tensor, Tensor),
    Inputs(Tensor),
}

impl Cells {
    /// Tensors for `n_cells` cells of a cache of the plan.
    fn new(context: &Context, plan: &Plan, cache: usize, n_cells: u64, kind: TensorType) -> Self {
        match plan.caches[cache].content {
            CellContent::KeysValues => {
                let tensor = || context.new_tensor(kind, plan.d_kv().into(), n_cells);
                Self::KeysValues(tensor(), tensor())
            }
            CellContent::Inputs(width) => {
                Self::Inputs(context.new_tensor(TensorType::F32, width.into(), n_cells + 1))
            }
        }
    }

    /// Keys, or inputs.
    pub(super) fn first(self) -> Tensor {
        match self {
            Self::KeysValues(tensor, _) | Self::Inputs(tensor) => tensor,
        }
    }

    /// All of them: keys, or inputs, first.
    pub(super) fn tensors(self) -> impl Iterator<Item = Tensor> {
        let second = match self {
            Self::KeysValues(_, values) => Some(values),
            Self::Inputs(_) => None,
        };
        std::iter::once(self.first()).chain(second)
    }
}

/// Bytes of the caches of a runner.
pub fn cache_bytes(plan: &Plan, options: &RunnerOptions) -> u64 {
    let caches = plan.caches.iter().enumerate().zip(&options.n_cells);
    let bytes = |((cache, group), &n_cells): ((usize, &CacheGroup), &usize)| {
        let n_zeros = usize::from(matches!(group.content, CellContent::Inputs(_)));
        let cell: usize = plan.cell_bytes(cache, options.cache_type).iter().sum();
        (cell * (n_cells + n_zeros) * group.layers.len()) as u64
    };
    caches.map(bytes).sum()
}

impl Caches {
    /// Allocates and clears the caches. Cleared, because attention may multiply the contents of
    /// masked cells by zero, and random bits can be NaN.
    pub(super) fn new(plan: &Plan, options: &RunnerOptions) -> Result<Self, ModelError> {
        let n_layer = plan.n_layer();
        let context = Context::new(2 * n_layer, false)?;
        let kind = options.cache_type.tensor_type();
        let layers: Vec<Cells> = (0..n_layer)
            .map(|layer| {
                let cache = plan.cache_of(layer as u32);
                Cells::new(&context, plan, cache, options.n_cells[cache] as u64, kind)
            })
            .collect();
        let tensors = layers.iter().flat_map(|cells| cells.tensors());
        let n_bytes = tensors.map(|tensor| tensor.n_bytes() as u64).sum();
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
        Ok(Self { layers, n_bytes, _buffer: buffer, _context: context })
    }

    /// Caches that only pretend to have memory, for measuring graphs that are never computed.
    pub(super) fn pretended(plan: &Plan, options: &RunnerOptions) -> Result<Self, ModelError> {
        let tiny = RunnerOptions { n_cells: vec![1; options.n_cells.len()], ..options.clone() };
        let real = Self::new(plan, &tiny)?;
        let context = Context::new(2 * plan.n_layer(), false)?;
        let kind = options.cache_type.tensor_type();
        let pretend = |(layer, real): (usize, &Cells)| {
            let cache = plan.cache_of(layer as u32);
            let n_cells = options.n_cells[cache] as u64;
            let cells = Cells::new(&context, plan, cache, n_cells, kind);
            for (tensor, real) in cells.tensors().zip(real.tensors()) {
                // SAFETY: the allocator only asks whether a tensor has an address. The graph is never
                // computed, so nothing behind the address is read or written.
                unsafe { (*tensor.raw()).data = (*real.raw()).data };
            }
            cells
        };
        let layers = real.layers.iter().enumerate().map(pretend).collect();
        Ok(Self { layers, n_bytes: 0, _buffer: real._buffer, _context: context })
    }
}
