//! Safe names for the ggml calls that build graphs.
//!
//! A [`Context`] owns the memory of tensor and graph descriptions (never of tensor data). A
//! [`Tensor`] is a pointer into a context; it is only valid while its context lives, which the
//! owners in this folder see to by keeping context and tensors in the same struct.

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use ggml_sys as sys;

use crate::error::ModelError;
use crate::ops::{Activation, RopeInfo, RopePairs};
use crate::quant::TensorType;

/// Memory for descriptions of tensors and graphs.
pub(super) struct Context {
    raw: NonNull<sys::ggml_context>,
}

// SAFETY: a context is plain memory behind a pointer, without thread affinity; it is only ever used
// through its one owner.
unsafe impl Send for Context {}
// SAFETY: shared references only read the pointer; building calls happen while the owner is
// exclusively borrowed.
unsafe impl Sync for Context {}

/// A description of a tensor, and where its data lie once it is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tensor(NonNull<sys::ggml_tensor>);

// SAFETY: a pointer into a context that moves between threads together with its owner.
unsafe impl Send for Tensor {}
// SAFETY: shared access only reads the description.
unsafe impl Sync for Tensor {}

/// A list of operations in the order of computation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Graph(NonNull<sys::ggml_cgraph>);

// SAFETY: as for `Tensor`.
unsafe impl Send for Graph {}

impl Context {
    /// Room for `n_tensors` descriptions, and for one graph of as many nodes if asked for.
    pub(super) fn new(n_tensors: usize, with_graph: bool) -> Result<Self, ModelError> {
        // SAFETY: these two only compute sizes.
        let n_bytes = unsafe {
            let graph =
                if with_graph { sys::ggml_graph_overhead_custom(n_tensors, false) } else { 0 };
            n_tensors * sys::ggml_tensor_overhead() + graph
        };
        let parameters = sys::ggml_init_params {
            mem_size: n_bytes,
            mem_buffer: ptr::null_mut(),
            no_alloc: true,
        };
        // SAFETY: the parameters are valid; a null result is checked.
        let raw =
            NonNull::new(unsafe { sys::ggml_init(parameters) }).ok_or(ModelError::OutOfMemory {
                what: "graph descriptions",
                n_bytes: n_bytes as u64,
            })?;
        Ok(Self { raw })
    }

    pub(super) fn raw(&self) -> *mut sys::ggml_context {
        self.raw.as_ptr()
    }

    pub(super) fn new_graph(&self, n_nodes: usize) -> Graph {
        // SAFETY: the context was made with room for this graph.
        let raw = unsafe { sys::ggml_new_graph_custom(self.raw(), n_nodes, false) };
        Graph(NonNull::new(raw).expect("the context has room for a graph"))
    }

    /// A tensor of up to two dimensions, innermost extent first.
    pub(super) fn new_tensor(&self, kind: TensorType, n_cols: u64, n_rows: u64) -> Tensor {
        // SAFETY: the context has room, `kind` is a type that ggml knows, and `n_cols` divides
        // into its blocks (checked by the reader of the file or by the caller's construction).
        wrap(unsafe {
            sys::ggml_new_tensor_2d(self.raw(), kind.number(), n_cols as i64, n_rows as i64)
        })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: made by ggml_init and freed once.
        unsafe { sys::ggml_free(self.raw()) };
    }
}

fn wrap(raw: *mut sys::ggml_tensor) -> Tensor {
    Tensor(NonNull::new(raw).expect("the context has room for a tensor"))
}

impl Graph {
    pub(super) fn raw(self) -> *mut sys::ggml_cgraph {
        self.0.as_ptr()
    }

    /// Appends `tensor` and everything it depends on that is not in the graph yet.
    pub(super) fn expand(self, tensor: Tensor) {
        // SAFETY: graph and tensor belong to a live context with room for the nodes.
        unsafe { sys::ggml_build_forward_expand(self.raw(), tensor.raw()) };
    }
}

impl Tensor {
    pub(super) fn raw(self) -> *mut sys::ggml_tensor {
        self.0.as_ptr()
    }

    /// Extent of dimension `index`, innermost first.
    pub(super) fn extent(self, index: usize) -> i64 {
        // SAFETY: the tensor's context lives.
        unsafe { self.0.as_ref() }.ne[index]
    }

    /// Bytes from one index of dimension `index` to the next.
    fn stride(self, index: usize) -> usize {
        // SAFETY: the tensor's context lives.
        unsafe { self.0.as_ref() }.nb[index]
    }

    /// Bytes of the data.
    pub(super) fn n_bytes(self) -> usize {
        // SAFETY: the tensor's context lives.
        unsafe { sys::ggml_nbytes(self.raw()) }
    }

