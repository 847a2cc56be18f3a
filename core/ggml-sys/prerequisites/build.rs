//! Looks for CMake, a C++ compiler and libclang before anything long is built.
//!
//! `llama-cpp-sys-2` needs all three, but what it says without them is hard to read, and it says so
//! late. This script depends on little, so it runs minutes earlier. It looks for libclang with the
//! crate by which bindgen loads it, so both find the same one.

use std::env;
use std::fmt::Write;
use std::process::{Command, Stdio, exit};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for name in ["CMAKE", "CXX", "LIBCLANG_PATH", "LLVM_CONFIG_PATH", "PATH"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    let mut missing = Vec::new();
    if !runs(&env::var("CMAKE").unwrap_or_else(|_| "cmake".into())) {
        missing.push("CMake");
    }
    // Other compilers than GNU's and Clang's have another way to be asked.
    let compiler = cc::Build::new().cpp(true).try_get_compiler();
    if !compiler.is_ok_and(|found| found.is_like_msvc() || runs(&found.path().to_string_lossy())) {
        missing.push("a C++ compiler");
    }
    if clang_sys::load().is_err() {
        missing.push("libclang");
    }
    if missing.is_empty() {
        return;
    }
    let mut message = format!("Carrel cannot be built here without {}. ", missing.join(", "));
    message.push_str("Type one of these, then try again:\n");
    for (system, command) in [
        ("Debian, Ubuntu", "sudo apt-get update && sudo apt-get install -y cmake g++ libclang-dev"),
        ("Fedora", "sudo dnf install -y cmake gcc-c++ clang-devel"),
        ("Arch", "sudo pacman -S --needed cmake gcc clang"),
        ("macOS", "xcode-select --install; brew install cmake llvm"),
        ("Windows", "winget install Kitware.CMake LLVM.LLVM"),
    ] {
        let _ = writeln!(message, "  {system:15} {command}");
    }
    eprintln!("{message}");
    exit(1);
}

/// Whether the program can be started.
fn runs(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
