//! Who did it and why.

pub mod scene;
pub mod suspects;