    /// Keeps the data of this tensor from being overwritten while the graph runs.
    pub(super) fn mark_input(self) {
        // SAFETY: sets a flag of a live tensor.
        unsafe { sys::ggml_set_input(self.raw()) };
    }

    /// Keeps the data of this tensor after the graph has run.
    pub(super) fn mark_output(self) {
        // SAFETY: sets a flag of a live tensor.
        unsafe { sys::ggml_set_output(self.raw()) };
    }

    /// Copies `data` into the allocated tensor, from byte `offset` on.
    pub(super) fn write<T: Copy>(self, offset: usize, data: &[T]) {
        let n_bytes = size_of_val(data);
        assert!(offset + n_bytes <= self.n_bytes(), "the data fit the tensor");
        // SAFETY: the tensor is allocated in a CPU buffer, and the range was checked.
        unsafe {
            sys::ggml_backend_tensor_set(self.raw(), data.as_ptr().cast(), offset, n_bytes);
        }
    }

    /// The same for an input that no operation may have asked for, and that has no memory then.
    pub(super) fn write_if_used<T: Copy>(self, data: &[T]) {
        // SAFETY: the tensor's context lives.
        if !unsafe { self.0.as_ref() }.buffer.is_null() {
            self.write(0, data);
        }
    }

    /// Copies the tensor's data out, from byte `offset` on.
    pub(super) fn read<T: Copy>(self, offset: usize, data: &mut [T]) {
        let n_bytes = size_of_val(data);
        assert!(offset + n_bytes <= self.n_bytes(), "the data fit the tensor");
        // SAFETY: as for `write`; every bit pattern is a valid `u8` or `f32`, the only types read.
        unsafe {
            sys::ggml_backend_tensor_get(self.raw(), data.as_mut_ptr().cast(), offset, n_bytes);
        }
    }
}

/// The operations that plans are lowered to. ggml checks shapes by assertion; the callers pass what
/// `exec` has checked.
impl Context {
    pub(super) fn get_rows(&self, table: Tensor, rows: Tensor) -> Tensor {
        // SAFETY: live tensors of this or a longer-lived context, here and in all calls below.
        wrap(unsafe { sys::ggml_get_rows(self.raw(), table.raw(), rows.raw()) })
    }

