//! Room `memory`, folder `segment`: cuts a text into blocks, paragraphs, sentences, passages,
//! windows and words.
//!
//! ```text
//! document = block*      content-defined, 48 to 96 KiB: the unit that is stored, hashed, indexed
//! block    = paragraph*  ends at a blank line or around a heading line
//! paragraph = sentence*  ends at . ! ? 。 ！ ？ by rule, or at a hard line break
//! passage  = sentence+   200 to 300 tokens: the unit that is retrieved
//! window   = passage+    up to 1 200 tokens and two sentences of overlap: the unit a model reads
//! ```
//! Everything tiles: the pieces of a level joined in order are the text, byte for byte. Offsets are
//! bytes inside a block; characters are counted where an answer leaves the room.

pub mod blocks;
pub mod layout;
pub mod paragraphs;
pub mod sentences;
pub mod words;
