//! What is counted and compared in code, and values that are assigned to names.

pub mod assign;
pub mod compare;
pub mod count;
pub mod deeds;
pub mod expansion;
pub mod frequency;
