//! What prose tells: the sentences of a book that speak of what is asked, whatever their words.

pub mod form;
pub mod gathered;
pub mod people;
pub mod places;
pub mod shares;
mod stretches;
