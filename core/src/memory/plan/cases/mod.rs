//! Who did it and why.

pub mod circumstances;
mod identity;
pub mod scene;
pub mod suspects;
pub mod theft;
