//! Downloads of one large file that survive bad networks: resumed, counted, hashed while they
//! stream, and given their name only when they are whole.
//!
//! ```text
//! lock ── what the server says ── room on the disk ── GET (Range, If-Range) ──> NAME.part
//!                 ^                                          │ lost, stalled, 5xx: wait, again
//!                 └────────────────── changed meanwhile ─────┤
//!                                          length, SHA-256 ──┴──> fsync ──> NAME
//! ```
//! A download that ends early for whatever reason, a kill included, leaves `NAME.part`, and the next
//! one goes on from there if the server still has the same file. Mirrors, several connections and
//! accounts are not for here.

mod error;
mod http;
mod part;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use carrel_core::cancel::CancelFlag;

pub use error::DownloadError;
use http::{Client, Remote};
use part::Part;
pub use part::hash_file;

/// Left free on the disk beside the file.
const SPARE_BYTES: u64 = 16 << 20;
/// Longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What to download and what it must be.
pub struct Request<'a> {
    /// Address.
    pub url: &'a str,
    /// Name of the file when it is whole.
    pub path: &'a Path,
    /// Length that the file must have, where known.
    pub bytes: Option<u64>,
    /// SHA-256 that the file must have, where known.
    pub sha256: Option<&'a str>,
    /// Attempts without progress after the first.
    pub retries: u32,
    /// Wait before the second attempt; doubles with each.
    pub wait: Duration,
    /// A connection that sends nothing for so long is given up.
    pub stall: Duration,
}

/// A file that came.
pub struct Downloaded {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// SHA-256 that the server named, if it did.
    pub server_sha256: Option<String>,
    /// Bytes that were there from an earlier attempt.
    pub resumed_from: u64,
}

/// The lock of a file against two downloads of it; given back when dropped.
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Takes the lock of `path`.
    pub fn take(path: &Path) -> Result<Self, DownloadError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let lock = path.with_file_name(format!(".{name}.lock"));
        let failed = |source| DownloadError::File { path: lock.clone(), source };
        let file = File::options().create(true).append(true).open(&lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path: lock, file }),
            Err(TryLockError::WouldBlock) => Err(DownloadError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Whoever still waits for this file finds the whole download or its part; a lock file that
        // stays behind does no harm.
        let _ = std::fs::remove_file(&self.path);
        let _ = self.file.unlock();
    }
}

