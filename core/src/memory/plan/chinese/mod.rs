//! Chinese questions: nothing marks where words end.

pub mod amounts;
pub mod chapters;
mod clues;
pub mod counts;
pub mod culprit;
pub mod grounded;
mod living;
pub mod mystery;
mod nouns;
mod origin;
pub mod owners;
pub mod question;
mod surnames;
pub mod tale;
mod trades;
pub mod whereabouts;
pub mod words;