    pub(super) fn set_rows(&self, table: Tensor, source: Tensor, rows: Tensor) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_set_rows(self.raw(), table.raw(), source.raw(), rows.raw()) })
    }

    pub(super) fn scale(&self, a: Tensor, factor: f32) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_scale(self.raw(), a.raw(), factor) })
    }

    pub(super) fn tanh(&self, a: Tensor) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_tanh(self.raw(), a.raw()) })
    }

    pub(super) fn add(&self, a: Tensor, b: Tensor) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_add(self.raw(), a.raw(), b.raw()) })
    }

    pub(super) fn mul(&self, a: Tensor, b: Tensor) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_mul(self.raw(), a.raw(), b.raw()) })
    }

    pub(super) fn mul_mat(&self, weight: Tensor, input: Tensor) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_mul_mat(self.raw(), weight.raw(), input.raw()) })
    }

    pub(super) fn rms_norm(&self, a: Tensor, epsilon: f32) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_rms_norm(self.raw(), a.raw(), epsilon) })
    }

    /// `activation(gate) · up`.
    pub(super) fn gate(&self, gate: Tensor, up: Tensor, activation: Activation) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe {
            match activation {
                Activation::Silu => sys::ggml_swiglu_split(self.raw(), gate.raw(), up.raw()),
                Activation::Gelu => sys::ggml_geglu_split(self.raw(), gate.raw(), up.raw()),
            }
        })
    }

    /// `activation(first half) · second half` of every row.
    pub(super) fn gate_halves(&self, input: Tensor, activation: Activation) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe {
            match activation {
                Activation::Silu => sys::ggml_swiglu(self.raw(), input.raw()),
                Activation::Gelu => sys::ggml_geglu(self.raw(), input.raw()),
            }
        })
    }

    /// `n_cols` columns of every row, where they lie.
    pub(super) fn columns(&self, a: Tensor, first_col: u64, n_cols: u64) -> Tensor {
        let offset = first_col as usize * a.stride(0);
        let (n_rows, stride) = (a.extent(1), a.stride(1));
        // SAFETY: see get_rows.
        wrap(unsafe {
            sys::ggml_view_2d(self.raw(), a.raw(), n_cols as i64, n_rows, stride, offset)
        })
    }

    /// `n_cols` columns of every row, copied.
    pub(super) fn slice(&self, a: Tensor, first_col: u64, n_cols: u64) -> Tensor {
        let columns = self.columns(a, first_col, n_cols);
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_cont(self.raw(), columns.raw()) })
    }

    /// Convolves every column of the rows `before` and `rows` together with that of a kernel `[n, width]`;
    /// `before` are `n − 1` rows, so there are as many results as `rows`.
    pub(super) fn convolve(&self, before: Tensor, rows: Tensor, kernel: Tensor) -> Tensor {
        let raw = self.raw();
        // SAFETY: see get_rows.
        wrap(unsafe {
            let series = sys::ggml_concat(raw, before.raw(), rows.raw(), 1);
            let columns = sys::ggml_cont(raw, sys::ggml_transpose(raw, series));
            sys::ggml_ssm_conv(raw, columns, kernel.raw())
        })
    }

    pub(super) fn reshape_2d(&self, a: Tensor, n_cols: i64, n_rows: i64) -> Tensor {
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_reshape_2d(self.raw(), a.raw(), n_cols, n_rows) })
    }

    pub(super) fn reshape_3d(&self, a: Tensor, extents: [i64; 3]) -> Tensor {
        let [x, y, z] = extents;
        // SAFETY: see get_rows.
        wrap(unsafe { sys::ggml_reshape_3d(self.raw(), a.raw(), x, y, z) })
    }

    /// Rotates `[d_head, n_head, n_tokens]` by the positions `[n_tokens]`.
    pub(super) fn rope(
        &self,
        a: Tensor,
        positions: Tensor,
        factors: Option<Tensor>,
        info: &RopeInfo,
    ) -> Tensor {
        let mode = match info.pairs {
            RopePairs::Adjacent => sys::GGML_ROPE_TYPE_NORMAL,
            RopePairs::Halves => sys::GGML_ROPE_TYPE_NEOX,
        };
        // SAFETY: see get_rows.
        wrap(unsafe {
            sys::ggml_rope_ext(
                self.raw(),
                a.raw(),
                positions.raw(),
                factors.map_or(ptr::null_mut(), Tensor::raw),
                info.d_rot as c_int,
                mode as c_int,
                info.n_ctx_original as c_int,
                info.base,
                info.frequency_scale,
                info.extrapolation,
                info.magnitude,
                info.beta_fast,
                info.beta_slow,
            )
        })
    }

    /// Attention of `queries` `[d_head, n_head, n_tokens]` over the first cells of a cache whose rows
    /// are `n_head_kv · d_head` wide. Result `[d_head · n_head, n_tokens]`.
    ///
    /// Half precision and quantised caches go through ggml's fused kernel, which works in half
    /// precision; a cache of single precision is multiplied out, so that nothing is rounded.
    pub(super) fn attend(
        &self,
        queries: Tensor,
        keys: Tensor,
        values: Tensor,
        mask: Tensor,
        scale: f32,
    ) -> Tensor {
        let (d_head, n_head, n_tokens) = (queries.extent(0), queries.extent(1), queries.extent(2));
        let n_cells = mask.extent(0);
        let keys = self.by_head(keys, d_head, n_cells);
        let values = self.by_head(values, d_head, n_cells);
        let raw = self.raw();
        // SAFETY: see get_rows.
        wrap(unsafe {
            let queries = sys::ggml_permute(raw, queries.raw(), 0, 2, 1, 3);
            let out = if (*keys).type_ == sys::GGML_TYPE_F32 {
                let products = sys::ggml_mul_mat(raw, keys, queries);
                let shares = sys::ggml_soft_max_ext(raw, products, mask.raw(), scale, 0.0);
                let values = sys::ggml_cont(raw, sys::ggml_transpose(raw, values));
                let mixed = sys::ggml_mul_mat(raw, values, shares);
                sys::ggml_cont(raw, sys::ggml_permute(raw, mixed, 0, 2, 1, 3))
            } else {
                let mask = mask.raw();
                let out =
                    sys::ggml_flash_attn_ext(raw, queries, keys, values, mask, scale, 0.0, 0.0);
                sys::ggml_prec_set_acc(out, sys::GGML_PREC_F32);
                out
            };
            sys::ggml_reshape_2d(raw, out, d_head * n_head, n_tokens)
        })
    }

    /// The first cells of a cache as `[d_head, n_cells, n_head_kv]`.
    fn by_head(&self, cache: Tensor, d_head: i64, n_cells: i64) -> *mut sys::ggml_tensor {
        let n_head_kv = cache.extent(0) / d_head;
        let (cell_bytes, raw) = (cache.stride(1), self.raw());
        let head_bytes = cell_bytes / n_head_kv as usize;
        // SAFETY: see get_rows; the view stays within the cache.
        unsafe {
            let cache = cache.raw();
            sys::ggml_view_3d(raw, cache, d_head, n_cells, n_head_kv, cell_bytes, head_bytes, 0)
        }
    }
}