/// Downloads a file; `progress` is told bytes done and bytes in all, where known. `check` looks at
/// the whole file before it gets its name.
pub fn download(
    request: &Request<'_>,
    cancel: &CancelFlag,
    mut progress: impl FnMut(u64, Option<u64>),
    check: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<Downloaded, DownloadError> {
    let client = Client::new(request.stall);
    let mut part = Part::open(request.path, request.url, cancel)?;
    let mut resumed_from = part.len();
    let (mut remote, mut failures, mut furthest, mut restarted) = (None, 0, part.len(), false);
    let sha256 = loop {
        let result = attempt(request, &client, &mut remote, &mut part, cancel, &mut progress);
        let error = match result {
            Ok(()) => {
                let found = part.sha256();
                let server = remote.as_ref().and_then(|remote: &Remote| remote.sha256.as_deref());
                match request.sha256.or(server) {
                    Some(wanted) if !wanted.eq_ignore_ascii_case(&found) => {
                        // What was there before may have been of another file.
                        let may_be_stale = resumed_from > 0 && !restarted;
                        part.clear()?;
                        if !may_be_stale {
                            part.remove();
                            let expected = wanted.to_owned();
                            return Err(DownloadError::WrongHash { expected, found });
                        }
                        (restarted, resumed_from) = (true, 0);
                        continue;
                    }
                    _ => break found,
                }
            }
            Err(error) => error,
        };
        if !error.is_passing() {
            if error.spoils_part() || part.len() == 0 {
                part.remove();
            }
            return Err(error);
        }
        if matches!(error, DownloadError::Changed) {
            (remote, resumed_from) = (None, 0);
        }
        if matches!(error, DownloadError::Server { status: 416, .. }) {
            // There is no rest from there on, so what is here is no beginning of that file.
            part.clear()?;
            resumed_from = 0;
        }
        if part.len() > furthest {
            (furthest, failures) = (part.len(), 0);
        }
        failures += 1;
        if failures > request.retries {
            if part.len() == 0 {
                part.remove();
            }
            return Err(error);
        }
        let wait = request.wait.saturating_mul(1 << (failures - 1).min(16));
        pause(wait.max(error.retry_after()).min(LONGEST_WAIT), cancel)?;
    };
    let bytes = part.len();
    if let Err(problem) = check(part.path()) {
        part.remove();
        return Err(DownloadError::NotAModel { problem });
    }
    part.finish()?;
    let server_sha256 = remote.and_then(|remote| remote.sha256);
    Ok(Downloaded { bytes, sha256, server_sha256, resumed_from })
}

/// One connection's worth of a download.
fn attempt(
    request: &Request<'_>,
    client: &Client,
    remote: &mut Option<Remote>,
    part: &mut Part,
    cancel: &CancelFlag,
    progress: &mut impl FnMut(u64, Option<u64>),
) -> Result<(), DownloadError> {
    if cancel.is_cancelled() {
        return Err(DownloadError::Cancelled);
    }
    let said = match remote {
        Some(said) => said,
        None => remote.insert(describe(request, client)?),
    };
    let expected = request.bytes.or(said.bytes);
    part.keep_only_if(request.sha256.or(said.sha256.as_deref()))?;
    if expected.is_some_and(|expected| part.len() > expected) {
        part.clear()?;
    }
    if expected.is_some() && expected == Some(part.len()) {
        return Ok(());
    }
    if let Some(expected) = expected {
        require_space(request.path, expected - part.len())?;
    }
    let mut response = client.get(request.url, part.resume_point())?;
    let total = response.total.or(expected);
    if response.start == 0 {
        if part.len() > 0 && response.validator != part.validator() {
            part.clear()?;
            return Err(DownloadError::Changed);
        }
        part.restart(response.validator.clone(), request.sha256.or(said.sha256.as_deref()))?;
    } else if response.start != part.len() {
        part.clear()?;
        return Err(DownloadError::Changed);
    }
    if let (Some(expected), Some(found)) = (expected, response.total)
        && expected != found
    {
        return Err(DownloadError::WrongLength { expected, found });
    }
    if expected.is_none()
        && let Some(total) = total
    {
        require_space(request.path, total.saturating_sub(part.len()))?;
    }
    let mut buffer = vec![0; 128 << 10];
    loop {
        if cancel.is_cancelled() {
            return Err(DownloadError::Cancelled);
        }
        let n_bytes = response.read(&mut buffer)?;
        if n_bytes == 0 {
            break;
        }
        if let Some(expected) = total
            && part.len() + n_bytes as u64 > expected
        {
            return Err(DownloadError::TooLong { expected });
        }
        part.write(&buffer[..n_bytes])?;
        progress(part.len(), total);
    }
    match total {
        Some(expected) if part.len() < expected => {
            Err(DownloadError::Truncated { expected, found: part.len() })
        }
        _ => Ok(()),
    }
}

/// Asks the server, and compares what it says with what the file must be.
fn describe(request: &Request<'_>, client: &Client) -> Result<Remote, DownloadError> {
    let said = client.describe(request.url)?;
    if let (Some(expected), Some(found)) = (request.bytes, said.bytes)
        && expected != found
    {
        return Err(DownloadError::WrongLength { expected, found });
    }
    if let (Some(expected), Some(found)) = (request.sha256, said.sha256.as_deref())
        && !expected.eq_ignore_ascii_case(found)
    {
        let (expected, found) = (expected.to_owned(), found.to_owned());
        return Err(DownloadError::WrongHash { expected, found });
    }
    Ok(said)
}

/// Refuses before the disk is full.
fn require_space(path: &Path, needed_bytes: u64) -> Result<(), DownloadError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |source| DownloadError::File { path: folder.to_owned(), source };
    let free_bytes = fs4::available_space(folder).map_err(failed)?;
    if needed_bytes.saturating_add(SPARE_BYTES) > free_bytes {
        let path = folder.to_owned();
        return Err(DownloadError::NoSpace { path, needed_bytes, free_bytes });
    }
    Ok(())
}

/// Waits, but not past a cancel.
fn pause(wait: Duration, cancel: &CancelFlag) -> Result<(), DownloadError> {
    let until = Instant::now() + wait;
    loop {
        if cancel.is_cancelled() {
            return Err(DownloadError::Cancelled);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}
