//! The commands, one file each.

mod ask;
mod bench;
mod chat;
mod completions;
mod digest;
#[cfg(feature = "gpu")]
mod gpu;
mod inspect;
mod library;
mod logits;
mod man;
mod models;
mod perplexity;
mod quantize;
mod read;
mod render;
mod run;
mod suite;
mod synth;
mod tokenize;

use carrel_core::cancel::CancelFlag;
use clap::Subcommand;

use crate::failure::Failure;
use crate::output::{Output, warn};

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    Ask(ask::Args),
    Read(read::Args),
    Run(Box<run::Args>),
    Chat(Box<chat::Args>),
    Render(render::Args),
    Tokenize(tokenize::Args),
    Inspect(inspect::Args),
    Perplexity(perplexity::Args),
    Library(library::Args),
    Logits(logits::Args),
    Quantize(quantize::Args),
    Synth(synth::Args),
    Bench(bench::Args),
    #[cfg(feature = "gpu")]
    Gpu(gpu::Args),
    Models(models::Args),
    Completions(completions::Args),
    Man(man::Args),
    Suite(suite::Args),
}

/// Runs a command.
pub fn run(command: Command, output: &Output) -> Result<(), Failure> {
    let cancel = cancel_on_interrupt();
    match command {
        Command::Ask(args) => ask::run(&args, output, &cancel),
        Command::Read(args) => read::run(&args, output, &cancel),
        Command::Run(args) => run::run(&args, output, &cancel),
        Command::Chat(args) => chat::run(&args, output, &cancel),
        Command::Render(args) => render::run(&args, output, &cancel),
        Command::Tokenize(args) => tokenize::run(&args, output, &cancel),
        Command::Perplexity(args) => perplexity::run(&args, output, &cancel),
        Command::Inspect(args) => inspect::run(&args, output),
        Command::Library(args) => library::run(&args, output, &cancel),
        Command::Logits(args) => logits::run(&args, output, &cancel),
        Command::Quantize(args) => quantize::run(&args, output, &cancel),
        Command::Synth(args) => synth::run(&args, output, &cancel),
        Command::Bench(args) => bench::run(&args, output, &cancel),
        #[cfg(feature = "gpu")]
        Command::Gpu(args) => gpu::run(&args, output),
        Command::Models(args) => models::run(&args, output, &cancel),
        Command::Completions(args) => completions::run(&args, output),
        Command::Man(args) => man::run(&args, output),
        Command::Suite(args) => suite::run(&args, output, &cancel),
    }
}

/// A flag that Ctrl-C sets; a second Ctrl-C ends the program at once.
fn cancel_on_interrupt() -> CancelFlag {
    let cancel = CancelFlag::new();
    let flag = cancel.clone();
    let handler = move || {
        if flag.is_cancelled() {
            std::process::exit(130);
        }
        flag.cancel();
    };
    if let Err(error) = ctrlc::set_handler(handler) {
        warn(format!("Ctrl-C will not stop gently: {error}"));
    }
    cancel
}
