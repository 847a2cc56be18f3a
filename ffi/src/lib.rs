//! The API of Carrel for Kotlin and Swift: engine, session, library, document, question, answer,
//! citation, chunk. UniFFI generates both from what stands here.
//!
//! Conversions only: what is done is done in the room `service` of the core. `surface.txt` lists what
//! is exported, `README.md` has the nouns in the three languages and the rules of streams.

mod answer;
mod ask;
mod cancel;
mod engine;
mod errors;
mod generate;
mod library;
mod model;
mod session;
mod stream;

pub use answer::{Answer, AnswerStatus, AskUsage, Citation, Passage};
pub use ask::{AskOptions, Estimate, Profile};
pub use cancel::CancelToken;
pub use engine::{Engine, MemoryPressure, ThermalState};
pub use errors::{CarrelError, Result};
pub use generate::{GenerateOptions, Tool};
pub use library::{Document, Library, Outline, Section, Source};
pub use model::{Backend, EngineOptions, GpuVerdict, MemoryNeed, ModelInfo, memory_need};
pub use session::{ContextUse, Message, Role, Session};
pub use stream::{Chunk, ChunkStream, FinishReason, ToolCall, Usage};

uniffi::setup_scaffolding!();

/// What this library was built as.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BuildInfo {
    /// The version of Carrel.
    pub version: String,
    /// What can compute: `cpu`, and `gpu` where it was built in.
    pub backends: Vec<String>,
    /// Processor and operating system.
    pub target: String,
    /// Families of models that run.
    pub families: Vec<String>,
}

/// The version of Carrel.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// What this library was built as.
#[uniffi::export]
pub fn build_info() -> BuildInfo {
    let gpu = carrel_core::service::HAS_GPU.then_some("gpu");
    BuildInfo {
        version: version(),
        backends: ["cpu"].into_iter().chain(gpu).map(str::to_owned).collect(),
        target: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        families: carrel_models::FAMILIES.iter().map(|family| family.name.to_owned()).collect(),
    }
}
