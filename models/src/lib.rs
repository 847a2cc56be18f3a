//! Model families as data: what a GGUF file must hold to be run, and how its layers are wired.
//!
//! A family is a table ([`Family`], about 60 lines each in a file of its own), not code. Reading a
//! file's metadata through it gives a [`Spec`]: the resolved hyper-parameters and the exact shape of
//! every tensor. The executor interprets the spec into a plan; nothing here computes anything.

pub mod catalog;
pub mod default_model;
mod family;
mod gemma3;
mod internlm2;
mod lfm2;
mod llama;
mod phi3;
mod qwen2;
mod qwen3;
mod rope;
pub mod shapes;
mod smollm3;
mod spec;
mod tensors;

pub use family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, InLayers, MixerRule, Presence,
    QueryKeyValue, RopePairs, TensorRule, WindowRule,
};
pub use rope::{Rope, RopeFactors, RopeScaling};
pub use spec::{Field, Metadata, Mixer, Spec, SpecError, Window};
pub use tensors::TensorShape;

/// Every family that can be run.
pub static FAMILIES: &[&Family] = &[
    &llama::LLAMA,
    &internlm2::INTERNLM2,
    &qwen2::QWEN2,
    &qwen3::QWEN3,
    &gemma3::GEMMA3,
    &phi3::PHI3,
    &smollm3::SMOLLM3,
    &lfm2::LFM2,
];

/// The family whose files say `general.architecture = architecture`.
pub fn family(architecture: &str) -> Option<&'static Family> {
    FAMILIES.iter().copied().find(|family| family.architecture == architecture)
}
