//! Who did it and why.

pub mod circumstances;
pub mod culprit;
mod doer;
mod identity;
pub mod outright;
pub mod scene;
mod suspect;
pub mod suspects;
pub mod table;
pub mod theft;
mod things;
