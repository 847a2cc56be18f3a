//! States of windows on disk, so that a window that was read once is not read again for the next
//! question, in this process or another.
//!
//! ```text
//! FOLDER/MODEL-TOKENS.kv     a saved session that holds just the tokens before the question
//! ```
//! A prompt begins with the system's words and the window and ends with the question, so what comes
//! before the question is an exact prefix. Its file is named by the hashes of the model and of those
//! tokens; restoring compares the model, the settings, every token and a checksum, and what does not
//! match is no more than a state that is not there. The folder is bounded: the states that were
//! used longest ago go first. What it holds can be made again, so nothing in it is ever waited for.

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Result};
use crate::exec::StateKey;
use crate::session::Session;

/// Fewer tokens are read faster than a file.
const LEAST_TOKENS: usize = 32;

/// A bounded folder of states.
#[derive(Debug, Clone)]
pub struct WindowStore {
    folder: PathBuf,
    most_bytes: u64,
}

impl WindowStore {
    /// States in `folder`, which is made if it is not there, of at most so many bytes together.
    ///
    /// # Errors
    /// If the folder cannot be made.
    pub fn open(folder: impl AsRef<Path>, most_bytes: u64) -> Result<Self> {
        let folder = folder.as_ref().to_owned();
        std::fs::create_dir_all(&folder).map_err(|source| Error::file(&folder, source))?;
        Ok(Self { folder, most_bytes })
    }

    /// Whether the state after `prefix` is here.
    pub(super) fn holds(&self, model: [u8; 32], prefix: &[u32]) -> bool {
        prefix.len() >= LEAST_TOKENS && self.path(model, prefix).exists()
    }

    /// Restores the state after `prefix` into `session`, if it is here and whole. Otherwise the
    /// session is as it was, or empty.
    pub(super) fn load(&self, model: [u8; 32], prefix: &[u32], session: &mut Session) -> bool {
        let path = self.path(model, prefix);
        if prefix.len() < LEAST_TOKENS {
            return false;
        }
        let Ok(file) = File::open(&path) else { return false };
        let is_whole = session.restore(&mut BufReader::new(&file)).is_ok();
        let is_it = is_whole && session.tokens() == prefix;
        if is_it {
            // The time of the last use, by which states leave; of a read-only folder none leaves.
            let _ = file.set_modified(SystemTime::now());
        } else {
            let _ = std::fs::remove_file(&path);
        }
        is_it
    }

    /// Keeps the state of `session`, which holds just the tokens `prefix`, and lets older ones go.
    ///
    /// # Errors
    /// If the file cannot be written; a full disk is no failure, as nothing depends on the state.
    pub(super) fn save(
        &self,
        model: [u8; 32],
        prefix: &[u32],
        session: &mut Session,
    ) -> Result<()> {
        let path = self.path(model, prefix);
        if prefix.len() < LEAST_TOKENS || path.exists() {
            return Ok(());
        }
        let part = path.with_extension(format!("{}.part", std::process::id()));
        let mut write = || -> Result<()> {
            let file = File::create(&part).map_err(|source| Error::file(&part, source))?;
            session.save(&part, &mut BufWriter::new(&file))?;
            // Finer than what the file system writes down by itself.
            file.set_modified(SystemTime::now()).map_err(|source| Error::file(&part, source))?;
            std::fs::rename(&part, &path).map_err(|source| Error::file(&path, source))
        };
        if let Err(error) = write() {
            let _ = std::fs::remove_file(&part);
            return match error {
                Error::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => Ok(()),
                error => Err(error),
            };
        }
        self.bound()
    }

    /// Bytes of all states.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn bytes(&self) -> Result<u64> {
        Ok(self.states()?.iter().map(|(_, _, bytes)| bytes).sum())
    }

    /// Removes states from the longest unused on until the rest is within the bound.
    fn bound(&self) -> Result<()> {
        let mut states = self.states()?;
        states.sort();
        let mut total: u64 = states.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, path, bytes) in states {
            if total <= self.most_bytes {
                break;
            }
            // Another process may have removed it.
            let _ = std::fs::remove_file(path);
            total -= bytes;
        }
        Ok(())
    }

    /// Every state with the time of its last use and its size.
    fn states(&self) -> Result<Vec<(SystemTime, PathBuf, u64)>> {
        let failed = |source| Error::file(&self.folder, source);
        let mut states = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let is_state = path.extension().is_some_and(|extension| extension == "kv");
            // What went away meanwhile is no state any more.
            if let (true, Ok(data)) = (is_state, std::fs::metadata(&path)) {
                states.push((data.modified().map_err(failed)?, path, data.len()));
            }
        }
        Ok(states)
    }

    fn path(&self, model: [u8; 32], prefix: &[u32]) -> PathBuf {
        self.folder.join(StateKey::new(model, prefix).file_name())
    }
}
