//! Making model files: quantised copies, and seeded synthetic models of any known shape.
//!
//! Level 4.

mod quantise;
mod synthetic;
mod vocabulary;

pub use quantise::{QuantiseOptions, QuantiseReport, fallback_type, quantise_file};
pub use synthetic::{SyntheticOptions, write_synthetic};
