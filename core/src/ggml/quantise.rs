//! Conversion of rows between 32-bit floats and any tensor type, by ggml's own routines.

use std::ffi::c_void;

use ggml_sys as sys;

use crate::quant::TensorType;

/// Whether quantising to `kind` needs importance weights by column.
pub fn needs_importance(kind: TensorType) -> bool {
    // SAFETY: a pure function of the type.
    unsafe { sys::ggml_quantize_requires_imatrix(kind.number()) }
}

/// Encodes `values`, which are whole rows of `n_cols`, as `kind`. The rows must divide into blocks.
/// `importance`, one weight a column, is used by the types that know what to do with it.
///
/// # Panics
/// If the values are not whole rows, or the rows not whole blocks: the caller's bug.
pub fn quantise_rows(
    kind: TensorType,
    values: &[f32],
    n_cols: usize,
    importance: Option<&[f32]>,
) -> Vec<u8> {
    assert!(n_cols > 0 && values.len().is_multiple_of(n_cols), "whole rows");
    let row_bytes = kind.row_bytes(n_cols as u64).expect("rows of whole blocks") as usize;
    let n_rows = values.len() / n_cols;
    let mut encoded = vec![0u8; n_rows * row_bytes];
    assert!(importance.is_none_or(|weights| weights.len() == n_cols), "one weight a column");
    // SAFETY: source and destination have exactly the lengths that `n_rows` rows of `n_cols` values
    // have in the two types.
    let written = unsafe {
        sys::ggml_quantize_chunk(
            kind.number(),
            values.as_ptr(),
            encoded.as_mut_ptr().cast::<c_void>(),
            0,
            n_rows as i64,
            n_cols as i64,
            importance.map_or(std::ptr::null(), <[f32]>::as_ptr),
        )
    };
    assert_eq!(written, encoded.len(), "block sizes agree with ggml's");
    encoded
}

/// Decodes `n_values` values of type `kind`, or `None` if ggml has no decoder for it or the bytes
/// are too few.
pub fn dequantise(kind: TensorType, encoded: &[u8], n_values: usize) -> Option<Vec<f32>> {
    if kind.row_bytes(n_values as u64)? > encoded.len() as u64 {
        return None;
    }
    if kind == TensorType::F32 {
        let values = encoded.chunks_exact(4).take(n_values);
        return Some(values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect());
    }
    let mut values = vec![0f32; n_values];
    // SAFETY: the table entry of a valid type is static; the decoder reads as many whole blocks as
    // `n_values` needs, which was checked above.
    unsafe {
        let decode = (*sys::ggml_get_type_traits(kind.number())).to_float?;
        decode(encoded.as_ptr().cast(), values.as_mut_ptr(), n_values as i64);
    }
    Some(values)
}
