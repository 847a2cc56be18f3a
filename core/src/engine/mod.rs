//! The facade: open a model within a budget of memory, talk to it, let it read for a library.
//!
//! ```text
//! options   what the caller wants and what it may cost
//! fit       options + header of the model → decoder and placement that fit, or a refusal in numbers
//! file      a path, or the name of the model that comes with Carrel → a checked file
//! open      an opened model with its vocabulary: makes sessions and readers
//! prompts   what a model is told to read a window, and what that takes
//! reader    a session that reads windows for the room `memory`
//! pace      how fast it is, as it reads
//! probe     what a model may do for answers, found out once
//! windows   states of windows on disk, which are not read again
//! ```
//! Holds no state of a conversation. Level 6.

mod file;
mod fit;
mod open;
mod options;
mod pace;
mod probe;
mod prompts;
mod reader;
mod windows;

pub use file::{default_report, open_file, unchosen_model};
pub use fit::Fit;
#[cfg(feature = "gpu")]
pub use open::open_model_on_gpu;
pub use open::{Engine, open_model};
pub use options::EngineOptions;
pub use probe::ProbeFolder;
pub use prompts::WindowPrompts;
pub use reader::WindowReader;
pub use windows::WindowStore;
