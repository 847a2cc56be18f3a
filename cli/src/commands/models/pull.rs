//! `carrel models pull`: a model file from a server of the Hugging Face layout.
//!
//! What the file must be is known from the catalogue or from `--sha256`; if neither says, from the
//! server's own headers; if these do not say either, what came is written into the receipt, and
//! `carrel models verify` compares with that later.

use std::time::Duration;

use carrel_core::cancel::CancelFlag;
use carrel_core::gguf::Gguf;
use carrel_models::catalog::{self, CatalogEntry};
use serde_json::json;

use crate::download::{DownloadError, Lock, Request, download, hash_file};
use crate::failure::Failure;
use crate::output::{Output, human_bytes};
use crate::shelf::{Receipt, Shelf, ShelfArgs, read_receipt};

/// The server that is asked unless another is named.
const ENDPOINT: &str = "https://huggingface.co";

/// Download a model file
#[derive(clap::Args)]
pub struct Args {
    /// Name from the catalogue, or OWNER/REPOSITORY/FILE.gguf
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    shelf: ShelfArgs,
    /// Server [default: $HF_ENDPOINT, or https://huggingface.co]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Commit, branch or tag of the repository [default: the catalogue's, or main]
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,
    /// SHA-256 that the file must have
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    sha256: Option<String>,
    /// Attempts without progress after the first
    #[arg(long, value_name = "N", default_value_t = 5)]
    retries: u32,
    /// Wait before the second attempt in milliseconds; doubles with each
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    retry_wait_ms: u64,
    /// Give up a connection that sends nothing for so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

fn parse_hash(text: &str) -> Result<String, String> {
    match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("64 hexadecimal digits are needed".to_owned()),
    }
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let shelf = Shelf::open(&args.shelf)?;
    let (repository, file, path) = shelf.locate(&args.name)?;
    let entry = catalog::find(&args.name);
    // Another revision holds another file than the one that the catalogue describes.
    let described = entry.filter(|_| args.revision.is_none());
    let revision = args.revision.as_deref();
    let revision = revision.or(entry.and_then(|e| e.revision.as_deref())).unwrap_or("main");
    let endpoint = args.endpoint.clone().or_else(|| std::env::var("HF_ENDPOINT").ok());
    let endpoint = endpoint.filter(|text| !text.is_empty()).unwrap_or_else(|| ENDPOINT.to_owned());
    let url = format!("{}/{repository}/resolve/{revision}/{file}", endpoint.trim_end_matches('/'));
    let known = described.and_then(|entry: &CatalogEntry| entry.sha256.as_deref());
    let expected = args.sha256.as_deref().or(known);

    let folder = path.parent().unwrap_or(shelf.folder());
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let _lock = Lock::take(&path)?;
    if path.is_file() {
        let (bytes, sha256) = hash_file(&path, cancel)?;
        let receipt = read_receipt(&path);
        let wanted = expected.or(receipt.as_ref().map(|receipt| receipt.sha256.as_str()));
        return match wanted {
            Some(wanted) if wanted != sha256 => {
                let (expected, found) = (wanted.to_owned(), sha256);
                let error = DownloadError::WrongHash { expected, found };
                Err(Failure {
                    message: format!("{}: {error}; remove it first", path.display()),
                    ..error.into()
                })
            }
            _ => print(output, &path, &url, bytes, &sha256, "nothing", 0, true),
        };
    }
    let bar = output.byte_bar("downloading", 0);
    let request = Request {
        url: &url,
        path: &path,
        bytes: described.and_then(|entry| entry.bytes),
        sha256: expected,
        retries: args.retries,
        wait: Duration::from_millis(args.retry_wait_ms),
        stall: Duration::from_secs(args.timeout.max(1)),
    };
    let progress = |done, total: Option<u64>| {
        bar.set_length(total.unwrap_or(done));
        bar.set_position(done);
    };
    let is_model =
        |path: &std::path::Path| Gguf::open(path).map(|_| ()).map_err(|error| error.to_string());
    let result = download(&request, cancel, progress, is_model);
    bar.finish_and_clear();
    let came = result?;
    let verified_by = match (&args.sha256, known, &came.server_sha256) {
        (Some(_), _, _) => "option",
        (None, Some(_), _) => "catalogue",
        (None, None, Some(_)) => "server",
        (None, None, None) => "nothing",
    };
    let (bytes, sha256) = (came.bytes, came.sha256);
    let receipt = Receipt { url: url.clone(), bytes, sha256, verified_by: verified_by.to_owned() };
    shelf.write_receipt(&path, &receipt)?;
    print(output, &path, &url, bytes, &receipt.sha256, verified_by, came.resumed_from, false)
}

#[allow(clippy::too_many_arguments, reason = "one value for each line of the report")]
fn print(
    output: &Output,
    path: &std::path::Path,
    url: &str,
    bytes: u64,
    sha256: &str,
    verified_by: &str,
    resumed_from: u64,
    was_here: bool,
) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&json!({
            "path": path.display().to_string(),
            "url": url,
            "bytes": bytes,
            "sha256": sha256,
            "verified_by": (!was_here).then_some(verified_by),
            "resumed_from": resumed_from,
            "was_here": was_here,
        }));
    }
    let how = match (was_here, verified_by) {
        (true, _) => "was here already".to_owned(),
        (false, "nothing") => {
            "nobody says what its SHA-256 must be; it is in the receipt".to_owned()
        }
        (false, by) => format!("SHA-256 as the {by} says"),
    };
    output.line(format!("{}\n  {}, {how}", path.display(), human_bytes(bytes)))
}
