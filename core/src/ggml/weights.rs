//! Weights as ggml tensors: in place over the mapped file, or repacked.
//!
//! ggml has faster matrix products for some types when rows are interleaved in groups of four or
//! eight. That needs a copy in memory; which types and shapes profit is asked of ggml, as it
//! depends on the processor.

use std::ptr::{self, NonNull};

use ggml_sys as sys;

use super::context::{Context, Tensor};
use super::messages;
use crate::error::ModelError;
use crate::gguf::Gguf;
use crate::ops::{Op, Plan, WeightId};
use crate::quant::TensorType;

/// Where matrices are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// In the mapped file: nothing is copied, and the system can drop pages at will.
    #[default]
    InPlace,
    /// Copied and interleaved where ggml has a faster product for it: faster prefill, but the
    /// copies count as the program's own memory.
    Repacked,
}

/// The weights of a plan, ready for ggml. Shared by all runners of a model.
pub struct Weights {
    /// Tensors for look-ups and element-wise operations, by weight.
    in_place: Vec<Tensor>,
    /// Tensors for matrix products, by weight: repacked ones where there are.
    matrices: Vec<Tensor>,
    repacked_bytes: u64,
    // Declared after the tensors that point into them; dropped in this order.
    _buffers: Vec<Buffer>,
    _context: Context,
    _file: Gguf,
}

/// A ggml buffer, freed with its owner.
pub(super) struct Buffer(pub(super) NonNull<sys::ggml_backend_buffer>);

// SAFETY: a buffer is memory behind a pointer, without thread affinity.
unsafe impl Send for Buffer {}
// SAFETY: shared references are only used to read the pointer.
unsafe impl Sync for Buffer {}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: made by a ggml constructor and freed once.
        unsafe { sys::ggml_backend_buffer_free(self.0.as_ptr()) };
    }
}

impl Weights {
    /// Makes tensors for all weights of `plan`, which was built from `file`.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`] if copies do not fit into memory.
    pub fn new(plan: &Plan, file: &Gguf, placement: Placement) -> Result<Self, ModelError> {
        messages::redirect();
        let bytes = file.bytes();
        // Two descriptions a weight at most, and a few for the questions to ggml.
        let context = Context::new(2 * plan.weights.len() + 16, false)?;
        // SAFETY: the map lives as long as `_file`, is page-aligned (ggml asks for 32 bytes), and
        // ggml never writes to weights.
        let map = unsafe {
            sys::ggml_backend_cpu_buffer_from_ptr(bytes.as_ptr().cast_mut().cast(), bytes.len())
        };
        let out_of_memory = |n_bytes| ModelError::OutOfMemory { what: "weights", n_bytes };
        let map = Buffer(NonNull::new(map).ok_or_else(|| out_of_memory(0))?);
        let mut in_place = Vec::with_capacity(plan.weights.len());
        for weight in &plan.weights {
            let tensor = context.new_tensor(weight.tensor_type, weight.n_cols, weight.n_rows);
            let data = &bytes[weight.start as usize..(weight.start + weight.n_bytes) as usize];
            assert_eq!(tensor.n_bytes() as u64, weight.n_bytes, "block sizes agree with ggml's");
            // SAFETY: the data lie within the buffer, as the slice above shows.
            unsafe {
                let address = data.as_ptr().cast_mut().cast();
                sys::ggml_backend_tensor_alloc(map.0.as_ptr(), tensor.raw(), address);
            }
            in_place.push(tensor);
        }
        let mut weights = Self {
            matrices: in_place.clone(),
            in_place,
            repacked_bytes: 0,
            _buffers: vec![map],
            _context: context,
            _file: file.clone(),
        };
        if placement == Placement::Repacked {
            weights.repack(plan, file)?;
        }
        Ok(weights)
    }

    /// The tensor for look-ups and element-wise operations.
    pub(super) fn vector(&self, id: WeightId) -> Tensor {
        self.in_place[id.0]
    }

    /// The tensor for matrix products.
    pub(super) fn matrix(&self, id: WeightId) -> Tensor {
        self.matrices[id.0]
    }

    /// Bytes of copies in memory.
    pub fn repacked_bytes(&self) -> u64 {
        self.repacked_bytes
    }

    fn repack(&mut self, plan: &Plan, file: &Gguf) -> Result<(), ModelError> {
        for buffer_type in extra_buffer_types() {
            let chosen: Vec<usize> = matrices(plan)
                .filter(|&index| self.matrices[index] == self.in_place[index])
                .filter(|&index| profits(buffer_type, &plan.weights[index]))
                .collect();
            if chosen.is_empty() {
                continue;
            }
            self.fill(plan, file, buffer_type, &chosen)?;
        }
        Ok(())
    }

