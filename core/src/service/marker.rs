//! The guard against crash loops: a durable mark "this model is being loaded".
//!
//! A driver or the system's memory killer may end the process while a model is loaded. The app is
//! started again, loads the model again, dies again. So a file says which model is being loaded, and
//! it is emptied when that went well or failed in an orderly way. The loader keeps it locked, and the
//! system lets go of the lock when the process dies: a mark without a lock is a crash.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use fs4::FileExt;

use crate::error::{Error, Result, ServiceError};

/// A mark that stands while a model is loaded.
pub(super) struct LoadingMarker {
    path: PathBuf,
    file: File,
}

impl LoadingMarker {
    /// Puts the mark for `model` into `folder`, after whoever is loading the same model is done.
    /// Refuses if one is there from a process that died, unless `retry` is wanted.
    pub(super) fn put(folder: &Path, model: &Path, retry: bool) -> Result<Self> {
        let name = model.file_name().unwrap_or_default().to_string_lossy();
        let path = folder.join(format!("loading-{name}"));
        let failed = |error| Error::file(&path, error);
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        FileExt::lock(&file).map_err(failed)?;
        let mut before = String::new();
        file.read_to_string(&mut before).map_err(failed)?;
        let mark = model.display().to_string();
        if before == mark && !retry {
            return Err(ServiceError::CrashedBefore { model: model.to_owned() }.into());
        }
        let marker = Self { path, file };
        marker.write(&mark)?;
        // The name of a new file is durable once its folder is.
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| Error::file(folder, error))?;
        Ok(marker)
    }

    /// Takes the mark away: loading went well, or failed in an orderly way.
    pub(super) fn remove(self) -> Result<()> {
        self.write("")
    }

    fn write(&self, text: &str) -> Result<()> {
        let mut file = &self.file;
        let written = file
            .rewind()
            .and_then(|()| file.set_len(0))
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all());
        written.map_err(|error| Error::file(&self.path, error))
    }
}
