//! Where pulled model files lie on this machine, and the receipts beside them.
//!
//! A file lies in `DIR/OWNER/REPOSITORY/FILE`; names that would leave `DIR` are refused. How files
//! come there is `pull.rs`.

use std::io::Write;
use std::path::{Path, PathBuf};

use carrel_core::cpu::is_packed_file;
use carrel_core::whole_file::write_whole;
use carrel_models::catalog;
use serde::{Deserialize, Serialize};

/// What can be wrong with names of models and with the files they stand for.
#[derive(Debug, thiserror::Error)]
pub enum ModelFolderError {
    /// No folder was named, and the system has none for data.
    #[error("no folder for models is known; name one")]
    NoFolder,
    /// A name that is neither in the catalogue nor of a file in a repository.
    #[error("`{name}` is neither in the catalogue nor OWNER/REPOSITORY/FILE.gguf")]
    Name {
        /// The name.
        name: String,
    },
    /// No file of this name is here.
    #[error("{path}: no such model file is here", path = path.display())]
    NotHere {
        /// Where it would be.
        path: PathBuf,
    },
    /// A model of the catalogue that was not pulled yet.
    #[error("{name}: not here yet; `carrel models pull {name}` downloads it")]
    NotPulled {
        /// Its name.
        name: String,
    },
    /// A file cannot be read, written or removed.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ModelFolderError {
    fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

/// What a file was when it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Receipt {
    /// Where it came from.
    pub url: String,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// Against what the hash was compared: `catalogue`, `option`, `server` or `nothing`.
    pub verified_by: String,
}

/// A model file on this machine.
pub struct Found {
    /// Repository it came from.
    pub repository: String,
    /// Its path in the repository.
    pub file: String,
    /// Its path here.
    pub path: PathBuf,
    /// Its receipt, if there is one that can be read.
    pub receipt: Option<Receipt>,
}

/// The folder of model files.
pub struct ModelFolder {
    folder: PathBuf,
}

/// Splits `OWNER/REPOSITORY/FILE`, where FILE may have folders; refuses what would leave a folder.
///
/// # Errors
/// If it is no such name.
pub fn split_name(name: &str) -> Result<(String, String), ModelFolderError> {
    let parts: Vec<&str> = name.split('/').collect();
    let is_safe = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
    };
    if parts.len() < 3 || !parts.iter().all(is_safe) || !name.ends_with(".gguf") {
        return Err(ModelFolderError::Name { name: name.to_owned() });
    }
    Ok((parts[..2].join("/"), parts[2..].join("/")))
}

/// The file that someone means by `name`: a path, or the name of a model file that was pulled.
///
/// # Errors
/// If it is a model of the catalogue that was not pulled yet.
pub fn model_file(name: &Path) -> Result<PathBuf, ModelFolderError> {
    let text = name.to_string_lossy();
    if name.exists() {
        return Ok(name.to_owned());
    }
    let is_listed = catalog::find(&text).is_some();
    let located = ModelFolder::open(None).and_then(|models| models.locate(&text));
    match located {
        Ok((_, _, path)) if path.is_file() => Ok(path),
        _ if is_listed => Err(ModelFolderError::NotPulled { name: text.into_owned() }),
        // What opens it says what is wrong.
        _ => Ok(name.to_owned()),
    }
}

