//! `carrel run`: continues a text, or answers one message.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::Model;
use carrel_core::session::{EndReason, Session, message};
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_core::whole_file::write_whole;

use crate::failure::Failure;
use crate::generation::{ChatArgs, GenerationArgs, prompt_ids, say};
use crate::input::{self, STANDARD_INPUT};
use crate::model::RunArgs;
use crate::output::Output;

/// Continue a text with a model
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    generation: GenerationArgs,
    /// The text; `-` reads it from standard input
    #[arg(long, short, value_name = "TEXT")]
    prompt: String,
    /// Take the text for a message, and answer it; --system and --template imply it
    #[arg(long)]
    chat: bool,
    #[command(flatten)]
    form: ChatArgs,
    /// Take texts such as <|im_start|> in the prompt for control tokens
    #[arg(long)]
    special: bool,
    /// Take over what was saved, as far as the prompt begins with it
    #[arg(long, value_name = "FILE")]
    restore: Option<PathBuf>,
    /// Save what was read and said, so that it can be continued
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let (model, decoder) = args.run.open()?;
    let tokenizer = Tokenizer::from_gguf(model.file())?;
    let options = args.generation.options(&tokenizer, cancel)?;
    let mut session = Session::with_decoder(decoder, &tokenizer);
    if let Some(path) = &args.restore {
        let file = File::open(path).map_err(|source| Failure::file(path, source))?;
        session.restore(&mut BufReader::with_capacity(1 << 20, file))?;
    }
    let prompt = prompt(args, &model, &tokenizer, cancel)?;
    let said = say(session.generate(&prompt, options)?, output)?;
    if output.is_json() {
        output.json(&said.json(&prompt))?;
    } else {
        output.line("")?;
        said.note(output);
    }
    if let Some(path) = &args.save {
        write_whole(path, Failure::file, |out| Ok(session.save(path, out)?))?;
    }
    match said.end.reason {
        EndReason::Cancelled => Err(Failure::cancelled()),
        _ => Ok(()),
    }
}

fn prompt(
    args: &Args,
    model: &Model,
    tokenizer: &Tokenizer,
    cancel: &CancelFlag,
) -> Result<Vec<u32>, Failure> {
    let text = match args.prompt.as_str() {
        STANDARD_INPUT => input::text(cancel)?,
        text => text.to_owned(),
    };
    if args.chat || args.form.system.is_some() || args.form.template.is_some() {
        let mut messages = args.form.beginning();
        messages.push(message("user", &text));
        return prompt_ids(&args.form.format(model, tokenizer)?, &messages);
    }
    let options = EncodeOptions { add_special: true, parse_special: args.special };
    Ok(tokenizer.encode(&text, options)?)
}
