//! `carrel chat`: a conversation, at a terminal or through a pipe, one message a line.

use std::io::{BufRead, IsTerminal, Write};

use carrel_core::cancel::CancelFlag;
use carrel_core::session::{EndReason, Session, message};
use carrel_core::tokenizer::Tokenizer;

use crate::failure::Failure;
use crate::generation::{ChatArgs, GenerationArgs, prompt_ids, say};
use crate::model::RunArgs;
use crate::output::Output;

/// Talk with a model; /clear starts over, /exit or the end of the input ends
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    generation: GenerationArgs,
    #[command(flatten)]
    chat: ChatArgs,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let (model, decoder) = args.run.open()?;
    let tokenizer = Tokenizer::from_gguf(model.file())?;
    let format = args.chat.format(&model, &tokenizer)?;
    let options = args.generation.options(&tokenizer, cancel)?;
    let mut session = Session::with_decoder(decoder, &tokenizer);
    let beginning = args.chat.beginning();
    let mut messages = beginning.clone();
    while let Some(line) = next_line()? {
        // An interruption while nothing was said concerns nothing.
        cancel.reset();
        match line.trim() {
            "" => continue,
            "/exit" => break,
            "/clear" => {
                messages.clone_from(&beginning);
                continue;
            }
            text => messages.push(message("user", text)),
        }
        let prompt = prompt_ids(&format, &messages)?;
        let said = say(session.generate(&prompt, options.clone())?, output)?;
        if output.is_json() {
            output.json(&said.json(&prompt))?;
        } else {
            output.line("")?;
            said.note(output);
        }
        if matches!(said.end.reason, EndReason::Cancelled) && !std::io::stdin().is_terminal() {
            return Err(Failure::cancelled());
        }
        messages.push(message("assistant", &said.text));
    }
    Ok(())
}

/// The next line, with a prompt where a person types; `None` at the end of the input.
fn next_line() -> Result<Option<String>, Failure> {
    if std::io::stdin().is_terminal() {
        let mut screen = std::io::stderr();
        write!(screen, "> ").and_then(|()| screen.flush()).map_err(Failure::other)?;
    }
    let mut line = String::new();
    let n_bytes = std::io::stdin().lock().read_line(&mut line).map_err(Failure::input)?;
    Ok((n_bytes > 0).then_some(line))
}