impl ModelFolder {
    /// The folder that is named, or the environment's `CARREL_MODELS`, or the system's for data.
    ///
    /// # Errors
    /// If there is none of them.
    pub fn open(named: Option<&Path>) -> Result<Self, ModelFolderError> {
        let named = named.map(Path::to_owned);
        let named = named.or_else(|| crate::places::variable("CARREL_MODELS").map(Into::into));
        let folder =
            named.or_else(|| crate::data_folder("models")).ok_or(ModelFolderError::NoFolder)?;
        Ok(Self { folder })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file of a repository lies.
    pub fn path(&self, repository: &str, file: &str) -> PathBuf {
        self.folder.join(repository).join(file)
    }

    /// The file that `name` means, wherever it comes from: a catalogue name or
    /// OWNER/REPOSITORY/FILE.
    pub fn locate(&self, name: &str) -> Result<(String, String, PathBuf), ModelFolderError> {
        let (repository, file) = match catalog::find(name) {
            Some(entry) => (entry.repository.clone(), entry.file.clone()),
            None => split_name(name)?,
        };
        let path = self.path(&repository, &file);
        Ok((repository, file, path))
    }

    /// The files called `names`, all if there are none.
    pub fn select(&self, names: &[String]) -> Result<Vec<Found>, ModelFolderError> {
        if names.is_empty() {
            return self.files();
        }
        names
            .iter()
            .map(|name| {
                let (repository, file, path) = self.locate(name)?;
                if !path.is_file() {
                    return Err(ModelFolderError::NotHere { path });
                }
                let receipt = read_receipt(&path);
                Ok(Found { repository, file, path, receipt })
            })
            .collect()
    }

    /// All model files, in order of their paths.
    pub fn files(&self) -> Result<Vec<Found>, ModelFolderError> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                entries => entries.map_err(|error| ModelFolderError::file(&folder, error))?,
            };
            for entry in entries {
                let path = entry.map_err(|error| ModelFolderError::file(&folder, error))?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let Ok(inside) = path.strip_prefix(&self.folder) else { continue };
                let name = inside.to_string_lossy().replace('\\', "/");
                if let Ok((repository, file)) = split_name(&name) {
                    let receipt = read_receipt(&path);
                    found.push(Found { repository, file, path, receipt });
                }
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }

    /// Writes the receipt of a file.
    pub fn write_receipt(&self, path: &Path, receipt: &Receipt) -> Result<(), ModelFolderError> {
        let text = serde_json::to_vec_pretty(receipt)
            .map_err(|error| ModelFolderError::file(path, std::io::Error::other(error)))?;
        let path = receipt_path(path);
        write_whole(&path, ModelFolderError::file, |out| {
            out.write_all(&text).map_err(|error| ModelFolderError::file(&path, error))
        })
    }

    /// Deletes a file, its receipt, packed copies of it, and what an interrupted download of it left.
    pub fn remove(&self, path: &Path) -> Result<(), ModelFolderError> {
        std::fs::remove_file(path).map_err(|error| ModelFolderError::file(path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for ending in [".receipt.json", ".part", ".part.json"] {
            // Most of them do not exist.
            let _ = std::fs::remove_file(path.with_file_name(format!("{name}{ending}")));
        }
        for packed in crate::packed_files().paths(path) {
            if is_packed_file(&packed) {
                std::fs::remove_file(&packed)
                    .map_err(|error| ModelFolderError::file(&packed, error))?;
            }
        }
        Ok(())
    }
}

fn receipt_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".receipt.json");
    path.with_file_name(name)
}

/// The receipt of a file, if there is one that can be read.
pub fn read_receipt(path: &Path) -> Option<Receipt> {
    serde_json::from_slice(&std::fs::read(receipt_path(path)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::split_name;

    #[test]
    fn names_stay_in_their_folder() {
        let (repository, file) = split_name("owner/repo/a/b.gguf").unwrap();
        assert_eq!((repository.as_str(), file.as_str()), ("owner/repo", "a/b.gguf"));
        for name in [
            "",
            "model",
            "a/b.gguf",
            "../../etc/x.gguf",
            "/etc/x/y.gguf",
            "a/b/../../../x.gguf",
            "a/b/.hidden.gguf",
            "a//b.gguf",
            "a/b/c\\d.gguf",
            "a/b/c.txt",
            "a/b/c?d.gguf",
        ] {
            assert!(split_name(name).is_err(), "{name}");
        }
    }
}
