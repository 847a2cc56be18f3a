//! Tells the program what it was built for and with, for `carrel --version`.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=CARREL_COMMIT");
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| "unknown".to_owned());
    let compiler = Command::new(variable("RUSTC"))
        .arg("--version")
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_else(|_| "unknown compiler".to_owned());
    let mut build = format!(
        "{} ({}, {}, {compiler}",
        variable("CARGO_PKG_VERSION"),
        variable("TARGET"),
        variable("PROFILE")
    );
    // Set by whoever makes a release; a commit read here would be stale after the next one.
    if let Ok(commit) = std::env::var("CARREL_COMMIT") {
        build.push_str(", commit ");
        build.push_str(&commit);
    }
    println!("cargo:rustc-env=CARREL_BUILD={build})");
}
