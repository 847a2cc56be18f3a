//! What a store of blocks, directories and documents must do; what it keeps beside them is told in `notes`.

use std::ops::Range;
use std::sync::Arc;

use super::contents::Contents;
use super::notes::Notes;
use super::record::{BlockParts, ContentHash, DocumentRecord, Part};
use crate::error::Result;

/// Where a page goes, with its number.
pub type PutPage<'a> = dyn FnMut(u32, &[u8]) -> Result<()> + 'a;
/// Makes the pages of a directory from what the store holds.
pub type MakePages<'a> = dyn FnMut(&dyn Store, &mut PutPage) -> Result<()> + 'a;

/// Where a library keeps its blocks and documents, and the notes about them.
pub trait Store: Notes + Send {
    /// What the library holds now.
    ///
    /// # Errors
    /// If the backing cannot be read or is damaged.
    fn contents(&self) -> Result<Arc<Contents>>;

    /// Begins to read: until [`Self::end_read`], nothing that another process writes is seen, so
    /// that documents and their blocks fit each other. Calls may nest.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn begin_read(&self) -> Result<()>;

    /// Ends what [`Self::begin_read`] began.
    fn end_read(&self);

    /// Whether the block is there, complete.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn has_block(&self, hash: ContentHash) -> Result<bool>;

    /// Puts a block with all its parts in one step, on behalf of the document `owner`.
    ///
    /// # Errors
    /// If the backing cannot be written; nothing was kept then.
    fn put_block(&mut self, owner: &str, hash: ContentHash, parts: &BlockParts) -> Result<()>;

    /// One part of a block.
    ///
    /// # Errors
    /// If the backing cannot be read or has no such block.
    fn part(&self, hash: ContentHash, part: Part) -> Result<Vec<u8>>;

    /// The bytes `range` of the text of a block.
    ///
    /// # Errors
    /// If the backing cannot be read, has no such block, or its text is shorter.
    fn text(&self, hash: ContentHash, range: Range<u32>) -> Result<Vec<u8>>;

    /// The parts `first` to `last` of a block, none of them the text, in the order in which [`Part`] has them.
    ///
    /// # Errors
    /// If the backing cannot be read or has no such block.
    fn parts(&self, hash: ContentHash, first: Part, last: Part) -> Result<Vec<Vec<u8>>>;

    /// Bytes that the part takes in all blocks together.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn part_bytes(&self, part: Part) -> Result<u64>;

    /// Whether the directory of a run of blocks is there.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn has_directory(&self, run: ContentHash) -> Result<bool>;

    /// Puts the pages of the directory of a run in one step, on behalf of the document `owner`, unless it is
    /// there. `make` is given the store to read and where to put each page with its number.
    ///
    /// # Errors
    /// What `make` answers, or if the backing cannot be written; nothing was kept then.
    fn put_directory(&mut self, owner: &str, run: ContentHash, make: &mut MakePages) -> Result<()>;

    /// One page of the directory of a run.
    ///
    /// # Errors
    /// If the backing cannot be read or has no such page.
    fn directory_page(&self, run: ContentHash, page: u32) -> Result<Vec<u8>>;

    /// Bytes that all directories take together.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn directory_bytes(&self) -> Result<u64>;

    /// Puts a document in one step, in the place of the one of the same name if there is one, and
    /// drops the blocks and directories that no document needs any more.
    ///
    /// # Errors
    /// If the backing cannot be written; the library is unchanged then.
    fn put_document(&mut self, record: &DocumentRecord) -> Result<()>;

    /// Drops a document, its notes, and the blocks and directories that no other needs; `false` if there was none.
    ///
    /// # Errors
    /// If the backing cannot be written; the library is unchanged then.
    fn remove_document(&mut self, name: &str) -> Result<bool>;
}
