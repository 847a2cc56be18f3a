//! Files that are opened for reading.
//!
//! A folder, a pipe or a device is refused before it is opened: opening a pipe waits until somebody writes
//! to it, for ever if nobody does, and nothing but a file can be read twice or mapped.

use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// Opens the file at `path`.
///
/// # Errors
/// If there is none, it cannot be read, or it is something else than a file.
pub fn open_regular(path: &Path) -> Result<File> {
    let kind = std::fs::metadata(path)?;
    if kind.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "is no file, but a pipe or a device"));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let kind = |path: &Path| open_regular(path).map(drop).map_err(|error| error.kind());
        assert_eq!(kind(&path), Err(ErrorKind::NotFound));
        std::fs::write(&path, "text").unwrap();
        assert_eq!(kind(&path), Ok(()));
        assert_eq!(kind(folder.path()), Err(ErrorKind::IsADirectory));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [pipe.as_path(), Path::new("/dev/null")] {
            assert_eq!(open_regular(path).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
    }
}
