//! How cells of the KV cache are counted: sixteen have their keys together, and attention takes a block at a time.

/// Cells whose keys lie together.
pub(super) const CELLS: usize = 16;
/// Cells of a block.
pub(super) const BLOCK: usize = 64;
