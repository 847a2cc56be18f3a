//! The unfinished file: `NAME.part` with what came, and `NAME.part.json` with what it is of.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use carrel_core::cancel::CancelFlag;
use carrel_core::readable::hexadecimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::DownloadError;
use super::http::ResumePoint;

/// What the bytes in a part are of.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Origin {
    url: String,
    validator: Option<String>,
    sha256: Option<String>,
}

/// An unfinished download and the hash of what is there.
pub struct Part {
    target: PathBuf,
    path: PathBuf,
    notes: PathBuf,
    file: File,
    n_bytes: u64,
    hasher: Sha256,
    origin: Origin,
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> DownloadError + '_ {
    |source| DownloadError::File { path: path.to_owned(), source }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

impl Part {
    /// The part of `target`; what an earlier download of `url` left is kept and hashed.
    pub fn open(target: &Path, url: &str, cancel: &CancelFlag) -> Result<Self, DownloadError> {
        let path = with_ending(target, ".part");
        let notes = with_ending(target, ".part.json");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(failed(&path))?;
        let origin: Origin = std::fs::read(&notes)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let mut hasher = Sha256::new();
        let n_bytes = hash(&mut file, &mut hasher, cancel).map_err(failed(&path))?;
        if cancel.is_cancelled() {
            return Err(DownloadError::Cancelled);
        }
        let target = target.to_owned();
        let mut part = Self { target, path, notes, file, n_bytes, hasher, origin };
        // Without a validator the server could not be asked for the rest of the same file.
        if part.origin.url != url || part.origin.validator.is_none() {
            part.clear()?;
            part.origin = Origin { url: url.to_owned(), ..Origin::default() };
        }
        Ok(part)
    }

    /// Where the bytes lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that are there.
    pub fn len(&self) -> u64 {
        self.n_bytes
    }

    /// The entity tag of the file that the bytes are of.
    pub fn validator(&self) -> Option<String> {
        self.origin.validator.clone()
    }

    /// Where to go on, if there is something to go on from.
    pub fn resume_point(&self) -> Option<ResumePoint> {
        let validator = self.origin.validator.clone().filter(|_| self.n_bytes > 0)?;
        Some(ResumePoint { bytes: self.n_bytes, validator })
    }

    /// SHA-256 of the bytes that are there.
    pub fn sha256(&self) -> String {
        hexadecimal(&self.hasher.clone().finalize())
    }

    /// Forgets the bytes if they are of a file with another hash.
    pub fn keep_only_if(&mut self, sha256: Option<&str>) -> Result<(), DownloadError> {
        if self.n_bytes > 0 && self.origin.sha256.as_deref() != sha256 {
            self.clear()?;
        }
        Ok(())
    }

    /// Forgets the bytes.
    pub fn clear(&mut self) -> Result<(), DownloadError> {
        self.file.set_len(0).map_err(failed(&self.path))?;
        std::io::Seek::rewind(&mut self.file).map_err(failed(&self.path))?;
        (self.n_bytes, self.hasher) = (0, Sha256::new());
        Ok(())
    }

    /// Begins anew with a file of this entity tag and hash.
    pub fn restart(
        &mut self,
        validator: Option<String>,
        sha256: Option<&str>,
    ) -> Result<(), DownloadError> {
        self.clear()?;
        self.origin.validator = validator;
        self.origin.sha256 = sha256.map(str::to_owned);
        let notes = serde_json::to_vec(&self.origin).unwrap_or_default();
        std::fs::write(&self.notes, notes).map_err(failed(&self.notes))
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), DownloadError> {
        self.file.write_all(bytes).map_err(failed(&self.path))?;
        self.hasher.update(bytes);
        self.n_bytes += bytes.len() as u64;
        Ok(())
    }

    /// Gives the file its name, after all of it is on the disk.
    pub fn finish(self) -> Result<(), DownloadError> {
        self.file.sync_all().map_err(failed(&self.path))?;
        std::fs::rename(&self.path, &self.target).map_err(failed(&self.target))?;
        // The notes are of no use any more; that they stay would do no harm.
        let _ = std::fs::remove_file(&self.notes);
        Ok(())
    }

    /// Throws away what came.
    pub fn remove(&self) {
        // The error that led here is the one to report.
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(&self.notes);
    }
}

/// Length and SHA-256 of a file.
pub fn hash_file(path: &Path, cancel: &CancelFlag) -> Result<(u64, String), DownloadError> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(failed(path))?;
    let n_bytes = hash(&mut file, &mut hasher, cancel).map_err(failed(path))?;
    if cancel.is_cancelled() {
        return Err(DownloadError::Cancelled);
    }
    Ok((n_bytes, hexadecimal(&hasher.finalize())))
}

fn hash(file: &mut File, hasher: &mut Sha256, cancel: &CancelFlag) -> std::io::Result<u64> {
    let (mut buffer, mut n_bytes) = (vec![0; 1 << 20], 0);
    while !cancel.is_cancelled() {
        match file.read(&mut buffer)? {
            0 => break,
            length => {
                hasher.update(&buffer[..length]);
                n_bytes += length as u64;
            }
        }
    }
    Ok(n_bytes)
}
