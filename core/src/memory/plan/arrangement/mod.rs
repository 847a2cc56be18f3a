//! Where things lie as seen from each other.

pub mod arranged;
pub mod relative;
