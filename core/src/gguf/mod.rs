//! GGUF: bytes of a model file → metadata and tensor table. The only GGUF reader of the program.
//!
//! ```text
//! magic "GGUF" · version u32 · n_tensors u64 · n_keys u64
//! n_keys    × { key string · type u32 · value }
//! n_tensors × { name string · n_dims u32 · dims u64… · type u32 · offset u64 }
//! padding to `general.alignment` · tensor data
//! ```
//! The file is mapped and never copied: strings, arrays and tensors are views into the map. Every
//! count, length, offset and product is checked against the real length of the file before
//! anything is allocated, so that no byte string can make the reader panic or allocate more than
//! a constant times the file's size. Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
//! Level 1: knows no model.

mod cursor;
mod file;
mod parse;
mod tensor;
mod value;
mod write;

pub use file::{Gguf, Source};
pub use tensor::TensorInfo;
pub use value::{Array, Value, ValueType};
pub use write::{ArrayData, Entry, GgufWriter};

/// Caps of the reader. Each is far above what any published model uses.
pub mod limits {
    /// Metadata keys in a file.
    pub const KEYS: u64 = 65_536;
    /// Tensors in a file.
    pub const TENSORS: u64 = 65_536;
    /// Bytes of a key.
    pub const KEY_BYTES: u64 = 65_535;
    /// Bytes of a tensor's name (ggml itself keeps 63).
    pub const TENSOR_NAME_BYTES: u64 = 63;
    /// Bytes of one string value (chat templates reach some 100 KiB).
    pub const STRING_BYTES: u64 = 16 << 20;
    /// Elements of one array (the largest vocabularies have under 300 thousand entries).
    pub const ARRAY_ELEMENTS: u64 = 8 << 20;
    /// Levels of arrays in arrays.
    pub const ARRAY_DEPTH: u32 = 2;
    /// Dimensions of a tensor.
    pub const DIMENSIONS: u32 = 4;
    /// `general.alignment`, in bytes.
    pub const ALIGNMENT: u64 = 1 << 20;
    /// `general.alignment` when the key is absent.
    pub const DEFAULT_ALIGNMENT: u64 = 32;
}
