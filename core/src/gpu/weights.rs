//! Weights on the GPU, in the layout of the file: matrices in shards of whole rows that fit into one
//! binding, a gate and its twin in one buffer, vectors in a buffer each.

use std::sync::Arc;

use carrel_shaders::WeightFormat;

use super::device::Gpu;
use super::need::{lie_together, rows_at_once};
use crate::error::{GpuError, ModelError};
use crate::gguf::Gguf;
use crate::ops::{Fusion, Op, Plan, WeightId, WeightInfo};
use crate::quant::TensorType;

/// Bytes handed to the driver at once, which keeps a copy of them until the next submission.
const UPLOAD_BYTES: usize = 16 << 20;

/// Rows of a matrix that are bound together.
pub(super) struct Shard {
    pub(super) buffer: wgpu::Buffer,
    /// Where the rows begin in the buffer.
    pub(super) first_byte: u32,
    pub(super) first_row: u32,
    pub(super) n_rows: u32,
}

/// A matrix.
pub(super) struct Matrix {
    pub(super) format: WeightFormat,
    pub(super) shards: Vec<Shard>,
    pub(super) row_bytes: u32,
}

/// A weight as the operations that use it want it.
enum Place {
    Matrix(Matrix),
    Vector(wgpu::Buffer),
    /// Divisors of angles, which are computed on the CPU.
    Factors(Vec<f32>),
    Unused,
}

/// The weights of a plan on a GPU. Shared by all runners of a model.
pub struct GpuWeights {
    pub(super) gpu: Arc<Gpu>,
    places: Vec<Place>,
    n_bytes: u64,
}

impl GpuWeights {
    /// Copies the weights of `plan`, which was built from `file`, to the GPU.
    ///
    /// # Errors
    /// [`GpuError::Unsupported`] if there is no kernel for the type of a matrix;
    /// [`GpuError::OutOfMemory`], [`GpuError::Lost`].
    pub fn new(gpu: &Arc<Gpu>, plan: &Plan, file: &Gguf) -> Result<Self, ModelError> {
        let mut weights = Self {
            gpu: gpu.clone(),
            places: plan.weights.iter().map(|_| Place::Unused).collect(),
            n_bytes: 0,
        };
        for run in plan.fused() {
            let ops = &plan.ops[run.ops];
            if let [_, Op::Linear { weight, .. }, Op::Linear { weight: twin, .. }, _] = ops
                && run.fusion == Fusion::GatedProducts
            {
                weights.add_twins(plan, file, *weight, *twin)?;
            }
        }
        for op in &plan.ops {
            match *op {
                Op::Embed { table, .. } => weights.add_matrix(plan, file, table)?,
                Op::Linear { weight, bias, .. } => {
                    weights.add_matrix(plan, file, weight)?;
                    if let Some(bias) = bias {
                        weights.add_vector(plan, file, bias)?;
                    }
                }
                Op::RmsNorm { weight, .. } => weights.add_vector(plan, file, weight)?,
                _ => {}
            }
        }
        // Those of other lengths of the context, too: which are used depends on it.
        let is_used = |id| plan.ropes.iter().any(|rope| rope.factors == Some(WeightId(id)));
        let is_factor = |(id, weight): &(usize, &WeightInfo)| {
            is_used(*id) || weight.name.starts_with("rope_factors")
        };
        for (index, weight) in plan.weights.iter().enumerate().filter(is_factor) {
            let values = bytes_of(file, weight).chunks_exact(4);
            let values = values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            weights.places[index] = Place::Factors(values.collect());
        }
        Ok(weights)
    }

    /// The GPU.
    pub fn gpu(&self) -> &Arc<Gpu> {
        &self.gpu
    }

    /// Bytes on the GPU.
    pub fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// A weight that a matrix product or a look-up uses.
    pub(super) fn matrix(&self, id: WeightId) -> &Matrix {
        match &self.places[id.0] {
            Place::Matrix(matrix) => matrix,
            _ => unreachable!("every matrix of the plan was added"),
        }
    }

    /// How far behind a matrix its twin begins in the same buffer, if it does.
    pub(super) fn twin_bytes(&self, id: WeightId, twin: WeightId) -> Option<u32> {
        let ([first], [second]) = (&self.matrix(id).shards[..], &self.matrix(twin).shards[..])
        else {
            return None;
        };
        let lie_together = first.buffer == second.buffer && first.first_byte < second.first_byte;
        lie_together.then(|| second.first_byte - first.first_byte)
    }

    /// A weight that is added or multiplied by element.
    pub(super) fn vector(&self, id: WeightId) -> &wgpu::Buffer {
        match &self.places[id.0] {
            Place::Vector(buffer) => buffer,
            _ => unreachable!("every vector of the plan was added"),
        }
    }

    /// Divisors of angles.
    pub(super) fn factors(&self, id: WeightId) -> &[f32] {
        match &self.places[id.0] {
            Place::Factors(values) => values,
            _ => unreachable!("all factors of the plan were added"),
        }
    }

