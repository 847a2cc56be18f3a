//! Input that can be read only once: standard input, and pipes that a shell names.
//!
//! Opening and reading it cannot be interrupted, but waiting for a thread that does can.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use carrel_core::cancel::CancelFlag;
use carrel_core::memory::Limits;

use crate::failure::Failure;

/// How standard input is called where it is asked for.
pub const STANDARD_INPUT: &str = "-";
/// How it is called where it is spoken of.
pub const NAME: &str = "standard input";

/// All of standard input.
pub fn bytes(cancel: &CancelFlag) -> Result<Vec<u8>, Failure> {
    gathered(Path::new(NAME), cancel, || Ok(std::io::stdin()))
}

/// All of standard input, which has to be a text.
pub fn text(cancel: &CancelFlag) -> Result<String, Failure> {
    let bytes = bytes(cancel)?;
    String::from_utf8(bytes).map_err(|error| Failure::file(Path::new(NAME), error.utf8_error()))
}

/// Whether `path` is a pipe, as a shell makes one of `<(command)`.
pub fn is_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    let is_pipe = |kind: std::fs::FileType| std::os::unix::fs::FileTypeExt::is_fifo(&kind);
    #[cfg(not(unix))]
    let is_pipe = |_: std::fs::FileType| false;
    std::fs::metadata(path).is_ok_and(|data| is_pipe(data.file_type()))
}

/// All that comes of what `open` opens, which is called `name`.
pub fn gathered<R: Read>(
    name: &Path,
    cancel: &CancelFlag,
    open: impl FnOnce() -> std::io::Result<R> + Send + 'static,
) -> Result<Vec<u8>, Failure> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // One byte more than allowed, so that the limit is reported by the reader of documents.
        let most = Limits::default().source_bytes + 1;
        let read = open().and_then(|input| input.take(most).read_to_end(&mut bytes));
        // Whoever waited may have gone.
        let _ = sender.send(read.map(|_| bytes));
    });
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(error)) => return Err(Failure::file(name, error)),
            Err(RecvTimeoutError::Timeout) if !cancel.is_cancelled() => {}
            Err(RecvTimeoutError::Timeout) => return Err(Failure::cancelled()),
            Err(gone @ RecvTimeoutError::Disconnected) => return Err(Failure::other(gone)),
        }
    }
}
