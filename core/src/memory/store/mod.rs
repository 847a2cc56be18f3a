//! Room `memory`, folder `store`: what a library keeps, behind one small trait.
//!
//! Blocks are found by the SHA-256 of their text and of the format version, so that putting one
//! twice does nothing, an edited document shares all blocks it did not change, and a document whose
//! ingestion was killed finds what it had already done. Runs of more than a few blocks have a directory,
//! found by the hashes of the blocks. A document is a list of blocks and comes to be in one step, after all of them
//! and their directories.

pub mod contents;
pub mod contract;
pub mod memory;
pub mod memory_notes;
pub mod notes;
pub mod record;
pub mod sqlite;
mod sqlite_notes;
mod sqlite_tables;
pub mod varint;
pub mod watched;

#[cfg(test)]
mod tests;

pub use contents::{BlockPlace, Contents, Run};
pub use contract::{MakePages, PutPage, Store};
pub use memory::MemoryStore;
pub use notes::{Note, Notes, Place, PlacedNote};
pub use record::{
    BlockParts, BlockRef, ContentHash, DocumentRecord, LONGEST_RUN, Part, SHORT_RUN, Section,
};
pub use sqlite::SqliteStore;
pub use watched::{SharedStore, WatchedStore};
