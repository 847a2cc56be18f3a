//! Where pulled model files lie on this machine, and the receipts beside them.
//!
//! A file lies in `DIR/OWNER/REPOSITORY/FILE`; names that would leave `DIR` are refused. Downloading
//! is `commands/models/pull.rs`.

use std::path::{Path, PathBuf};

use carrel_models::catalog;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// Where model files are kept.
#[derive(clap::Args)]
pub struct ShelfArgs {
    /// Folder of model files [default: $CARREL_MODELS, or carrel/models in the user's data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
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
pub struct Shelf {
    folder: PathBuf,
}

/// Splits `OWNER/REPOSITORY/FILE`, where FILE may have folders; refuses what would leave a folder.
pub fn split_name(name: &str) -> Result<(String, String), Failure> {
    let parts: Vec<&str> = name.split('/').collect();
    let is_safe = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c))
    };
    if parts.len() < 3 || !parts.iter().all(is_safe) || !name.ends_with(".gguf") {
        return Err(Failure::usage(format!(
            "`{name}` is neither in the catalogue (see `carrel models list`) nor OWNER/REPOSITORY/FILE.gguf"
        )));
    }
    Ok((parts[..2].join("/"), parts[2..].join("/")))
}

/// The file that `--model` means: a path, or the name of a model file that was pulled.
pub fn model_file(name: &Path) -> Result<PathBuf, Failure> {
    let text = name.to_string_lossy();
    if name.exists() {
        return Ok(name.to_owned());
    }
    let is_listed = catalog::find(&text).is_some();
    let located = Shelf::open(&ShelfArgs { dir: None }).and_then(|shelf| shelf.locate(&text));
    match located {
        Ok((_, _, path)) if path.is_file() => Ok(path),
        _ if is_listed => {
            let advice = format!("not here yet; `carrel models pull {text}` downloads it");
            Err(Failure::file(name, advice))
        }
        // What opens it says what is wrong.
        _ => Ok(name.to_owned()),
    }
}

impl Shelf {
    /// The folder that the options, the environment or the system name.
    pub fn open(args: &ShelfArgs) -> Result<Self, Failure> {
        let named = args.dir.clone().or_else(|| std::env::var_os("CARREL_MODELS").map(Into::into));
        let folder = named
            .or_else(|| dirs::data_dir().map(|data| data.join("carrel").join("models")))
            .ok_or_else(|| Failure::usage("no folder for models is known; give one with --dir"))?;
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
    pub fn locate(&self, name: &str) -> Result<(String, String, PathBuf), Failure> {
        let (repository, file) = match catalog::find(name) {
            Some(entry) => (entry.repository.clone(), entry.file.clone()),
            None => split_name(name)?,
        };
        let path = self.path(&repository, &file);
        Ok((repository, file, path))
    }

    /// The files called `names`, all if there are none.
    pub fn select(&self, names: &[String]) -> Result<Vec<Found>, Failure> {
        if names.is_empty() {
            return self.files();
        }
        names
            .iter()
            .map(|name| {
                let (repository, file, path) = self.locate(name)?;
                if !path.is_file() {
                    return Err(Failure::file(&path, "no such model file is here"));
                }
                let receipt = read_receipt(&path);
                Ok(Found { repository, file, path, receipt })
            })
            .collect()
    }

    /// All model files, in order of their paths.
    pub fn files(&self) -> Result<Vec<Found>, Failure> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                entries => entries.map_err(|error| Failure::file(&folder, error))?,
            };
            for entry in entries {
                let path = entry.map_err(|error| Failure::file(&folder, error))?.path();
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
    pub fn write_receipt(&self, path: &Path, receipt: &Receipt) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(receipt).map_err(Failure::other)?;
        let path = receipt_path(path);
        std::fs::write(&path, text).map_err(|error| Failure::file(&path, error))
    }

    /// Deletes a file, its receipt and what an interrupted download of it left.
    pub fn remove(&self, path: &Path) -> Result<(), Failure> {
        std::fs::remove_file(path).map_err(|error| Failure::file(path, error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for ending in [".receipt.json", ".part", ".part.json"] {
            // Most of them do not exist.
            let _ = std::fs::remove_file(path.with_file_name(format!("{name}{ending}")));
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