    /// Copies the chosen weights into one buffer of the given type, which interleaves them.
    fn fill(
        &mut self,
        plan: &Plan,
        file: &Gguf,
        buffer_type: sys::ggml_backend_buffer_type_t,
        chosen: &[usize],
    ) -> Result<(), ModelError> {
        // SAFETY: asks a live buffer type for a number.
        let alignment = unsafe { sys::ggml_backend_buft_get_alignment(buffer_type) };
        let tensors: Vec<Tensor> = chosen
            .iter()
            .map(|&index| {
                let weight = &plan.weights[index];
                self._context.new_tensor(weight.tensor_type, weight.n_cols, weight.n_rows)
            })
            .collect();
        let mut offsets = Vec::with_capacity(tensors.len());
        let mut total = 0usize;
        for tensor in &tensors {
            offsets.push(total);
            // SAFETY: asks a live buffer type about a live tensor.
            let n_bytes =
                unsafe { sys::ggml_backend_buft_get_alloc_size(buffer_type, tensor.raw()) };
            total = (total + n_bytes).next_multiple_of(alignment);
        }
        // SAFETY: a null result is checked.
        let buffer = unsafe { sys::ggml_backend_buft_alloc_buffer(buffer_type, total) };
        let buffer =
            Buffer(NonNull::new(buffer).ok_or(ModelError::OutOfMemory {
                what: "repacked weights",
                n_bytes: total as u64,
            })?);
        // SAFETY: the addresses lie within the buffer by the sums above.
        let base = unsafe { sys::ggml_backend_buffer_get_base(buffer.0.as_ptr()) };
        for ((&index, tensor), offset) in chosen.iter().zip(&tensors).zip(offsets) {
            let weight = &plan.weights[index];
            // SAFETY: as above.
            unsafe {
                let address = base.cast::<u8>().add(offset).cast();
                sys::ggml_backend_tensor_alloc(buffer.0.as_ptr(), tensor.raw(), address);
            }
            let range = weight.start as usize..(weight.start + weight.n_bytes) as usize;
            tensor.write(0, &file.bytes()[range.clone()]);
            file.release(range);
            self.matrices[index] = *tensor;
        }
        // Reading a weight maps pages around it, too, some of them released before.
        for &index in chosen {
            let weight = &plan.weights[index];
            file.release(weight.start as usize..(weight.start + weight.n_bytes) as usize);
        }
        self.repacked_bytes += total as u64;
        self._buffers.push(buffer);
        Ok(())
    }
}

/// The weights that [`Placement::Repacked`] would copy for this plan.
pub fn repacked(plan: &Plan) -> Vec<WeightId> {
    let types = extra_buffer_types();
    matrices(plan)
        .filter(|&index| types.iter().any(|&kind| profits(kind, &plan.weights[index])))
        .map(WeightId)
        .collect()
}

/// Weights that are used in matrix products, each once.
fn matrices(plan: &Plan) -> impl Iterator<Item = usize> + '_ {
    let mut seen = vec![false; plan.weights.len()];
    plan.ops.iter().filter_map(move |op| match op {
        Op::Linear { weight, .. } if !std::mem::replace(&mut seen[weight.0], true) => {
            Some(weight.0)
        }
        _ => None,
    })
}

/// The buffer types that interleave weights on this processor.
fn extra_buffer_types() -> Vec<sys::ggml_backend_buffer_type_t> {
    // SAFETY: the registry is static. The function found under this name has this type, as ggml's
    // header documents, and returns a null-terminated static list.
    unsafe {
        let registry = sys::ggml_backend_cpu_reg();
        let name = c"ggml_backend_dev_get_extra_bufts".as_ptr();
        let address = sys::ggml_backend_reg_get_proc_address(registry, name);
        if address.is_null() {
            return Vec::new();
        }
        let function = std::mem::transmute::<
            *mut std::ffi::c_void,
            sys::ggml_backend_dev_get_extra_bufts_t,
        >(address);
        let Some(function) = function else {
            return Vec::new();
        };
        let mut list = function(sys::ggml_backend_reg_dev_get(registry, 0));
        let mut types = Vec::new();
        while !list.is_null() && !(*list).is_null() {
            types.push(*list);
            list = list.add(1);
        }
        types
    }
}

/// Whether ggml has a product for this weight in this kind of buffer.
fn profits(buffer_type: sys::ggml_backend_buffer_type_t, weight: &crate::ops::WeightInfo) -> bool {
    let Ok(context) = Context::new(4, false) else {
        return false;
    };
    let tensor = context.new_tensor(weight.tensor_type, weight.n_cols, weight.n_rows);
    let input = context.new_tensor(TensorType::F32, weight.n_cols, 512);
    let product = context.mul_mat(tensor, input);
    // SAFETY: an empty buffer tells the device where the weight would lie; it is taken out again
    // before it is freed.
    unsafe {
        let buffer = sys::ggml_backend_buft_alloc_buffer(buffer_type, 0);
        if buffer.is_null() {
            return false;
        }
        (*tensor.raw()).buffer = buffer;
        let device = sys::ggml_backend_reg_dev_get(sys::ggml_backend_cpu_reg(), 0);
        let supported = sys::ggml_backend_dev_supports_op(device, product.raw());
        (*tensor.raw()).buffer = ptr::null_mut();
        sys::ggml_backend_buffer_free(buffer);
        supported
    }
}
