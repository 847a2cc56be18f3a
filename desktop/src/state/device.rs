//! The machine, the model that is loaded, and what both do.

use std::path::PathBuf;

use carrel_core::memory::{Reading, Speed};
use carrel_core::service::GpuVerdict;

/// Whose products multiply matrices on the processor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Products {
    /// Our own, with this set of instructions.
    Own(&'static str),
    /// Those of ggml, and why.
    Ggml(String),
}

/// A model that is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Its file, or the name of the one that is part of the program.
    pub path: PathBuf,
    /// Whether a GPU computes, and if not, why.
    pub verdict: GpuVerdict,
    /// Whose products the processor uses, should it compute.
    pub products: Products,
    /// What its probe lets it do.
    pub reading: Reading,
    /// Whether weights are copied into faster layouts.
    pub is_repacked: bool,
    /// Type of the cache.
    pub cache: String,
    /// Tokens of the context.
    pub n_ctx: usize,
    /// Memory that was promised before it was loaded.
    pub promised_bytes: u64,
    /// Memory that the app took before and after loading it and reading the first window.
    pub took_bytes: Option<u64>,
    /// Threads that compute.
    pub n_threads: usize,
}

/// How fast the model is.
pub type Speeds = Speed;

/// The machine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Machine {
    /// Name of the processor.
    pub processor: String,
    /// Threads that it has.
    pub n_threads: usize,
    /// Memory of the machine.
    pub memory_bytes: u64,
    /// What draws the window.
    pub display: String,
}

/// What the app takes of the machine now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Taken {
    /// Resident memory.
    pub memory_bytes: u64,
    /// The highest temperature that a sensor shows, in degrees Celsius.
    pub celsius: Option<f32>,
}

/// Everything about the device.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// The machine.
    pub machine: Machine,
    /// What is taken of it.
    pub taken: Taken,
    /// The model that is loaded.
    pub loaded: Option<Loaded>,
    /// How fast it is.
    pub speeds: Option<Speeds>,
}
