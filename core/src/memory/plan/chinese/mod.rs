//! Chinese questions: nothing marks where words end.

pub mod amounts;
pub mod chapters;
pub mod counts;
pub mod culprit;
pub mod grounded;
mod living;
mod nouns;
mod origin;
pub mod owners;
pub mod question;
mod surnames;
pub mod tale;
mod trades;
pub mod whereabouts;
pub mod words;
