//! Weights on the GPU, in the layout of the file: matrices in shards of whole rows that fit into one
//! binding, or up to three in one buffer (`together`), vectors in a buffer each or as their matrices are.

use std::sync::Arc;

use carrel_shaders::WeightFormat;

use super::device::Gpu;
use super::need::rows_at_once;
use super::staging::Staging;
use super::together::{Factor, norms_together, together};
use crate::error::{GpuError, ModelError};
use crate::gguf::Gguf;
use crate::ops::{Op, Plan, WeightId, WeightInfo};
use crate::quant::TensorType;

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

/// Values that are added or multiplied by element.
pub(super) struct Vector {
    pub(super) buffer: wgpu::Buffer,
    /// Which of the buffer's values is the first one.
    pub(super) first: u32,
}

/// A weight as the operations that use it want it.
enum Place {
    Matrix(Matrix),
    Vector(Vector),
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
        let mut upload = Upload {
            plan,
            file,
            staging: Staging::new(gpu)?,
            places: plan.weights.iter().map(|_| Place::Unused).collect(),
            n_bytes: 0,
        };
        upload.add_all()?;
        let Upload { staging, places, n_bytes, .. } = upload;
        staging.finish()?;
        Ok(Self { gpu: gpu.clone(), places, n_bytes })
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

    /// Whether a matrix begins where another one ends, and its bias where that of the other one does.
    pub(super) fn follows(&self, (next, next_bias): Factor, (id, bias): Factor) -> bool {
        let (matrix, next) = (self.matrix(id), self.matrix(next));
        let ([first], [second]) = (&matrix.shards[..], &next.shards[..]) else { return false };
        let end = first.first_byte + first.n_rows * matrix.row_bytes;
        let biases_follow = match (bias, next_bias) {
            (None, None) => true,
            (Some(bias), Some(next)) => {
                let (bias, next) = (self.vector(bias), self.vector(next));
                bias.buffer == next.buffer && bias.first + first.n_rows == next.first
            }
            _ => false,
        };
        first.buffer == second.buffer
            && second.first_byte == end
            && matrix.format == next.format
            && biases_follow
    }

    /// A weight that is added or multiplied by element.
    pub(super) fn vector(&self, id: WeightId) -> &Vector {
        match &self.places[id.0] {
            Place::Vector(vector) => vector,
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
}

/// Weights on their way.
struct Upload<'a> {
    plan: &'a Plan,
    file: &'a Gguf,
    staging: Staging<'a>,
    places: Vec<Place>,
    n_bytes: u64,
}

impl<'a> Upload<'a> {
    fn add_all(&mut self) -> Result<(), ModelError> {
        let plan = self.plan;
        for run in plan.fused() {
            for group in together(self.staging.gpu(), plan, &run) {
                self.add_together(&group)?;
            }
            if let Some([first, second]) = norms_together(plan, &run)
                && [first, second].into_iter().all(|id| self.is_free(id))
            {
                self.add_vectors(&[first, second])?;
            }
        }
        for op in &plan.ops {
            match *op {
                Op::Embed { table, .. } => self.add_matrix(table)?,
                Op::Linear { weight, bias, .. } => {
                    self.add_matrix(weight)?;
                    if let Some(bias) = bias {
                        self.add_vector(bias)?;
                    }
                }
                Op::RmsNorm { weight, .. } | Op::ShortConv { kernel: weight, .. } => {
                    self.add_vector(weight)?;
                }
                _ => {}
            }
        }
        // Those of other lengths of the context, too: which are used depends on it.
        let is_used = |id| plan.ropes.iter().any(|rope| rope.factors == Some(WeightId(id)));
        let is_factor = |(id, weight): &(usize, &WeightInfo)| {
            is_used(*id) || weight.name.starts_with("rope_factors")
        };
        for (index, weight) in plan.weights.iter().enumerate().filter(is_factor) {
            let values = self.bytes_of(weight).chunks_exact(4);
            let values = values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            self.places[index] = Place::Factors(values.collect());
        }
        Ok(())
    }

    fn add_matrix(&mut self, id: WeightId) -> Result<(), ModelError> {
        if !matches!(self.places[id.0], Place::Unused) {
            return Ok(());
        }
        let weight = &self.plan.weights[id.0];
        let format = format_of(weight)?;
        let row_bytes = weight.n_bytes / weight.n_rows;
        let rows_at_once = rows_at_once(self.staging.gpu(), weight);
        let mut shards = Vec::new();
        let bytes = self.bytes_of(weight);
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

    /// Matrices in one buffer and their biases in another one, if none of them has a place yet.
    fn add_together(&mut self, group: &[Factor]) -> Result<(), ModelError> {
        let ids = |(id, bias): &Factor| std::iter::once(*id).chain(*bias);
        if !group.iter().flat_map(ids).all(|id| self.is_free(id)) {
            return Ok(());
        }
        let (plan, format) = (self.plan, format_of(&self.plan.weights[group[0].0.0])?);
        let bytes = group.iter().map(|&(id, _)| self.bytes_of(&plan.weights[id.0]));
        let bytes: Vec<&[u8]> = bytes.collect();
        let buffer = self.upload(&bytes)?;
        let mut first_byte = 0;
        for &(id, _) in group {
            let weight = &plan.weights[id.0];
            let (row_bytes, n_rows) = (weight.n_bytes / weight.n_rows, weight.n_rows as u32);
            let shard = Shard { buffer: buffer.clone(), first_byte, first_row: 0, n_rows };
            let (shards, row_bytes) = (vec![shard], row_bytes as u32);
            self.places[id.0] = Place::Matrix(Matrix { format, shards, row_bytes });
            first_byte += weight.n_bytes as u32;
        }
        let biases: Vec<WeightId> = group.iter().filter_map(|&(_, bias)| bias).collect();
        if biases.is_empty() { Ok(()) } else { self.add_vectors(&biases) }
    }

    fn is_free(&self, id: WeightId) -> bool {
        matches!(self.places[id.0], Place::Unused)
    }

    /// Vectors in one buffer.
    fn add_vectors(&mut self, ids: &[WeightId]) -> Result<(), ModelError> {
        let plan = self.plan;
        let bytes: Vec<&[u8]> = ids.iter().map(|id| self.bytes_of(&plan.weights[id.0])).collect();
        let buffer = self.upload(&bytes)?;
        let mut first = 0;
        for id in ids {
            self.places[id.0] = Place::Vector(Vector { buffer: buffer.clone(), first });
            first += (plan.weights[id.0].n_bytes / 4) as u32;
        }
        Ok(())
    }

    fn add_vector(&mut self, id: WeightId) -> Result<(), ModelError> {
        if self.is_free(id) { self.add_vectors(&[id]) } else { Ok(()) }
    }

    /// A buffer with these bytes, one after the other, and at least four zeros after them. All but the
    /// last of them are whole words.
    fn upload(&mut self, parts: &[&[u8]]) -> Result<wgpu::Buffer, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
        let n_bytes: usize = parts.iter().map(|bytes| bytes.len()).sum();
        let buffer = self.staging.gpu().buffer("a weight", n_bytes as u64 + 4, usage)?;
        let mut start = 0;
        for bytes in parts {
            self.staging.write(&buffer, start, bytes)?;
            start += bytes.len() as u64;
        }
        self.n_bytes += buffer.size();
        Ok(buffer)
    }

    fn bytes_of(&self, weight: &WeightInfo) -> &'a [u8] {
        &self.file.bytes()[weight.start as usize..(weight.start + weight.n_bytes) as usize]
    }
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
