//! `carrel models pull`: a model file from a server of the Hugging Face layout.

use std::time::Duration;

use carrel_core::cancel::CancelFlag;
use carrel_core::readable::human_bytes;
use carrel_downloads::{Pull, Pulled, Verified, pull};
use serde_json::json;

use crate::failure::Failure;
use crate::model_folder::ModelFolderArgs;
use crate::output::Output;

/// Download a model file
#[derive(clap::Args)]
pub struct Args {
    /// Name from the catalogue, or OWNER/REPOSITORY/FILE.gguf
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    models: ModelFolderArgs,
    #[arg(
        long,
        value_name = "URL",
        help = "Server [default: $HF_ENDPOINT, or https://huggingface.co]"
    )]
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
    let models = args.models.open()?;
    let wanted = Pull {
        name: args.name.clone(),
        endpoint: args.endpoint.clone(),
        revision: args.revision.clone(),
        sha256: args.sha256.clone(),
        retries: args.retries,
        wait: Duration::from_millis(args.retry_wait_ms),
        stall: Duration::from_secs(args.timeout.max(1)),
    };
    let bar = output.byte_bar("downloading", 0);
    let result = pull(&models, &wanted, cancel, |done, total| {
        bar.set_length(total.unwrap_or(done));
        bar.set_position(done);
    });
    bar.finish_and_clear();
    print(output, &result?)
}

fn print(output: &Output, pulled: &Pulled) -> Result<(), Failure> {
    if output.is_json() {
        return output.json(&json!({
            "path": pulled.path.display().to_string(),
            "url": pulled.url,
            "bytes": pulled.bytes,
            "sha256": pulled.sha256,
            "verified_by": (!pulled.was_here).then_some(pulled.verified_by.word()),
            "resumed_from": pulled.resumed_from,
            "was_here": pulled.was_here,
        }));
    }
    let how = match (pulled.was_here, pulled.verified_by) {
        (true, _) => "was here already".to_owned(),
        (false, Verified::Nothing) => {
            "nobody says what its SHA-256 must be; it is in the receipt".to_owned()
        }
        (false, by) => format!("SHA-256 as the {} says", by.word()),
    };
    output.line(format!("{}\n  {}, {how}", pulled.path.display(), human_bytes(pulled.bytes)))
}
