//! What can be wrong with the bytes of a GGUF file, always with the byte offset.

use std::path::{Path, PathBuf};

/// A defect of a GGUF file and where it was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}invalid GGUF at byte {offset}: {problem}", prefix(file.as_deref()))]
pub struct GgufError {
    /// The file, if the bytes came from one.
    pub file: Option<PathBuf>,
    /// Offset from the start of the file, in bytes.
    pub offset: u64,
    /// What is wrong there.
    pub problem: GgufProblem,
}

impl GgufError {
    /// The same defect, found in this file.
    pub(crate) fn in_file(self, path: &Path) -> Self {
        Self { file: Some(path.to_owned()), ..self }
    }
}

fn prefix(file: Option<&Path>) -> String {
    file.map_or_else(String::new, |path| format!("{}: ", path.display()))
}

/// The kinds of defect that the reader tells apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GgufProblem {
    /// The file does not start with the four bytes `GGUF`.
    #[error("not a GGUF file (magic bytes {found:02x?})")]
    Magic {
        /// The first bytes of the file, at most four.
        found: Vec<u8>,
    },
    /// Version 1 and big-endian files are not read.
    #[error("unsupported version {version} (2 and 3 are read{hint})")]
    Version {
        /// The version number in the header.
        version: u32,
        /// A remark when the number looks byte-swapped.
        hint: &'static str,
    },
    /// The file ends inside a field.
    #[error("the file ends inside {what}: {needed} bytes needed, {available} left")]
    Truncated {
        /// The field being read.
        what: &'static str,
        /// Bytes that the field needs.
        needed: u64,
        /// Bytes left in the file.
        available: u64,
    },
    /// A count or length exceeds what any known model needs.
    #[error("{what} is {value}, more than the limit of {limit}")]
    Limit {
        /// The quantity.
        what: &'static str,
        /// Its value in the file.
        value: u64,
        /// The reader's cap.
        limit: u64,
    },
    /// A metadata value has a type number that the format does not define.
    #[error("metadata type {value} is not defined")]
    ValueType {
        /// The number in the file.
        value: u32,
    },
    /// Arrays of arrays nest deeper than the reader follows.
    #[error("arrays nest deeper than {limit}")]
    Nesting {
        /// The reader's cap.
        limit: u32,
    },
    /// A boolean is neither 0 nor 1.
    #[error("a boolean has the value {value}")]
    Bool {
        /// The byte in the file.
        value: u8,
    },
    /// A key, tensor name or string value is not UTF-8.
    #[error("{what} is not UTF-8")]
    Utf8 {
        /// The kind of string.
        what: &'static str,
    },
    /// The same key or tensor name appears twice.
    #[error("{what} `{name}` appears twice")]
    Duplicate {
        /// `key` or `tensor`.
        what: &'static str,
        /// The repeated name.
        name: String,
    },
    /// A metadata key holds a value of another type than the model format prescribes.
    #[error("key `{key}` should hold {expected}, but holds {found}")]
    WrongType {
        /// The metadata key.
        key: String,
        /// What the reader expects.
        expected: &'static str,
        /// What the file holds.
        found: &'static str,
    },
    /// A required metadata key is missing.
    #[error("key `{key}` is missing")]
    MissingKey {
        /// The metadata key.
        key: String,
    },
    /// `general.alignment` is not a power of two in the permitted range.
    #[error("alignment {value} is not a power of two between 8 and {limit}")]
    Alignment {
        /// The value in the file.
        value: u64,
        /// The reader's cap.
        limit: u64,
    },
    /// A tensor's type number is unknown or was removed from ggml.
    #[error("tensor `{name}` has the unknown type {value}")]
    TensorType {
        /// The tensor.
        name: String,
        /// The number in the file.
        value: u32,
    },
    /// A tensor has no or too many dimensions, or an empty one.
    #[error("tensor `{name}` has unusable dimensions {dimensions:?}")]
    Dimensions {
        /// The tensor.
        name: String,
        /// Extents as stored, innermost first.
        dimensions: Vec<u64>,
    },
    /// A tensor's rows are not a whole number of quantisation blocks.
    #[error(
        "tensor `{name}`: rows of {row} values do not divide into {type_name} blocks of {block}"
    )]
    PartialBlock {
        /// The tensor.
        name: String,
        /// Values per row.
        row: u64,
        /// Name of the tensor type.
        type_name: &'static str,
        /// Values per block.
        block: u64,
    },
    /// The number of values or bytes of a tensor overflows.
    #[error("the size of tensor `{name}` overflows")]
    Overflow {
        /// The tensor.
        name: String,
    },
    /// A tensor's data does not start at a multiple of the alignment.
    #[error("tensor `{name}`: data offset {value} is not a multiple of {alignment}")]
    Misaligned {
        /// The tensor.
        name: String,
        /// Offset from the start of the data section.
        value: u64,
        /// The file's alignment.
        alignment: u64,
    },
    /// A tensor's data lies outside the file.
    #[error("tensor `{name}`: data at {start}..{end} lies beyond the file's end at {file_bytes}")]
    OutOfFile {
        /// The tensor.
        name: String,
        /// First byte in the file.
        start: u64,
        /// First byte after the data.
        end: u64,
        /// The file's length.
        file_bytes: u64,
    },
    /// Two tensors share bytes.
    #[error("the data of tensor `{name}` overlaps that of `{other}`")]
    Overlap {
        /// The tensor that starts later.
        name: String,
        /// The tensor that starts earlier.
        other: String,
    },
    /// A tensor is missing.
    #[error("tensor `{name}` is missing")]
    MissingTensor {
        /// The tensor.
        name: String,
    },
}
