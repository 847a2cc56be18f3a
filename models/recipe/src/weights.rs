//! From the training program's weights to a model file.
//!
//! The training program writes safetensors: eight bytes with the length of a JSON header, the
//! header, then the numbers (<https://github.com/huggingface/safetensors>). Its tensors have their
//! GGUF names and are in single precision; `__metadata__` holds the shape of the model.

use std::io::Write;

use carrel_core::gguf::{Entry, Gguf, GgufWriter};
use carrel_core::quant::TensorType;
use serde_json::Value;

use crate::error::{RecipeError, Result};

/// Writes the model of these weights with the vocabulary of `vocabulary` to `out`.
///
/// # Errors
/// If the weights are not what the training program writes, or `out` fails.
pub fn export(weights: &[u8], vocabulary: &Gguf, out: &mut impl Write) -> Result<()> {
    let wrong = |message: &str| RecipeError::Weights(message.to_owned());
    let n_header = weights.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
    let rest = weights.get(8..).unwrap_or_default();
    let n_header =
        n_header.filter(|n| *n <= rest.len() as u64).ok_or_else(|| wrong("cut short"))?;
    let (header, data) = rest.split_at(n_header as usize);
    let header: Value = serde_json::from_slice(header)?;
    let metadata = &header["__metadata__"];
    let number = |key: &str| -> Result<u32> {
        let text = metadata[key].as_str().and_then(|text| text.parse().ok());
        text.ok_or_else(|| wrong(&format!("`{key}` is missing in the metadata")))
    };
    let mut writer = GgufWriter::new();
    for (key, value) in vocabulary.metadata() {
        writer.set(key, Entry::from(value));
    }
    let (d_model, n_head) = (number("d_model")?, number("n_head")?);
    let d_head = d_model.checked_div(n_head).ok_or_else(|| wrong("a model without heads"))?;
    writer
        .set("general.name", metadata["name"].as_str().unwrap_or("carrel-reader"))
        .set("general.description", "Points to the numbered sentences that answer a question")
        .set("general.license", "MIT OR Apache-2.0")
        .set("general.file_type", Entry::U32(0))
        .set("general.quantization_version", Entry::U32(2))
        .set("llama.context_length", Entry::U32(number("n_ctx")?))
        .set("llama.embedding_length", Entry::U32(d_model))
        .set("llama.block_count", Entry::U32(number("n_layer")?))
        .set("llama.feed_forward_length", Entry::U32(number("d_ff")?))
        .set("llama.attention.head_count", Entry::U32(n_head))
        .set("llama.attention.head_count_kv", Entry::U32(number("n_head_kv")?))
        .set("llama.attention.layer_norm_rms_epsilon", Entry::F32(1e-5))
        .set("llama.rope.dimension_count", Entry::U32(d_head))
        .set("llama.rope.freq_base", Entry::F32(number("rope_base")? as f32))
        .set("llama.vocab_size", Entry::U32(number("n_vocab")?));
    let mut parts = Vec::new();
    for (name, tensor) in header.as_object().into_iter().flatten() {
        if name == "__metadata__" {
            continue;
        }
        let numbers = |key: &str| -> Vec<u64> {
            tensor[key].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
        };
        let (shape, offsets) = (numbers("shape"), numbers("data_offsets"));
        let bytes = match offsets[..] {
            [start, end] if tensor["dtype"] == "F32" => data.get(start as usize..end as usize),
            _ => None,
        };
        let bytes = bytes.ok_or_else(|| wrong(&format!("`{name}` cannot be read")))?;
        let dimensions: Vec<u64> = shape.iter().rev().copied().collect();
        writer.tensor(name, TensorType::F32, &dimensions);
        parts.push(bytes);
    }
    writer.write(out, |index, out| out.write_all(parts[index]))?;
    Ok(())
}
