//! Seeded random models in exact published shapes: for speed and memory figures without downloads,
//! and tiny ones of every family for tests.

use std::io::{self, Write};

use carrel_models::shapes::{Shape, Value};
use carrel_models::{Presence, Spec, SpecError, TensorShape};

use super::quantise::fallback_type;
use super::vocabulary;
use crate::error::ModelError;
use crate::fnv::fnv1a;
use crate::ggml::{needs_importance, quantise_rows};
use crate::gguf::{ArrayData, Entry, GgufWriter};
use crate::quant::TensorType;
use crate::random::Random;

/// Which model to make.
#[derive(Debug, Clone)]
pub struct SyntheticOptions {
    /// Shape of the model.
    pub shape: &'static Shape,
    /// Type of the matrices.
    pub tensor_type: TensorType,
    /// Seed of the weights.
    pub seed: u64,
}

/// Distinct rows of a matrix. Larger matrices repeat them in another order, because encoding a
/// billion values would take minutes and neither speed nor memory depends on them.
const DISTINCT_ROWS: usize = 1024;

/// Writes the model to `out`; `progress(done, total)` is called after every tensor, in bytes.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] if matrices of the type cannot be made; else what `out` answers.
pub fn write_synthetic(
    options: &SyntheticOptions,
    out: &mut dyn Write,
    mut progress: impl FnMut(u64, u64),
) -> io::Result<()> {
    let kind = options.tensor_type;
    if !kind.is_weight() {
        let problem = ModelError::Option {
            option: "the type",
            found: kind.to_string(),
            expected: "a type for weights".into(),
        };
        return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    }
    let spec = spec_of(options.shape).map_err(io::Error::other)?;
    let tensors = tensors_of(options.shape, &spec);
    let mut writer = GgufWriter::new();
    write_metadata(&mut writer, options, &spec);
    let mut total = 0;
    for tensor in &tensors {
        let kind = type_of(tensor, kind);
        let dimensions: Vec<u64> = tensor.shape.iter().rev().copied().collect();
        total +=
            dimensions[1..].iter().product::<u64>() * kind.row_bytes(dimensions[0]).unwrap_or(0);
        writer.tensor(&tensor.name, kind, &dimensions);
    }
    let mut done = 0;
    writer.write(&mut { out }, |index, out| {
        let bytes = data_of(&tensors[index], options);
        done += write_repeated(&tensors[index], &bytes, options, out)?;
        progress(done, total);
        Ok(())
    })
}

fn spec_of(shape: &Shape) -> Result<Spec, SpecError> {
    Spec::read(shape)
}

/// The tensors that a model of this shape has: the required ones and the chosen optional ones.
fn tensors_of(shape: &Shape, spec: &Spec) -> Vec<TensorShape> {
    let is_chosen = |tensor: &TensorShape| {
        tensor.presence == Presence::Required
            || (tensor.name == "output.weight" && !shape.tied_output)
            || shape.rope_factors.contains(&tensor.name.as_str())
            || (shape.qkv_bias
                && ["attn_q.bias", "attn_k.bias", "attn_v.bias"]
                    .iter()
                    .any(|suffix| tensor.name.ends_with(suffix)))
    };
    spec.tensors().filter(is_chosen).collect()
}

fn type_of(tensor: &TensorShape, kind: TensorType) -> TensorType {
    match tensor.shape.as_slice() {
        [_, n_cols] if tensor.is_matrix => fallback_type(kind, *n_cols),
        _ => TensorType::F32,
    }
}

/// The random numbers of one purpose, so that tensors do not depend on each other's order.
fn stream(seed: u64, purpose: &str) -> Random {
    let mut random = Random::new(seed ^ fnv1a(purpose.as_bytes()));
    random.draw();
    random
}

/// A number from −√12 to √12 with mean 0 and variance 1: four uniform numbers added up, a bell curve
/// without library functions, which differ between platforms.
fn bell(random: &mut Random) -> f32 {
    let bits = random.draw();
    let sum: u32 = (0..4).map(|part| ((bits >> (16 * part)) & 0xffff) as u32).sum();
    // The sum of four uniform numbers on [0, 1) has mean 2 and variance 1/3.
    (sum as f32 / 65_536.0 - 2.0) * 1.732_050_8
}

/// Encoded rows: all of a vector or small matrix, the distinct ones of a large matrix.
fn data_of(tensor: &TensorShape, options: &SyntheticOptions) -> Vec<u8> {
    let mut random = stream(options.seed, &tensor.name);
    let kind = type_of(tensor, options.tensor_type);
    if let [length] = tensor.shape[..] {
        let values: Vec<f32> = (0..length).map(|i| vector_value(tensor, i, &mut random)).collect();
        return values.iter().flat_map(|value| value.to_le_bytes()).collect();
    }
    let n_cols = tensor.shape[1] as usize;
    let n_rows = (tensor.shape[0] as usize).min(DISTINCT_ROWS);
    // Rows of length one on average, so that activations stay in a healthy range.
    let scale = 1.0 / (n_cols as f32).sqrt();
    let values: Vec<f32> = (0..n_rows * n_cols).map(|_| bell(&mut random) * scale).collect();
    let importance = needs_importance(kind).then(|| vec![1.0; n_cols]);
    quantise_rows(kind, &values, n_cols, importance.as_deref())
}

fn vector_value(tensor: &TensorShape, index: u64, random: &mut Random) -> f32 {
    if tensor.name.starts_with("rope_factors_long") {
        1.0 + 0.2 * index as f32
    } else if tensor.name.starts_with("rope_f") {
        1.0 + 0.05 * index as f32
    } else if tensor.name.ends_with(".bias") {
        0.2 * bell(random)
    } else {
        1.0 + 0.1 * bell(random)
    }
}

/// Writes the rows, repeated in a seeded order as often as the tensor needs; answers the bytes.
fn write_repeated(
    tensor: &TensorShape,
    encoded: &[u8],
    options: &SyntheticOptions,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let n_rows = tensor.shape[0] as usize;
    if tensor.shape.len() == 1 || n_rows <= DISTINCT_ROWS {
        out.write_all(encoded)?;
        return Ok(encoded.len() as u64);
    }
    let row_bytes = encoded.len() / DISTINCT_ROWS;
    let mut random = stream(options.seed, &format!("rows of {}", tensor.name));
    for _ in 0..n_rows {
        let row = random.draw() as usize % DISTINCT_ROWS;
        out.write_all(&encoded[row * row_bytes..(row + 1) * row_bytes])?;
    }
    Ok((n_rows * row_bytes) as u64)
}

fn write_metadata(writer: &mut GgufWriter, options: &SyntheticOptions, spec: &Spec) {
    let shape = options.shape;
    writer
        .set("general.architecture", shape.architecture)
        // Not in the name: llama.cpp treats the vocabularies of some names in a special way.
        .set("general.name", "Seeded random weights")
        .set("general.description", format!("{}, seed {}", shape.name, options.seed).as_str())
        .set("general.quantization_version", Entry::U32(2));
    for (key, value) in shape.keys {
        let entry = match *value {
            Value::Integer(value) => Entry::U32(value),
            Value::Integers(values) => Entry::Array(ArrayData::i32s(values)),
            Value::Float(value) => Entry::F32(value),
            Value::Text(text) => Entry::from(text),
        };
        writer.set(&format!("{}.{key}", shape.architecture), entry);
    }
    vocabulary::write(writer, spec.n_vocab);
}
