//! Chinese questions: nothing marks where words end.

pub mod chapters;
pub mod counts;
pub mod grounded;
mod living;
pub mod owners;
pub mod question;
pub mod tale;
pub mod whereabouts;
pub mod words;
