//! What a paragraph says clause by clause: of whom each clause speaks, and what it says.

pub mod asked;
pub mod discourse;
pub mod entity;
pub mod extract;
pub mod noun;
mod relation;
pub mod stated;
