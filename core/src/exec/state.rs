//! A decoder's caches on disk, so that a text read once need not be read again.
//!
//! ```text
//! "CARRELKV" · version u32 · model SHA-256 · settings (cache type, cells) · n_tokens u64 · tokens u32…
//! by cache: positions i32 by cell · by layer: keys and values, or inputs of its convolution
//! SHA-256 of everything before it
//! ```
//! All numbers are little-endian. A state is only restored into a decoder of the same model and the
//! same settings, and only if the tokens and the checksum are right.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

use super::decoder::{ContextPolicy, Decoder};
use crate::error::ModelError;
use crate::ops::CacheType;
use crate::readable::hexadecimal;

const MAGIC: &[u8; 8] = b"CARRELKV";
const VERSION: u32 = 1;

/// What a saved state belongs to: the model and the tokens that were read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StateKey {
    /// SHA-256 of the model file.
    pub model: [u8; 32],
    /// SHA-256 of the tokens, as little-endian 32-bit integers.
    pub tokens: [u8; 32],
}

impl StateKey {
    /// The key of a model's state after reading `tokens`.
    pub fn new(model: [u8; 32], tokens: &[u32]) -> Self {
        let mut hash = Sha256::new();
        for token in tokens {
            hash.update(token.to_le_bytes());
        }
        Self { model, tokens: hash.finalize().into() }
    }

    /// A name for a file.
    pub fn file_name(&self) -> String {
        let (model, tokens) = (&self.model[..8], &self.tokens[..16]);
        format!("{}-{}.kv", hexadecimal(model), hexadecimal(tokens))
    }
}

impl Decoder {
    /// Writes the caches, which hold `tokens`, to `out`.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidInput`] if `tokens` are not as many as the cache holds; otherwise
    /// whatever `out` answers.
    pub fn save(&mut self, tokens: &[u32], out: &mut dyn Write) -> io::Result<()> {
        if tokens.len() != self.n_past {
            let message = format!("{} tokens given, {} in the cache", tokens.len(), self.n_past);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        self.unshift_sinks().map_err(io::Error::other)?;
        let mut out = Hashing { inner: out, hash: Sha256::new() };
        out.write_all(&self.header())?;
        out.write_all(&(tokens.len() as u64).to_le_bytes())?;
        for token in tokens {
            out.write_all(&token.to_le_bytes())?;
        }
        for group in 0..self.cells.len() {
            for position in self.cells[group].positions() {
                out.write_all(&position.to_le_bytes())?;
            }
            let [mut keys, mut values] = self.layer_buffers(group);
            for &layer in &self.plan.caches[group].layers {
                let read = self.runner.read_cells(layer, 0, &mut keys, &mut values);
                read.map_err(io::Error::other)?;
                out.write_all(&keys)?;
                out.write_all(&values)?;
            }
        }
        let digest = out.hash.finalize();
        out.inner.write_all(&digest)?;
        out.inner.flush()
    }

    /// Reads caches that [`Decoder::save`] wrote for the same model, settings and `tokens`.
    ///
    /// # Errors
    /// [`ModelError::State`] if anything does not match; the decoder is empty then.
    pub fn restore(&mut self, tokens: &[u32], input: &mut dyn Read) -> Result<(), ModelError> {
        self.clear()?;
        let result = self.restore_into_empty(tokens, input);
        if result.is_err() {
            self.cells.iter_mut().for_each(|cells| cells.forget_from(0));
        }
        result
    }

    fn restore_into_empty(
        &mut self,
        tokens: &[u32],
        input: &mut dyn Read,
    ) -> Result<(), ModelError> {
        let mut input = HashingReader { inner: input, hash: Sha256::new() };
        let expected = self.header();
        let mut found = vec![0; expected.len()];
        input.fill(&mut found)?;
        if found != expected {
            return Err(ModelError::State { problem: "it is of another model or other settings" });
        }
        let mut number = [0; 8];
        input.fill(&mut number)?;
        if u64::from_le_bytes(number) != tokens.len() as u64 {
            return Err(ModelError::State { problem: "it holds other tokens" });
        }
        for token in tokens {
            let mut bytes = [0; 4];
            input.fill(&mut bytes)?;
            if bytes != token.to_le_bytes() {
                return Err(ModelError::State { problem: "it holds other tokens" });
            }
        }
        for group in 0..self.cells.len() {
            let mut positions = vec![0u8; 4 * self.cells[group].n_cells()];
            input.fill(&mut positions)?;
            let positions: Vec<i32> = positions
                .chunks_exact(4)
                .map(|bytes| i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                .collect();
            if positions.iter().any(|&position| position >= tokens.len() as i32) {
                return Err(ModelError::State { problem: "it names tokens that are not there" });
            }
            self.cells[group].restore(&positions)?;
            let [mut keys, mut values] = self.layer_buffers(group);
            for layer in self.plan.caches[group].layers.clone() {
                input.fill(&mut keys)?;
                input.fill(&mut values)?;
                self.runner.write_cells(layer, 0, &keys, &values);
            }
        }
        let digest: [u8; 32] = input.hash.clone().finalize().into();
        let mut stored = [0; 32];
        input.fill(&mut stored)?;
        if stored != digest {
            return Err(ModelError::State { problem: "its checksum is wrong" });
        }
        if !self.cells.iter().all(|cells| cells.can_go_back(tokens.len())) {
            return Err(ModelError::State { problem: "tokens are missing in it" });
        }
        self.n_past = tokens.len();
        if let Some(history) = &mut self.history {
            history.extend_from_slice(tokens);
        }
        Ok(())
    }

    /// Everything that must be the same between saving and restoring.
    fn header(&self) -> Vec<u8> {
        let mut header = MAGIC.to_vec();
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&self.model().sha256());
        let cache_type: u32 = match self.options.cache_type {
            CacheType::F16 => 1,
            CacheType::Q8_0 => 2,
            CacheType::F32 => 3,
        };
        let (policy, length) = match self.options.context {
            ContextPolicy::Full(n_ctx) => (1u32, n_ctx),
            ContextPolicy::Sliding(window) => (2, window),
        };
        header.extend_from_slice(&cache_type.to_le_bytes());
        header.extend_from_slice(&policy.to_le_bytes());
        header.extend_from_slice(&(length as u64).to_le_bytes());
        for cells in &self.cells {
            header.extend_from_slice(&(cells.n_cells() as u64).to_le_bytes());
        }
        header
    }

    /// Room for the used cells of one layer's keys and values.
    fn layer_buffers(&self, group: usize) -> [Vec<u8>; 2] {
        let positions = self.cells[group].positions();
        let n_used =
            positions.iter().rposition(|&position| position >= 0).map_or(0, |last| last + 1);
        let layer = self.plan.caches[group].layers.first();
        let cell_bytes = layer.map_or([0; 2], |&layer| self.runner.cell_bytes(layer));
        cell_bytes.map(|n_bytes| vec![0; n_used * n_bytes])
    }
}

/// Passes bytes on and hashes them.
struct Hashing<'a> {
    inner: &'a mut dyn Write,
    hash: Sha256,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.hash.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

struct HashingReader<'a> {
    inner: &'a mut dyn Read,
    hash: Sha256,
}

impl HashingReader<'_> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ModelError> {
        let read = self.inner.read_exact(bytes);
        read.map_err(|_| ModelError::State { problem: "it ends too early" })?;
        self.hash.update(&*bytes);
        Ok(())
    }
}
