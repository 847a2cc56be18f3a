//! Messages → prompt, with the chat template that stands in a model file.
//!
//! ```text
//! source ── check ──> tokens ── minijinja ──> tree ── guard ──> tree with guards ──> steps ──> prompt
//! ```
//! Templates are programs that come with a file from anywhere, so everything about them is bounded:
//! their size, steps, depth, memory and output ([`limits`]). The engine `minijinja` counts steps and
//! depth; it does not count memory, so `guard.rs` puts guards into the template's tree which do.
//!
//! The dialect is that of `apply_chat_template` of Hugging Face's transformers: Jinja2 with trimmed
//! blocks, Python's methods on strings and mappings, `raise_exception`, `strftime_now`, `tojson` as
//! Python's `json.dumps` writes it, loop controls, and the `generation` block. Not there: includes,
//! imports, inheritance, and the filters `batch`, `format`, `pprint` and `slice`.
//! Level 2: imports `error`.

mod budget;
mod check;
mod clock;
mod environment;
mod guard;
mod json;
mod methods;
mod render;
#[cfg(test)]
mod tests;

pub use clock::Moment;
pub use render::{ChatTemplate, RenderOptions};

/// Caps of the room. The largest published templates have some 20 KiB and take some ten thousand
/// steps for a long conversation.
pub mod limits {
    /// Bytes of a template.
    pub const TEMPLATE_BYTES: usize = 512 << 10;
    /// Tokens within one pair of braces: the tree is as deep as the longest chain of operators.
    pub const TAG_TOKENS: usize = 4096;
    /// Conditions in one template, as each `elif` is one level of the tree.
    pub const CONDITIONS: usize = 2048;
    /// Steps of the engine.
    pub const STEPS: u64 = 4_000_000;
    /// Nested blocks, macros and loops.
    pub const DEPTH: usize = 200;
    /// Levels of a value, such as a list in a list.
    pub const VALUE_DEPTH: usize = 160;
    /// Elements of one value, those of its elements included.
    pub const VALUE_NODES: u64 = 1 << 20;
    /// Elements that are looked at in one rendering.
    pub const WORK: u64 = 32 << 20;
    /// Bytes of all values that are made in one rendering, beyond 64 times the variables.
    pub const MEMORY_BYTES: u64 = 64 << 20;
    /// Bytes of a prompt.
    pub const OUTPUT_BYTES: usize = 32 << 20;
}
