//! `carrel tokenize`: text to ids and back, with the vocabulary of a model file.

use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::open_file;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_downloads::folder::model_file;
use serde_json::json;

use crate::failure::Failure;
use crate::input;
use crate::output::{Output, printable};

/// Turn text into token ids, or ids into text
#[derive(clap::Args)]
pub struct Args {
    /// Model file (GGUF), or the name of a pulled one; a vocabulary alone will do
    #[arg(long, short, value_name = "FILE")]
    model: PathBuf,
    /// Text to encode [default: standard input]
    #[arg(long, value_name = "TEXT", conflicts_with = "ids")]
    text: Option<String>,
    /// Ids to decode instead, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "IDS")]
    ids: Vec<u32>,
    /// Add no tokens that begin or end a text; when decoding, leave control tokens out
    #[arg(long)]
    no_special: bool,
    /// Take the texts of control tokens, such as <|im_end|>, for those tokens
    #[arg(long)]
    parse_special: bool,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let tokenizer = Tokenizer::from_gguf(&open_file(model_file(&args.model)?)?)?;
    if !args.ids.is_empty() {
        let n_vocab = tokenizer.n_vocab();
        if let Some(id) = args.ids.iter().find(|&&id| id as usize >= n_vocab) {
            return Err(Failure::usage(format!(
                "token {id} is not in the vocabulary of {n_vocab}"
            )));
        }
        let text = tokenizer.decode(&args.ids, args.no_special);
        return match output.is_json() {
            true => output.json(&json!({ "text": text })),
            false => output.line(text),
        };
    }
    let text = match &args.text {
        Some(text) => text.clone(),
        None => input::text(cancel)?,
    };
    let options =
        EncodeOptions { add_special: !args.no_special, parse_special: args.parse_special };
    let ids = tokenizer.encode(&text, options)?;
    if output.is_json() {
        return output.json(&json!({ "ids": ids }));
    }
    for id in ids {
        let piece = tokenizer.token_text(id).unwrap_or_default();
        output.line(format!("{id:>7} {}", printable(&piece)))?;
    }
    Ok(())
}
