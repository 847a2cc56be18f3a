//! A copy of a model file with its matrices in another type.
//!
//! Vectors stay as they are. The output matrix (the embedding table, where the file has no other)
//! is kept finer than the rest, as llama.cpp's quantiser does, because every error in it shows in
//! the logits directly.

use std::io::{self, Write};

use crate::cancel::CancelFlag;
use crate::error::{Error, ModelError, Result};
use crate::ggml::{dequantise, needs_importance, quantise_rows};
use crate::gguf::{Entry, Gguf, GgufWriter, TensorInfo};
use crate::quant::TensorType;

/// What to make of a file.
#[derive(Debug, Clone, Copy)]
pub struct QuantiseOptions {
    /// Type of the matrices.
    pub tensor_type: TensorType,
    /// Whether the output matrix gets the same type as the others.
    pub pure: bool,
    /// Whether matrices that are quantised already may be quantised again, which loses precision
    /// twice.
    pub requantise: bool,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuantiseReport {
    /// Tensors in the file.
    pub n_tensors: usize,
    /// Tensors whose type was changed.
    pub n_changed: usize,
    /// Bytes of tensor data before.
    pub bytes_before: u64,
    /// Bytes of tensor data after.
    pub bytes_after: u64,
}

/// The type for rows of `n_cols` values: `kind`, or the closest finer type with blocks of 32 where
/// the rows do not divide into blocks of 256, or F16 where not even those fit.
pub fn fallback_type(kind: TensorType, n_cols: u64) -> TensorType {
    use TensorType::*;
    let fits = |kind: TensorType| n_cols.is_multiple_of(kind.block_values());
    if fits(kind) {
        return kind;
    }
    let finer = match kind {
        Q2_K | Q3_K | IQ2_XXS | IQ2_XS | IQ2_S | IQ3_XXS | IQ3_S | IQ1_S | IQ1_M | IQ4_XS
        | TQ1_0 | TQ2_0 => IQ4_NL,
        Q4_K => Q5_0,
        Q5_K => Q5_1,
        Q6_K => Q8_0,
        _ => F16,
    };
    if fits(finer) { finer } else { F16 }
}

/// Rows of a tensor that are converted at once: bounds the memory whatever the tensor's size.
const ROWS_AT_ONCE: usize = 256;

/// Writes a copy of `file` with other types to `out`; `progress(done, total)` in bytes of the source.
///
/// # Errors
/// If a type cannot be made or read, or `out` fails. Cancelling ends with
/// [`io::ErrorKind::Interrupted`].
pub fn quantise_file(
    file: &Gguf,
    options: &QuantiseOptions,
    out: &mut dyn Write,
    cancel: &CancelFlag,
    mut progress: impl FnMut(u64, u64),
) -> Result<QuantiseReport> {
    if !options.tensor_type.is_weight() || needs_importance(options.tensor_type) {
        return Err(Error::Model(ModelError::Option {
            option: "the type",
            found: options.tensor_type.to_string(),
            expected: "a type for weights that needs no importance matrix".into(),
        }));
    }
    let mut writer = GgufWriter::new();
    const CHANGED: [&str; 2] = ["general.quantization_version", "general.file_type"];
    for (key, value) in file.metadata().filter(|(key, _)| !CHANGED.contains(key)) {
        writer.set(key, Entry::from(value));
    }
    writer.set("general.quantization_version", Entry::U32(2));
    if let Some(number) = file_type(options.tensor_type) {
        writer.set("general.file_type", Entry::U32(number));
    }
    let mut report = QuantiseReport { n_tensors: 0, n_changed: 0, bytes_before: 0, bytes_after: 0 };
    // In the order in which llama.cpp's quantiser writes them, so that files can be compared.
    let mut tensors: Vec<&TensorInfo> = file.tensors().iter().collect();
    tensors.sort_by_key(|tensor| (layer_of(&tensor.name), &tensor.name));
    let mut targets = Vec::with_capacity(tensors.len());
    for tensor in &tensors {
        let target = target_type(file, tensor, options)?;
        writer.tensor(&tensor.name, target, &tensor.dimensions);
        targets.push(target);
        report.n_tensors += 1;
        report.n_changed += usize::from(target != tensor.tensor_type);
        report.bytes_before += tensor.n_bytes;
        report.bytes_after += tensor.n_values() / tensor.dimensions[0]
            * target.row_bytes(tensor.dimensions[0]).unwrap_or(0);
    }
    let mut done = 0;
    let written = writer.write(&mut { out }, |index, out| {
        let tensor = tensors[index];
        convert(file, tensor, targets[index], out, cancel)?;
        done += tensor.n_bytes;
        progress(done, report.bytes_before);
        Ok(())
    });
    written.map_err(|source| Error::file("<output>", source))?;
    Ok(report)
}

/// The layer in a tensor's name; tensors outside of layers come first.
fn layer_of(name: &str) -> Option<u32> {
    name.strip_prefix("blk.")?.split_once('.')?.0.parse().ok()
}

/// The type that a tensor gets.
fn target_type(
    file: &Gguf,
    tensor: &TensorInfo,
    options: &QuantiseOptions,
) -> Result<TensorType, ModelError> {
    let is_matrix = tensor.dimensions.len() == 2 && tensor.name.ends_with("weight");
    let is_plain = tensor.name.contains("_norm.")
        || tensor.name.starts_with("rope_f")
        || tensor.name.ends_with("shortconv.conv.weight");
    if !is_matrix || is_plain {
        return Ok(tensor.tensor_type);
    }
    if tensor.tensor_type.is_quantised() && !options.requantise {
        return Err(ModelError::TensorType {
            name: tensor.name.clone(),
            found: tensor.tensor_type,
            expected: "F32, F16 or BF16 (quantising again must be asked for)",
        });
    }
    let n_cols = tensor.dimensions[0];
    let is_output = tensor.name == "output.weight"
        || (tensor.name == "token_embd.weight" && file.tensor("output.weight").is_none());
    if is_output && !options.pure {
        return Ok(output_type(options.tensor_type, n_cols));
    }
    Ok(fallback_type(options.tensor_type, n_cols))
}

/// The type of the output matrix beside matrices of type `kind`.
fn output_type(kind: TensorType, n_cols: u64) -> TensorType {
    use TensorType::{BF16, F16, F32, Q6_K, Q8_0};
    match kind {
        F32 | F16 | BF16 | Q8_0 => fallback_type(kind, n_cols),
        _ => fallback_type(Q6_K, n_cols),
    }
}

/// `general.file_type` of a file whose matrices are mostly of this type, as `llama.h` numbers them.
fn file_type(kind: TensorType) -> Option<u32> {
    use TensorType::*;
    Some(match kind {
        F32 => 0,
        F16 => 1,
        Q4_0 => 2,
        Q4_1 => 3,
        Q8_0 => 7,
        Q5_0 => 8,
        Q5_1 => 9,
        Q2_K => 10,
        Q3_K => 11,
        Q4_K => 14,
        Q5_K => 16,
        Q6_K => 18,
        IQ4_NL => 25,
        IQ4_XS => 30,
        BF16 => 32,
        TQ1_0 => 36,
        TQ2_0 => 37,
        MXFP4 => 38,
        _ => return None,
    })
}

/// Writes one tensor in its new type, some rows at a time.
fn convert(
    file: &Gguf,
    tensor: &TensorInfo,
    target: TensorType,
    out: &mut dyn Write,
    cancel: &CancelFlag,
) -> io::Result<()> {
    let bytes = file.tensor_bytes(tensor);
    if target == tensor.tensor_type {
        return out.write_all(bytes);
    }
    let n_cols = tensor.dimensions[0] as usize;
    let row_bytes = bytes.len() / (tensor.n_values() as usize / n_cols);
    for rows in bytes.chunks(ROWS_AT_ONCE * row_bytes) {
        if cancel.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let n_values = rows.len() / row_bytes * n_cols;
        let values = dequantise(tensor.tensor_type, rows, n_values).ok_or_else(|| {
            let message =
                format!("tensor `{}`: {} cannot be decoded", tensor.name, tensor.tensor_type);
            io::Error::new(io::ErrorKind::InvalidData, message)
        })?;
        out.write_all(&quantise_rows(target, &values, n_cols, None))?;
    }
    Ok(())
}
