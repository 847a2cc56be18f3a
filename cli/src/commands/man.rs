//! `carrel man`: the manual page, or one page a command into a folder.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;

/// Print the manual page
#[derive(clap::Args)]
pub struct Args {
    /// Write this page and one for every command into a folder instead
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub fn run(args: &Args, output: &Output) -> Result<(), Failure> {
    let command = crate::Cli::command();
    match &args.dir {
        Some(folder) => {
            let failed = |error| Failure::file(folder, error);
            std::fs::create_dir_all(folder).map_err(failed)?;
            clap_mangen::generate_to(command, folder).map_err(failed)?;
            match output.is_json() {
                true => output.json(&json!({ "dir": folder.display().to_string() })),
                false => Ok(()),
            }
        }
        None => {
            let mut page = Vec::new();
            Man::new(command).render(&mut page).map_err(Failure::other)?;
            let page = String::from_utf8_lossy(&page);
            if output.is_json() { output.json(&json!({ "page": page })) } else { output.text(page) }
        }
    }
}
