//! How sentences are put: classes of words, forms of sentences, times, values, and what stands before a
//! statement.

pub mod arguments;
pub mod clock;
pub mod denied;
pub mod entry;
pub mod forms;
pub mod grammar;
pub mod idioms;
pub mod kinds;
pub mod lexicon;
pub mod notes;
pub mod nouns;
pub mod phrases;
pub mod phrasing;
pub mod possessive;
pub mod reported;
pub mod subject;
pub mod value;
