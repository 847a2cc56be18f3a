//! The option that names the folder of model files.

use std::path::PathBuf;

use carrel_downloads::ModelFolder;

use crate::failure::Failure;

/// Where model files are kept.
#[derive(clap::Args)]
pub struct ModelFolderArgs {
    /// Folder of model files [default: $CARREL_MODELS, or carrel/models in the user's data folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl ModelFolderArgs {
    /// The folder.
    pub fn open(&self) -> Result<ModelFolder, Failure> {
        Ok(ModelFolder::open(self.dir.as_deref())?)
    }
}
