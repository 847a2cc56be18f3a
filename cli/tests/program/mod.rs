//! Runs the real program the way a shell does, for all tests of this folder.

#![allow(dead_code, reason = "every test program takes what it needs")]

use std::io::Write;
use std::process::{Command, Stdio};

/// What a run left behind.
pub struct Run {
    /// Exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs `carrel` with these arguments and empty standard input.
pub fn carrel(arguments: &[&str]) -> Run {
    carrel_with(arguments, &[], "")
}

/// Runs `carrel` with these arguments, environment and standard input.
pub fn carrel_with(arguments: &[&str], environment: &[(&str, &str)], input: &str) -> Run {
    let mut child = command(arguments, environment).spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("input is taken");
    let output = child.wait_with_output().expect("the program ends");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The program with these arguments and all three streams piped.
pub fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carrel"));
    command.args(arguments).env("CARREL_PACKED", "off").envs(environment.iter().copied());
    // What the tests' own surroundings say must not matter.
    for name in ["HF_ENDPOINT", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "NO_COLOR"] {
        if !environment.iter().any(|(given, _)| *given == name) {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A line of JSON.
pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text.trim_end()).unwrap_or_else(|error| panic!("{error} in {text:?}"))
}

/// A folder that is gone after the test.
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}
