//! Files that are written whole or not at all.
//!
//! ```text
//! NAME.PROCESS.part ──written, synchronised──> renamed to NAME; removed if anything fails
//! ```
//! So a reader finds the old file or the new one, whatever kills the writer. Two processes that write one
//! file at a time have parts of their own, and the later one wins; two writers in one process are the
//! caller's to prevent.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 1 << 20;

/// Writes a file under a temporary name beside `path`, and gives it that name when it is whole.
///
/// # Errors
/// Whatever `write` answers, and what `failed` makes of a file that could not be written, which goes by
/// `path` under its temporary name, too. A file that was at `path` is then still there.
pub fn write_whole<T, E>(
    path: &Path,
    failed: impl Fn(&Path, io::Error) -> E,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<T, E>,
) -> Result<T, E> {
    let part = part_of(path);
    let result = (|| {
        let file = File::create(&part).map_err(|error| failed(path, error))?;
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
        let value = write(&mut out)?;
        let file = out.into_inner().map_err(|error| failed(path, error.into_error()))?;
        file.sync_all().map_err(|error| failed(path, error))?;
        std::fs::rename(&part, path).map_err(|error| failed(path, error))?;
        Ok(value)
    })();
    if result.is_err() {
        // Nothing half-written is left behind; the first error is the one to report.
        let _ = std::fs::remove_file(&part);
    }
    result
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        write_whole(path, |_, error| error, |out| out.write_all(bytes))
    }

    #[test]
    fn what_cannot_be_written_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        let stopped = write_whole(
            &path,
            |_, error| error,
            |out| {
                out.write_all(b"three")?;
                Err::<(), _>(io::Error::other("stopped"))
            },
        );
        assert!(stopped.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left");
        let x = folder.path().join("x.json");
        std::fs::create_dir(part_of(&x)).unwrap();
        assert!(write(&x, b"four").is_err());
        assert!(!x.exists());
        assert!(write(Path::new("/no/such/folder/a"), b"").is_err());
    }
}
