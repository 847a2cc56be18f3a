//! What a paragraph says clause by clause: of whom each clause speaks, and what it says.
//!
//! ```text
//! question  → asked                 of whom it asks (noun), and what
//! paragraph → discourse             clauses and whom each speaks of (noun, referents, entity)
//! both      → stated                the clause that says it (relation), and its words (extract)
//! ```

pub mod asked;
pub mod discourse;
pub mod entity;
pub mod extract;
pub mod noun;
mod referents;
mod relation;
pub mod stated;
