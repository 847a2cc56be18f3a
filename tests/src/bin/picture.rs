//! Draws the README's picture: a terminal in which the program answers from its own handbook.
//!
//! What it shows is what the program prints: it is run, and its output is set in an SVG file.

use std::path::Path;
use std::process::{Command, ExitCode};

use anstyle_svg::Term;

const QUESTION: &str = "Which exit code means that the memory budget is too small?";

fn main() -> ExitCode {
    match draw() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn draw() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new("cargo")
        .current_dir(&root)
        .args(["run", "--quiet", "--release", "-p", "carrel", "--", "ask", "-q", QUESTION])
        .envs([("CLICOLOR_FORCE", "1"), ("COLUMNS", "88")])
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let typed = format!("\u{1b}[2m$\u{1b}[0m carrel ask -q \"{QUESTION}\"\n");
    let picture = Term::new().min_width_px(760).render_svg(&format!("{typed}{printed}"));
    let folder = root.join("docs/pictures");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let path = folder.join("ask.svg");
    std::fs::write(&path, picture).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{} is written", path.display());
    Ok(())
}