    fn add_matrix(&mut self, plan: &Plan, file: &Gguf, id: WeightId) -> Result<(), ModelError> {
        if !matches!(self.places[id.0], Place::Unused) {
            return Ok(());
        }
        let weight = &plan.weights[id.0];
        let format = format_of(weight)?;
        let row_bytes = weight.n_bytes / weight.n_rows;
        let rows_at_once = rows_at_once(&self.gpu, weight);
        let mut shards = Vec::new();
        let bytes = bytes_of(file, weight);
        for first_row in (0..weight.n_rows).step_by(rows_at_once as usize) {
            let n_rows = rows_at_once.min(weight.n_rows - first_row);
            let start = (first_row * row_bytes) as usize;
            let buffer = self.upload(&[&bytes[start..start + (n_rows * row_bytes) as usize]])?;
            let (first_row, n_rows) = (first_row as u32, n_rows as u32);
            shards.push(Shard { buffer, first_byte: 0, first_row, n_rows });
        }
        self.places[id.0] = Place::Matrix(Matrix { format, shards, row_bytes: row_bytes as u32 });
        Ok(())
    }

    /// Two matrices of the same shape and type in one buffer, if they fit into a binding.
    fn add_twins(
        &mut self,
        plan: &Plan,
        file: &Gguf,
        id: WeightId,
        twin: WeightId,
    ) -> Result<(), ModelError> {
        let (weight, other) = (&plan.weights[id.0], &plan.weights[twin.0]);
        let is_free = |id: WeightId| matches!(self.places[id.0], Place::Unused);
        if id == twin || !is_free(id) || !is_free(twin) || !lie_together(&self.gpu, weight) {
            return Ok(());
        }
        let format = format_of(weight)?;
        let (row_bytes, n_rows) = ((weight.n_bytes / weight.n_rows) as u32, weight.n_rows as u32);
        let buffer = self.upload(&[bytes_of(file, weight), bytes_of(file, other)])?;
        for (id, first_byte) in [(id, 0), (twin, weight.n_bytes as u32)] {
            let shard = Shard { buffer: buffer.clone(), first_byte, first_row: 0, n_rows };
            self.places[id.0] = Place::Matrix(Matrix { format, shards: vec![shard], row_bytes });
        }
        Ok(())
    }

    fn add_vector(&mut self, plan: &Plan, file: &Gguf, id: WeightId) -> Result<(), ModelError> {
        if matches!(self.places[id.0], Place::Unused) {
            let buffer = self.upload(&[bytes_of(file, &plan.weights[id.0])])?;
            self.places[id.0] = Place::Vector(buffer);
        }
        Ok(())
    }

    /// A buffer with these bytes, one after the other, and at least four zeros after them. All but the
    /// last of them are whole words.
    fn upload(&mut self, parts: &[&[u8]]) -> Result<wgpu::Buffer, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
        let n_bytes: usize = parts.iter().map(|bytes| bytes.len()).sum();
        let buffer = self.gpu.buffer("a weight", n_bytes as u64 + 4, usage)?;
        let mut start = 0;
        for bytes in parts {
            self.write(&buffer, start, bytes)?;
            start += bytes.len() as u64;
        }
        self.n_bytes += buffer.size();
        Ok(buffer)
    }

    fn write(&self, buffer: &wgpu::Buffer, start: u64, bytes: &[u8]) -> Result<(), GpuError> {
        let whole = bytes.len() / 4 * 4;
        for (index, part) in bytes[..whole].chunks(UPLOAD_BYTES).enumerate() {
            let _turn = self.gpu.turn();
            let offset = start + (index * UPLOAD_BYTES) as u64;
            self.gpu.queue.write_buffer(buffer, offset, part);
            if part.len() == UPLOAD_BYTES {
                self.gpu.queue.submit([]);
                let waited = self.gpu.poll(wgpu::PollType::wait_indefinitely())?;
                waited.map_err(|error| GpuError::Lost { problem: error.to_string() })?;
            }
            self.gpu.check()?;
        }
        if whole < bytes.len() {
            let mut word = [0; 4];
            word[..bytes.len() - whole].copy_from_slice(&bytes[whole..]);
            let _turn = self.gpu.turn();
            self.gpu.queue.write_buffer(buffer, start + whole as u64, &word);
            self.gpu.check()?;
        }
        Ok(())
    }
}

fn bytes_of<'a>(file: &'a Gguf, weight: &WeightInfo) -> &'a [u8] {
    &file.bytes()[weight.start as usize..(weight.start + weight.n_bytes) as usize]
}

fn format_of(weight: &WeightInfo) -> Result<WeightFormat, GpuError> {
    Ok(match weight.tensor_type {
        TensorType::F32 => WeightFormat::F32,
        TensorType::F16 => WeightFormat::F16,
        TensorType::BF16 => WeightFormat::BF16,
        TensorType::Q4_0 => WeightFormat::Q4_0,
        TensorType::Q4_1 => WeightFormat::Q4_1,
        TensorType::Q5_0 => WeightFormat::Q5_0,
        TensorType::Q5_1 => WeightFormat::Q5_1,
        TensorType::Q8_0 => WeightFormat::Q8_0,
        TensorType::Q2_K => WeightFormat::Q2_K,
        TensorType::Q3_K => WeightFormat::Q3_K,
        TensorType::Q4_K => WeightFormat::Q4_K,
        TensorType::Q5_K => WeightFormat::Q5_K,
        TensorType::Q6_K => WeightFormat::Q6_K,
        TensorType::IQ4_NL => WeightFormat::IQ4_NL,
        TensorType::MXFP4 => WeightFormat::MXFP4,
        other => {
            return Err(GpuError::Unsupported {
                what: format!("the type of tensor `{}`", weight.name),
                found: other.to_string(),
                expected: "F32, F16, BF16, Q4_0 to Q8_0, Q2_K to Q6_K, IQ4_NL or MXFP4",
            });
        }
    })
}
