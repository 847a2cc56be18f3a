//! A session on disk, so that a long text that was read once can be continued in another process.
//!
//! ```text
//! "CARRELSN" · n_tokens u64 · tokens u32… · the decoder's state (see exec/state.rs)
//! ```
//! All numbers are little-endian. The decoder's state names the model and the tokens again and ends
//! with a checksum, so nothing here needs one.

use std::io::{Read, Write};
use std::path::Path;

use super::sequence::Session;
use crate::error::{Error, Result, SessionError};

const MAGIC: &[u8; 8] = b"CARRELSN";

impl Session {
    /// Writes what is in the cache to `out`; `path` is named in errors.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&mut self, path: &Path, out: &mut dyn Write) -> Result<()> {
        let mut write = || {
            out.write_all(MAGIC)?;
            out.write_all(&(self.tokens.len() as u64).to_le_bytes())?;
            for token in &self.tokens {
                out.write_all(&token.to_le_bytes())?;
            }
            self.decoder.save(&self.tokens, out)
        };
        write().map_err(|source| Error::file(path, source))
    }

    /// Takes over what was saved by a session on the same model with the same options. After an
    /// error the session is empty.
    ///
    /// # Errors
    /// If it is no saved session, or one of another model or other options.
    pub fn restore(&mut self, input: &mut dyn Read) -> Result<()> {
        self.clear()?;
        let tokens = read_tokens(input, self.n_ctx())?;
        if let Err(error) = self.decoder.restore(&tokens, input) {
            self.clear()?;
            return Err(error.into());
        }
        self.tokens = tokens;
        Ok(())
    }
}

fn read_tokens(input: &mut dyn Read, most: usize) -> Result<Vec<u32>> {
    let wrong = |problem| Error::from(SessionError::Saved { problem });
    let mut bytes = [0; 8];
    input.read_exact(&mut bytes).map_err(|_| wrong("it ends too early"))?;
    if &bytes != MAGIC {
        return Err(wrong("it is no saved session"));
    }
    input.read_exact(&mut bytes).map_err(|_| wrong("it ends too early"))?;
    let n_tokens = u64::from_le_bytes(bytes);
    if n_tokens > most as u64 {
        return Err(wrong("it has more tokens than the context holds"));
    }
    // Grows with what is really there.
    let mut tokens = Vec::new();
    for _ in 0..n_tokens {
        let mut bytes = [0; 4];
        input.read_exact(&mut bytes).map_err(|_| wrong("it ends too early"))?;
        tokens.push(u32::from_le_bytes(bytes));
    }
    Ok(tokens)
}
