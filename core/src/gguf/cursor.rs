//! A bounds-checked reading position in the bytes of a file.

use super::limits;
use crate::error::{GgufError, GgufProblem};

/// Reads little-endian fields one after the other; every error carries the field's offset.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub(super) fn at(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Everything that has not been read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.position..]
    }

    pub(super) fn error(&self, problem: GgufProblem) -> GgufError {
        error_at(self.position, problem)
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: u64, what: &'static str) -> Result<&'a [u8], GgufError> {
        let available = (self.bytes.len() - self.position) as u64;
        if length > available {
            return Err(self.error(GgufProblem::Truncated { what, needed: length, available }));
        }
        let end = self.position + length as usize;
        let taken = &self.bytes[self.position..end];
        self.position = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], GgufError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64, what)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self, what: &'static str) -> Result<u8, GgufError> {
        Ok(self.array::<1>(what)?[0])
    }

    pub(super) fn u16(&mut self, what: &'static str) -> Result<u16, GgufError> {
        self.array(what).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, GgufError> {
        self.array(what).map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self, what: &'static str) -> Result<u64, GgufError> {
        self.array(what).map(u64::from_le_bytes)
    }

    /// A count that may not exceed `limit`; the error points at the count itself.
    pub(super) fn count(&mut self, what: &'static str, limit: u64) -> Result<u64, GgufError> {
        let start = self.position;
        let value = self.u64(what)?;
        if value > limit {
            return Err(error_at(start, GgufProblem::Limit { what, value, limit }));
        }
        Ok(value)
    }

    /// A length-prefixed UTF-8 string.
    pub(super) fn string(&mut self, what: &'static str, limit: u64) -> Result<&'a str, GgufError> {
        let length = self.count(what, limit)?;
        let start = self.position;
        let bytes = self.take(length, what)?;
        std::str::from_utf8(bytes).map_err(|_| error_at(start, GgufProblem::Utf8 { what }))
    }

    /// A length-prefixed string of any bytes, which vocabularies in the wild contain.
    pub(super) fn raw_string(&mut self) -> Result<&'a [u8], GgufError> {
        let length = self.count("a string value", limits::STRING_BYTES)?;
        self.take(length, "a string value")
    }
}

pub(super) fn error_at(offset: usize, problem: GgufProblem) -> GgufError {
    GgufError { file: None, offset: offset as u64, problem }
}
