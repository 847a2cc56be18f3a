//! Who did it and why.

pub mod circumstances;
pub mod scene;
pub mod suspects;
