//! The weights of a plan: matrices packed, vectors in single precision, tables looked up in the file.

use std::borrow::Cow;

use super::pack::{Matrix, Shape, format_of};
use super::packed_file::{PackedFiles, PackedIn, Wanted, matrices as kept_matrices};
use crate::error::ModelError;
use crate::gguf::Gguf;
use crate::ops::{Decode, Op, Plan, WeightId, WeightInfo};
use carrel_kernels::Format;

/// The weights of a plan, ready for the kernels. Shared by all runners of a model.
pub struct CpuWeights {
    /// Packed matrices by weight.
    matrices: Vec<Option<Matrix>>,
    /// Vectors by weight, and kernels of convolutions by column, all first factors first.
    vectors: Vec<Option<Vec<f32>>>,
    packed_in: PackedIn,
    file: Gguf,
    decode: Decode,
}

/// Which weights are used in matrix products.
fn matrices(plan: &Plan) -> Vec<bool> {
    let mut is_matrix = vec![false; plan.weights.len()];
    for op in &plan.ops {
        if let Op::Linear { weight, .. } = op {
            is_matrix[weight.0] = true;
        }
    }
    is_matrix
}

/// The first matrix of a plan that there are no kernels for.
pub fn unsupported(plan: &Plan) -> Option<&WeightInfo> {
    let mut weights = plan.weights.iter().zip(matrices(plan));
    let first = weights.find(|(w, is_matrix)| *is_matrix && format_of(w.tensor_type).is_none());
    first.map(|(weight, _)| weight)
}

/// Bytes of the packed copy of each weight, 0 for those that are not copied.
pub fn packed_bytes(plan: &Plan) -> Vec<u64> {
    let bytes = |(weight, is_matrix): (&WeightInfo, bool)| match format_of(weight.tensor_type) {
        Some(format) if is_matrix => shape_of(format, weight).n_bytes() as u64,
        _ => 0,
    };
    plan.weights.iter().zip(matrices(plan)).map(bytes).collect()
}

/// Rows of `n_cols` values as columns.
fn by_column(values: &[f32], n_cols: usize) -> Vec<f32> {
    let column = |first: usize| values.iter().skip(first).step_by(n_cols).copied();
    (0..n_cols).flat_map(column).collect()
}

fn shape_of(format: Format, weight: &WeightInfo) -> Shape {
    Shape { format, n_rows: weight.n_rows as usize, n_cols: weight.n_cols as usize }
}

impl CpuWeights {
    /// Packs the matrices of `plan`, which was built from `file`, or maps packed ones that were kept.
    /// `decode` is for vectors and for rows of tables, which may be of any type.
    ///
    /// # Errors
    /// [`ModelError::TensorType`] if there are no kernels for a matrix, or a vector cannot be decoded;
    /// [`ModelError::OutOfMemory`].
    pub fn new(
        plan: &Plan,
        file: &Gguf,
        decode: Decode,
        kept: &PackedFiles,
    ) -> Result<Self, ModelError> {
        let range =
            |weight: &WeightInfo| weight.start as usize..(weight.start + weight.n_bytes) as usize;
        let wrong_type = |weight: &WeightInfo, expected| ModelError::TensorType {
            name: weight.name.clone(),
            found: weight.tensor_type,
            expected,
        };
        let mut wanted = Vec::new();
        let mut vectors = Vec::with_capacity(plan.weights.len());
        let is_matrix = self::matrices(plan);
        let is_kernel = |id: usize| {
            let uses = |op: &Op| matches!(op, Op::ShortConv { kernel, .. } if kernel.0 == id);
            plan.ops.iter().any(uses)
        };
        for ((id, weight), &is_matrix) in plan.weights.iter().enumerate().zip(&is_matrix) {
            if is_matrix {
                let format = format_of(weight.tensor_type)
                    .ok_or_else(|| wrong_type(weight, "a type that our kernels multiply"))?;
                wanted.push(Wanted { shape: shape_of(format, weight), source: range(weight) });
            }
            let is_kernel = is_kernel(id);
            vectors.push(if weight.n_rows == 1 || is_kernel {
                let bytes = &file.bytes()[range(weight)];
                let n_values = (weight.n_rows * weight.n_cols) as usize;
                let values = decode(weight.tensor_type, bytes, n_values);
                let values =
                    values.ok_or_else(|| wrong_type(weight, "a type that can be decoded"))?;
                Some(if is_kernel { by_column(&values, weight.n_cols as usize) } else { values })
            } else {
                None
            });
        }
        let (packed, packed_in) = match kept_matrices(&wanted, file, kept)? {
            Some(kept) => kept,
            None => {
                let pack = |wanted: &Wanted| {
                    let packed = Matrix::pack(wanted.shape, &file.bytes()[wanted.source.clone()]);
                    file.release(wanted.source.clone());
                    packed
                };
                (wanted.iter().map(pack).collect::<Result<_, _>>()?, PackedIn::Memory)
            }
        };
        // Reading a weight maps pages around it, too, some of them released before.
        wanted.iter().for_each(|wanted| file.release(wanted.source.clone()));
        let mut packed = packed.into_iter();
        let matrices = is_matrix.iter().map(|&is| if is { packed.next() } else { None }).collect();
        Ok(Self { matrices, vectors, packed_in, file: file.clone(), decode })
    }

    /// Where the packed matrices are.
    pub fn packed_in(&self) -> &PackedIn {
        &self.packed_in
    }

    pub(super) fn matrix(&self, id: WeightId) -> &Matrix {
        self.matrices[id.0].as_ref().expect("every matrix of the plan was packed")
    }

    pub(super) fn vector(&self, id: WeightId) -> &[f32] {
        self.vectors[id.0].as_deref().expect("every vector of the plan was decoded")
    }

    /// A row of a table in the file.
    pub(super) fn table_row(&self, weight: &WeightInfo, row: usize) -> Cow<'_, [f32]> {
        let n_bytes = (weight.n_bytes / weight.n_rows) as usize;
        let start = weight.start as usize + row * n_bytes;
        let bytes = &self.file.bytes()[start..start + n_bytes];
        let values = (self.decode)(weight.tensor_type, bytes, weight.n_cols as usize);
        Cow::Owned(values.expect("tables of this type were decoded before"))
    }
}
