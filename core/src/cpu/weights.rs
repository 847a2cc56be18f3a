//! The weights of a plan: matrices packed, vectors in single precision, tables looked up in the file.

use std::borrow::Cow;

use super::pack::{Matrix, format_of};
use crate::error::ModelError;
use crate::gguf::Gguf;
use crate::ops::{Decode, Op, Plan, WeightId, WeightInfo};

/// The weights of a plan, ready for the kernels. Shared by all runners of a model.
pub struct CpuWeights {
    /// Packed matrices by weight.
    matrices: Vec<Option<Matrix>>,
    /// Vectors by weight.
    vectors: Vec<Option<Vec<f32>>>,
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
        Some(format) if is_matrix => Matrix::n_bytes(format, weight.n_rows, weight.n_cols),
        _ => 0,
    };
    plan.weights.iter().zip(matrices(plan)).map(bytes).collect()
}

impl CpuWeights {
    /// Packs the matrices of `plan`, which was built from `file`. `decode` is for vectors and for rows
    /// of tables, which may be of any type.
    ///
    /// # Errors
    /// [`ModelError::TensorType`] if there are no kernels for a matrix, or a vector cannot be decoded;
    /// [`ModelError::OutOfMemory`].
    pub fn new(plan: &Plan, file: &Gguf, decode: Decode) -> Result<Self, ModelError> {
        let is_matrix = self::matrices(plan);
        let range =
            |weight: &WeightInfo| weight.start as usize..(weight.start + weight.n_bytes) as usize;
        let wrong_type = |weight: &WeightInfo, expected| ModelError::TensorType {
            name: weight.name.clone(),
            found: weight.tensor_type,
            expected,
        };
        let mut matrices = Vec::with_capacity(plan.weights.len());
        let mut vectors = Vec::with_capacity(plan.weights.len());
        for (index, weight) in plan.weights.iter().enumerate() {
            let bytes = &file.bytes()[range(weight)];
            let (n_rows, n_cols) = (weight.n_rows as usize, weight.n_cols as usize);
            matrices.push(if is_matrix[index] {
                let format = format_of(weight.tensor_type)
                    .ok_or_else(|| wrong_type(weight, "a type that our kernels multiply"))?;
                let matrix = Matrix::pack(format, n_rows, n_cols, bytes)?;
                file.release(range(weight));
                Some(matrix)
            } else {
                None
            });
            vectors.push(if n_rows == 1 {
                let values = decode(weight.tensor_type, bytes, n_rows * n_cols);
                Some(values.ok_or_else(|| wrong_type(weight, "a type that can be decoded"))?)
            } else {
                None
            });
        }
        // Reading a weight maps pages around it, too, some of them released before.
        for (weight, _) in plan.weights.iter().zip(&matrices).filter(|(_, m)| m.is_some()) {
            file.release(range(weight));
        }
        Ok(Self { matrices, vectors, file: file.clone(), decode })
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
