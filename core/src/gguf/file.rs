//! An open GGUF file: the map, its header, and typed access to metadata and tensors.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use memmap2::{Mmap, MmapMut};

use super::cursor::{Cursor, error_at};
use super::parse::{self, Header};
use super::tensor::TensorInfo;
use super::value::{Value, ValueType};
use crate::error::{Error, GgufError, GgufProblem, Result};
use crate::regular_file::open_regular;

/// A GGUF file, mapped into memory and checked. Cheap to clone; immutable.
#[derive(Debug, Clone)]
pub struct Gguf {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    bytes: Bytes,
    header: Header,
    source: Option<Source>,
}

/// Where a mapped file is, and when it was last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path, as it was opened.
    pub path: PathBuf,
    /// Its time of modification.
    pub modified: SystemTime,
}

#[derive(Debug)]
enum Bytes {
    Mapped(Mmap),
    Owned(Mmap),
}

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Mapped(map) | Self::Owned(map) => map,
        }
    }
}

impl Gguf {
    /// Maps and checks the file at `path`.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be opened or mapped, [`Error::Gguf`] if it is not valid.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = open_regular(path).map_err(|source| Error::file(path, source))?;
        let data = file.metadata().map_err(|source| Error::file(path, source))?;
        if data.len() == 0 {
            let empty = GgufProblem::Magic { found: Vec::new() };
            return Err(error_at(0, empty).in_file(path).into());
        }
        // SAFETY: the map is private and read-only. Another process that truncates the file while
        // it is mapped can raise SIGBUS, as with every mapped file; model files are installed by
        // rename and never rewritten in place, so this does not happen in normal use.
        let map = unsafe { Mmap::map(&file) }.map_err(|source| Error::file(path, source))?;
        let source = data.modified().ok().map(|modified| Source { path: path.into(), modified });
        Ok(Self::new(Bytes::Mapped(map), source).map_err(|error| error.in_file(path))?)
    }

    /// Checks a GGUF file that is already in memory (tests, embedded models). The bytes are copied
    /// into pages of their own, because tensors must be aligned.
    ///
    /// # Errors
    /// The first defect found, with its byte offset; [`Error::File`] if there is no memory.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let copy = || {
            // A map cannot be empty; a single zero byte fails the same check of the magic.
            let mut map = MmapMut::map_anon(bytes.len().max(1))?;
            map[..bytes.len()].copy_from_slice(bytes);
            map.make_read_only()
        };
        let map = copy().map_err(|source| Error::file("<memory>", source))?;
        Ok(Self::new(Bytes::Owned(map), None)?)
    }

    fn new(bytes: Bytes, source: Option<Source>) -> Result<Self, GgufError> {
        let header = parse::header(bytes.as_slice())?;
        Ok(Self { inner: Arc::new(Inner { bytes, header, source }) })
    }

    /// Where the file is, if it was not made from bytes in memory.
    pub fn source(&self) -> Option<&Source> {
        self.inner.source.as_ref()
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        self.inner.bytes.as_slice()
    }

    /// Tells the system that this range of a mapped file will not be needed soon, so that it stops
    /// counting as the program's memory. Reading it again later is allowed and only slower.
    pub fn release(&self, range: std::ops::Range<usize>) {
        #[cfg(unix)]
        if let Bytes::Mapped(map) = &self.inner.bytes {
            // SAFETY: the map is read-only and backed by the file, so dropped pages are read back
            // unchanged.
            let advised = unsafe {
                map.unchecked_advise_range(
                    memmap2::UncheckedAdvice::DontNeed,
                    range.start,
                    range.len(),
                )
            };
            if let Err(error) = advised {
                log::debug!("pages of the model file stay in memory: {error}");
            }
        }
        #[cfg(not(unix))]
        let _ = range;
    }

    /// Version of the format, 2 or 3.
    pub fn version(&self) -> u32 {
        self.inner.header.version
    }

    /// Alignment of tensor data, in bytes.
    pub fn alignment(&self) -> u64 {
        self.inner.header.alignment
    }

    /// All keys and values, in file order.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.inner
            .header
            .keys
            .iter()
            .filter_map(|(key, position)| Some((key.as_str(), self.value_at(*position)?)))
    }

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<Value<'_>> {
        self.value_at(self.position(key)?)
    }

    fn position(&self, key: &str) -> Option<usize> {
        let entry = *self.inner.header.key_index.get(key)?;
        Some(self.inner.header.keys[entry].1)
    }

    fn value_at(&self, position: usize) -> Option<Value<'_>> {
        // The header check has read this value once, so it cannot fail now.
        parse::typed_value(&mut Cursor::at(self.bytes(), position)).ok()
    }

    /// The integer under `key`, if the key exists.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not an integer between 0 and 2³²−1.
    pub fn u32(&self, key: &str) -> Result<Option<u32>, GgufError> {
        self.typed(key, "an integer from 0 to 4294967295", |value| {
            value.as_integer().and_then(|integer| u32::try_from(integer).ok())
        })
    }

    /// The number under `key`, if the key exists.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not a finite number.
    pub fn f32(&self, key: &str) -> Result<Option<f32>, GgufError> {
        self.typed(key, "a finite number", |value| {
            value.as_float().map(|number| number as f32).filter(|number| number.is_finite())
        })
    }

    /// The boolean under `key`, if the key exists.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not a boolean.
    pub fn bool(&self, key: &str) -> Result<Option<bool>, GgufError> {
        self.typed(key, "a boolean", |value| match value {
            Value::Bool(value) => Some(value),
            _ => None,
        })
    }

    /// The string under `key`, if the key exists.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not a string of UTF-8.
    pub fn str(&self, key: &str) -> Result<Option<&str>, GgufError> {
        self.typed(key, "a UTF-8 string", |value| match value {
            Value::String(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        })
    }

    /// The strings under `key`, if the key exists, as the bytes they are.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not an array of strings.
    pub fn strings(&self, key: &str) -> Result<Option<Vec<&[u8]>>, GgufError> {
        self.typed(key, "an array of strings", |value| match value {
            Value::Array(array) if array.element_type == ValueType::String => array
                .iter()
                .map(|element| match element {
                    Value::String(bytes) => Some(bytes),
                    _ => None,
                })
                .collect(),
            _ => None,
        })
    }

    /// The integers under `key`, if the key exists.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not an array of integers that fit 32 signed bits.
    pub fn i32s(&self, key: &str) -> Result<Option<Vec<i32>>, GgufError> {
        self.typed(key, "an array of 32-bit integers", |value| match value {
            Value::Array(array) => array
                .iter()
                .map(|element| element.as_integer().and_then(|integer| i32::try_from(integer).ok()))
                .collect(),
            _ => None,
        })
    }

    /// The numbers under `key`, if the key exists.
    ///
    /// # Errors
    /// [`GgufProblem::WrongType`] if it is not an array of numbers.
    pub fn f32s(&self, key: &str) -> Result<Option<Vec<f32>>, GgufError> {
        self.typed(key, "an array of numbers", |value| match value {
            Value::Array(array) => {
                array.iter().map(|element| element.as_float().map(|number| number as f32)).collect()
            }
            _ => None,
        })
    }

    fn typed<'a, T>(
        &'a self,
        key: &str,
        expected: &'static str,
        convert: impl FnOnce(Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, GgufError> {
        let Some(position) = self.position(key) else {
            return Ok(None);
        };
        let Some(value) = self.value_at(position) else {
            return Ok(None);
        };
        let found = value.value_type().name();
        match convert(value) {
            Some(converted) => Ok(Some(converted)),
            None => Err(error_at(
                position,
                GgufProblem::WrongType { key: key.to_owned(), expected, found },
            )),
        }
    }

    /// An error about a key that should be there.
    pub fn missing_key(&self, key: &str) -> GgufError {
        let error = error_at(0, GgufProblem::MissingKey { key: key.to_owned() });
        match self.source() {
            Some(source) => error.in_file(&source.path),
            None => error,
        }
    }

    /// The tensor table, in file order.
    pub fn tensors(&self) -> &[TensorInfo] {
        &self.inner.header.tensors
    }

    /// The tensor called `name`.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        let index = *self.inner.header.tensor_index.get(name)?;
        Some(&self.inner.header.tensors[index])
    }

    /// The data of a tensor of this file. The range was checked when the file was opened.
    pub fn tensor_bytes(&self, tensor: &TensorInfo) -> &[u8] {
        &self.bytes()[tensor.start as usize..(tensor.start + tensor.n_bytes) as usize]
    }

    /// SHA-256 of the file, read once from start to end (about 2 s a gigabyte). What was read is
    /// [released](Self::release), as most of it may be of no use to whoever asks.
    pub fn sha256(&self) -> [u8; 32] {
        use sha2::Digest;
        const PIECE_BYTES: usize = 4 << 20;
        let mut hash = sha2::Sha256::new();
        for (index, piece) in self.bytes().chunks(PIECE_BYTES).enumerate() {
            hash.update(piece);
            let start = index * PIECE_BYTES;
            self.release(start..start + piece.len());
        }
        hash.finalize().into()
    }
}
