//! `carrel`: ask questions about documents, offline; run, inspect and make GGUF models.
//!
//! Every command prints for people by default and JSON with `--json`. Progress goes to standard
//! error, and only to a terminal. Exit codes are in [`failure`].

mod backend;
mod commands;
mod failure;
mod generation;
mod input;
mod model;
mod model_folder;
mod output;
mod probe;
mod resident;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;
use failure::Failure;
use output::{Output, OutputArgs};

/// Read long documents on this machine and answer from them, with quotes that are checked.
#[derive(Parser)]
#[command(name = "carrel", version, long_version = env!("CARREL_BUILD"), about, after_help = failure::EXIT_CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let output = Output::new(&cli.output);
    if let Some(speeds) = carrel_downloads::cache_folder("speeds") {
        carrel_core::exec::keep_speeds_in(speeds);
    }
    match commands::run(cli.command, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}

/// Prints help and version, or what is wrong with the arguments: as JSON if they ask for that.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || !std::env::args_os().any(|argument| argument == "--json") {
        error.exit();
    }
    let text = error.render().to_string();
    let message = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
    Output::for_scripts().fail(&Failure::usage(message))
}
