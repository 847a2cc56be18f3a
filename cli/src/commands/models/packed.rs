//! `carrel models packed`: copies of weights in the order in which our own kernels read them.
//!
//! They lie beside a model's file, or where that cannot be written in the user's cache. Carrel makes them
//! again when they are missing.

use std::path::PathBuf;

use carrel_core::cpu::{is_packed_file, packed_files};
use carrel_core::readable::human_bytes;
use carrel_downloads::folder::model_file;
use serde_json::json;

use crate::failure::Failure;
use crate::model_folder::ModelFolderArgs;
use crate::output::Output;

#[derive(clap::Args)]
pub struct Args {
    /// Models whose copies are meant: files, or names of pulled ones [default: all pulled ones, and all
    /// copies in the cache]
    #[arg(value_name = "FILE")]
    models: Vec<PathBuf>,
    /// Delete the copies
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    folder: ModelFolderArgs,
}

pub fn run(args: &Args, output: &Output) -> Result<(), Failure> {
    let places = carrel_downloads::packed_files();
    let mut paths: Vec<PathBuf> = Vec::new();
    if args.models.is_empty() {
        let models = args.folder.open()?.files()?;
        paths.extend(models.iter().flat_map(|model| places.paths(&model.path)));
        paths.extend(packed_files(places.folder.as_deref()));
    }
    for model in &args.models {
        paths.extend(places.paths(&model_file(model)?));
    }
    paths.retain(|path| is_packed_file(path));
    paths.sort();
    paths.dedup();
    let mut rows = Vec::new();
    for path in &paths {
        let failed = |error: std::io::Error| {
            Failure::from(carrel_core::error::Error::file(path.as_path(), error))
        };
        let n_bytes = std::fs::metadata(path).map_err(failed)?.len();
        if args.remove {
            std::fs::remove_file(path).map_err(failed)?;
        }
        if !output.is_json() {
            let done = if args.remove { "removed " } else { "" };
            output.line(format!("{done}{} {}", human_bytes(n_bytes), path.display()))?;
        }
        rows.push(json!({ "path": path.display().to_string(), "bytes": n_bytes }));
    }
    if output.is_json() {
        output.json(&json!({ "packed": rows, "removed": args.remove }))
    } else if rows.is_empty() {
        output.line("no packed copies are here")
    } else {
        Ok(())
    }
}
