//! `carrel models`: the model files that people use, and those on this machine.
//!
//! A file lies in `DIR/OWNER/REPOSITORY/FILE`, with a receipt beside it that says where it came from
//! and what it was when it came.

mod packed;
mod probe;
mod pull;

use carrel_core::cancel::CancelFlag;
use carrel_core::readable::human_bytes;
use carrel_downloads::{Lock, hash_file};
use carrel_models::catalog::{catalog, default_entry};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::model_folder::ModelFolderArgs;
use crate::output::{Output, paint};
use anstyle::AnsiColor;

/// Tokens of the context for which the list gives the memory need.
const CONTEXT: u64 = 4096;

/// List, pull, verify and remove model files
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

/// What to do with model files.
#[derive(clap::Subcommand)]
enum Action {
    /// List the models of the catalogue and those that are here
    List(ModelFolderArgs),
    /// Download a model file
    Pull(pull::Args),
    /// Check that model files are still what was downloaded
    Verify(SomeModels),
    /// Delete a model file
    Remove(SomeModels),
    /// List or delete packed copies of weights, which make later starts faster
    Packed(packed::Args),
    /// Find out what a model may do for answers about documents
    Probe(probe::Args),
}

/// Model files on this machine.
#[derive(clap::Args)]
struct SomeModels {
    /// Names from the catalogue, or OWNER/REPOSITORY/FILE
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    models: ModelFolderArgs,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    match &args.action {
        Action::List(args) => list(args, output),
        Action::Pull(args) => pull::run(args, output, cancel),
        Action::Verify(args) => verify(args, output, cancel),
        Action::Remove(args) => remove(args, output),
        Action::Packed(args) => packed::run(args, output),
        Action::Probe(args) => probe::run(args, output, cancel),
    }
}

fn list(args: &ModelFolderArgs, output: &Output) -> Result<(), Failure> {
    let models = args.open()?;
    let built_in = default_entry();
    let built_in = json!({
        "name": built_in.name,
        "title": built_in.title,
        "type": built_in.weight_type,
        "family": built_in.family,
        "file": built_in.file,
        "bytes": built_in.bytes,
        "sha256": built_in.sha256,
        "licence": built_in.licence,
        "memory_bytes": built_in.memory_bytes(CONTEXT),
        "built_in": true,
    });
    let listed = catalog().iter().map(|entry| {
        let path = models.path(&entry.repository, &entry.file);
        json!({
            "name": entry.name,
            "title": entry.title,
            "type": entry.weight_type,
            "family": entry.family,
            "repository": entry.repository,
            "file": entry.file,
            "bytes": entry.bytes,
            "sha256": entry.sha256,
            "licence": entry.licence,
            "memory_bytes": entry.memory_bytes(CONTEXT),
            "path": path.exists().then(|| path.display().to_string()),
        })
    });
    let mut rows: Vec<Value> = std::iter::once(built_in).chain(listed).collect();
    for found in models.files()? {
        if !catalog().iter().any(|e| e.repository == found.repository && e.file == found.file) {
            rows.push(json!({
                "name": format!("{}/{}", found.repository, found.file),
                "repository": found.repository,
                "file": found.file,
                "bytes": std::fs::metadata(&found.path).map(|data| data.len()).ok(),
                "sha256": found.receipt.map(|receipt| receipt.sha256),
                "path": found.path.display().to_string(),
            }));
        }
    }
    if output.is_json() {
        return output.json(&rows);
    }
    let bytes = |row: &Value, key: &str| row[key].as_u64().map_or("?".into(), human_bytes);
    output.line(format!("{:18} {:7} {:>11} {:>11}  licence", "name", "type", "file", "memory"))?;
    for row in &rows {
        let name = row["name"].as_str().unwrap_or_default();
        let (size, memory) = (bytes(row, "bytes"), bytes(row, "memory_bytes"));
        let kind = row["type"].as_str().unwrap_or("");
        let licence = row["licence"].as_str().unwrap_or("");
        output.line(format!("{name:18} {kind:7} {size:>11} {memory:>11}  {licence}"))?;
        if row["built_in"] == true {
            let here = paint(AnsiColor::Green, "here:");
            output.line(format!("  {here} part of the program"))?;
        }
        if let Some(path) = row["path"].as_str() {
            output.line(format!("  {} {path}", paint(AnsiColor::Green, "here:")))?;
        }
    }
    output.line(format!(
        "\nmemory: weights and a KV cache of {CONTEXT} tokens; `carrel inspect` computes the exact need\n\
         folder: {}",
        models.folder().display()
    ))
}

fn verify(args: &SomeModels, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let models = args.models.open()?;
    let mut rows = Vec::new();
    let mut n_bad = 0;
    for found in models.select(&args.names)? {
        let entry =
            catalog().iter().find(|e| e.repository == found.repository && e.file == found.file);
        let (bytes, sha256) = hash_file(&found.path, cancel)?;
        let expected = entry
            .and_then(|entry| entry.sha256.clone())
            .or_else(|| found.receipt.map(|receipt| receipt.sha256));
        let status = match &expected {
            Some(expected) if *expected == sha256 => "whole",
            Some(_) => "damaged",
            None => "unknown",
        };
        n_bad += usize::from(status == "damaged");
        if !output.is_json() {
            output.line(format!("{status:8} {}", found.path.display()))?;
        }
        rows.push(json!({
            "path": found.path.display().to_string(),
            "status": status,
            "bytes": bytes,
            "sha256": sha256,
            "expected_sha256": expected,
        }));
    }
    if output.is_json() {
        output.json(&rows)?;
    }
    match n_bad {
        0 => Ok(()),
        _ => {
            let message = format!(
                "{n_bad} of {} model files damaged; remove and pull them again",
                rows.len()
            );
            Err(Failure { code: 3, kind: "damaged", message })
        }
    }
}

fn remove(args: &SomeModels, output: &Output) -> Result<(), Failure> {
    if args.names.is_empty() {
        return Err(Failure::usage("say which model to remove"));
    }
    let models = args.models.open()?;
    let mut removed = Vec::new();
    for found in models.select(&args.names)? {
        let _lock = Lock::take(&found.path)?;
        models.remove(&found.path)?;
        if !output.is_json() {
            output.line(format!("removed {}", found.path.display()))?;
        }
        removed.push(found.path.display().to_string());
    }
    if output.is_json() { output.json(&json!({ "removed": removed })) } else { Ok(()) }
}
