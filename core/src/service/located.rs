//! Where the file of a model lies that an app calls by its name.

use std::path::{Path, PathBuf};

use carrel_models::{catalog, default_model};

use crate::error::{Result, ServiceError};

/// The file of the model `name`: a path, the model that comes with Carrel, or one of the catalogue, which
/// lies in `folder`, or there in a folder called as its repository.
///
/// # Errors
/// If it is none of these, or of the catalogue and not in the folder.
pub fn model_file(name: &str, folder: Option<&Path>) -> Result<PathBuf> {
    if Path::new(name).is_file() || name == default_model::NAME {
        return Ok(name.into());
    }
    let missing =
        |model: &str, problem: String| ServiceError::NoModel { model: model.into(), problem };
    let entry = catalog::find(name)
        .ok_or_else(|| missing(name, "neither a file nor in the catalogue".to_owned()))?;
    let folder = folder.unwrap_or(Path::new(""));
    let places = [folder.join(&entry.file), folder.join(&entry.repository).join(&entry.file)];
    let found = places.into_iter().find(|path| path.is_file());
    let problem = || format!("{} is not in the models' folder", entry.file);
    Ok(found.ok_or_else(|| missing(&entry.title, problem()))?)
}
