//! What goes to the screen, to a pipe, or to a script.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;

/// Options that every command has.
#[derive(clap::Args)]
pub struct OutputArgs {
    /// Print JSON instead of text
    #[arg(long, global = true)]
    json: bool,
    /// Print no progress
    #[arg(long, global = true)]
    quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// Where and how a command prints.
pub struct Output {
    json: bool,
    shows_progress: bool,
}

impl Output {
    /// The output that the options ask for.
    pub fn new(args: &OutputArgs) -> Self {
        let choice = match args.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let shows_progress = !args.quiet && !args.json && std::io::stderr().is_terminal();
        Self { json: args.json, shows_progress }
    }

    /// JSON without progress.
    pub fn for_scripts() -> Self {
        Self { json: true, shows_progress: false }
    }

    /// Whether JSON is wanted.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a value as one line of JSON.
    pub fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(Failure::other)?;
        self.line(text)
    }

    /// Prints a line.
    pub fn line(&self, text: impl AsRef<str>) -> Result<(), Failure> {
        self.text(format!("{}\n", text.as_ref()))
    }

    /// Prints text as it is. A reader that went away ends the program quietly.
    pub fn text(&self, text: impl AsRef<str>) -> Result<(), Failure> {
        let mut out = anstream::stdout().lock();
        let result = out.write_all(text.as_ref().as_bytes()).and_then(|()| out.flush());
        match result {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
            other => other.map_err(|error| Failure::file(Path::new("standard output"), error)),
        }
    }

    /// Says something on standard error that is not a result, to people only.
    pub fn note(&self, text: impl AsRef<str>) {
        if self.shows_progress {
            warn(text.as_ref());
        }
    }

    /// Reports a failure and answers the exit code.
    pub fn fail(&self, failure: &Failure) -> ExitCode {
        if self.json {
            let error = serde_json::json!({ "kind": failure.kind, "message": failure.message });
            warn(serde_json::json!({ "error": error }));
        } else {
            let red = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
            warn(format!("{red}error:{red:#} {}", failure.message));
        }
        ExitCode::from(failure.code)
    }

    /// A bar for work whose length is known in bytes.
    pub fn byte_bar(&self, what: &'static str, total: u64) -> ProgressBar {
        self.bar(what, total, "{msg} {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}")
    }

    /// A bar for work whose length is known in steps.
    pub fn step_bar(&self, what: &'static str, total: u64) -> ProgressBar {
        self.bar(what, total, "{msg} {bar:30} {pos}/{len} {eta}")
    }

    fn bar(&self, what: &'static str, total: u64, template: &str) -> ProgressBar {
        if !self.shows_progress {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template(template).expect("a valid template");
        let bar = ProgressBar::new(total).with_style(style).with_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }
}

/// Prints a line to standard error. Where that cannot be written, nobody can be told; the exit code still says
/// what happened.
pub fn warn(text: impl std::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Text in a colour, where colours are shown.
pub fn paint(color: AnsiColor, text: impl std::fmt::Display) -> String {
    let style = Style::new().fg_color(Some(color.into()));
    format!("{style}{text}{style:#}")
}

/// Text from outside that cannot steer a terminal: control characters but tabs become U+FFFD.
pub fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}
