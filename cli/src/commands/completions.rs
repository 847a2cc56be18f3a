//! `carrel completions`: what a shell needs to complete the commands and options.

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;

/// Print a completion script for a shell
#[derive(clap::Args)]
pub struct Args {
    /// The shell
    shell: Shell,
}

pub fn run(args: &Args, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::Cli::command(), "carrel", &mut script);
    let script = String::from_utf8_lossy(&script);
    if output.is_json() { output.json(&json!({ "script": script })) } else { output.text(script) }
}
