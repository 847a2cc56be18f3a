//! The file's tensors against the shapes that the spec prescribes.
//!
//! ggml's assertions abort the process, so nothing may reach it that does not fit.

use std::collections::HashMap;

use carrel_models::{Presence, Spec};

use crate::error::ModelError;
use crate::gguf::{Gguf, TensorInfo};
use crate::ops::{WeightId, WeightInfo};
use crate::quant::TensorType;

/// The weights of a model, by name.
pub(super) struct WeightTable {
    pub(super) weights: Vec<WeightInfo>,
    index: HashMap<String, WeightId>,
}

impl WeightTable {
    /// Finds and checks every tensor that a model of `spec` has.
    pub(super) fn new(spec: &Spec, file: &Gguf) -> Result<Self, ModelError> {
        let mut table = Self { weights: Vec::new(), index: HashMap::new() };
        for wanted in spec.tensors() {
            let Some(found) = file.tensor(&wanted.name) else {
                if wanted.presence == Presence::Required {
                    return Err(ModelError::MissingTensor { name: wanted.name });
                }
                continue;
            };
            check_shape(found, &wanted.shape)?;
            check_type(found, wanted.is_matrix)?;
            table.insert(found);
        }
        Ok(table)
    }

    fn insert(&mut self, tensor: &TensorInfo) {
        let n_cols = tensor.dimensions[0];
        self.index.insert(tensor.name.clone(), WeightId(self.weights.len()));
        self.weights.push(WeightInfo {
            name: tensor.name.clone(),
            tensor_type: tensor.tensor_type,
            n_rows: tensor.n_values() / n_cols,
            n_cols,
            start: tensor.start,
            n_bytes: tensor.n_bytes,
        });
    }

    /// The weight called `name`, if the file has it.
    pub(super) fn find(&self, name: &str) -> Option<WeightId> {
        self.index.get(name).copied()
    }

    /// The weight called `name`, which [`WeightTable::new`] has found to be there.
    pub(super) fn get(&self, name: &str) -> Result<WeightId, ModelError> {
        self.find(name).ok_or_else(|| ModelError::MissingTensor { name: name.to_owned() })
    }
}

fn check_shape(tensor: &TensorInfo, expected: &[u64]) -> Result<(), ModelError> {
    let found = tensor.shape();
    let without_ones = &found[found.len().saturating_sub(expected.len())..];
    let surplus = &found[..found.len().saturating_sub(expected.len())];
    if without_ones == expected && surplus.iter().all(|&extent| extent == 1) {
        return Ok(());
    }
    Err(ModelError::Shape { name: tensor.name.clone(), found, expected: expected.to_vec() })
}

fn check_type(tensor: &TensorInfo, is_matrix: bool) -> Result<(), ModelError> {
    let (fits, expected) = if is_matrix {
        (tensor.tensor_type.is_weight(), "a type for weights")
    } else {
        (tensor.tensor_type == TensorType::F32, "F32 (no matrix of a product)")
    };
    if fits {
        return Ok(());
    }
    let found = tensor.tensor_type;
    Err(ModelError::TensorType { name: tensor.name.clone(), found, expected })
}
