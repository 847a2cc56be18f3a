//! The model that comes with Carrel: its file and what its probe found, both part of the program.
//!
//! How it was made stands in `models/recipe/README.md`, what it can do in `models/default/README.md`.

/// The name under which it is opened wherever a model file may be named.
pub const NAME: &str = "default";
/// The file.
pub static BYTES: &[u8] = include_bytes!("../default/carrel-reader-1.9M-Q8_0.gguf");
/// What the capability probe found, in the form of `carrel models probe --json`, without speeds,
/// which are those of a device.
pub static PROBE: &str = include_str!("../default/probe.json");
