//! Memory that the threads of a team write to in disjoint parts.
//!
//! Rust's borrow checker sees one slice; that parts are disjoint follows from the steps: between two
//! barriers every part of a buffer has one writer and no reader, or readers only. It begins at a cache
//! line, its pages of zeros are not touched before they are used, and none to be had is an error.
//!
//! Asked for zeros at a cache line, Rust's allocator takes memory and writes them, which touches every
//! page; so a line more is asked for at its usual alignment, and the start is moved. What takes many pages
//! (caches, packed matrices) is a map of its own, for which Linux is asked for large pages: looking up
//! addresses takes longer than reading where a page has only 4 KiB.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ops::Range;
use std::ptr::NonNull;

use memmap2::MmapMut;

use crate::error::ModelError;
use carrel_kernels::LINE;

/// A slice shared by a team.
pub(super) struct Shared<T: Number> {
    start: NonNull<T>,
    len: usize,
    block: Block,
}

/// What was allocated.
enum Block {
    Nothing,
    Heap(NonNull<u8>, Layout),
    /// Held for as long as the slice lives.
    Map(#[allow(dead_code)] MmapMut),
}

/// Bytes from which on memory is a map of its own: some large pages.
const LEAST_MAP_BYTES: usize = 8 << 20;
/// Bytes of a large page of most processors.
const LARGE_PAGE_BYTES: u64 = 2 << 20;

/// Numbers whose zero is all bits zero.
pub(super) trait Number: Copy + sealed::Zero {}

mod sealed {
    /// Implemented here only, for types whose zero is all bits zero.
    pub trait Zero {}
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl sealed::Zero for $number {}
        impl Number for $number {})*
    };
}

numbers!(f32, u8, i8, u16, i16, i32);

// SAFETY: plain memory without thread affinity.
unsafe impl<T: Number> Send for Shared<T> {}
// SAFETY: access goes through the unsafe methods below, whose callers keep writers apart.
unsafe impl<T: Number> Sync for Shared<T> {}

impl<T: Number> Shared<T> {
    /// `n` zeros.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`], which says for `what`.
    pub(super) fn new(n: usize, what: &'static str) -> Result<Self, ModelError> {
        let n_bytes = n as u64 * size_of::<T>() as u64;
        let out_of_memory = ModelError::OutOfMemory { what, n_bytes };
        if n == 0 {
            return Ok(Self { start: NonNull::dangling(), len: 0, block: Block::Nothing });
        }
        if n_bytes >= LEAST_MAP_BYTES as u64 {
            // Linux lets a map begin where a large page does if it has the length of some.
            let size = n_bytes.checked_next_multiple_of(LARGE_PAGE_BYTES);
            let size = size.and_then(|size| usize::try_from(size).ok());
            let size = size.filter(|&size| size <= isize::MAX as usize);
            let mut map =
                size.and_then(|size| MmapMut::map_anon(size).ok()).ok_or(out_of_memory)?;
            // Where the system has no large pages, others do.
            #[cfg(target_os = "linux")]
            let _ = map.advise(memmap2::Advice::HugePage);
            let start = NonNull::from(&mut map[..]).cast();
            return Ok(Self { start, len: n, block: Block::Map(map) });
        }
        let size = n.checked_mul(size_of::<T>()).and_then(|size| size.checked_add(LINE));
        let layout = size.and_then(|size| Layout::from_size_align(size, align_of::<u64>()).ok());
        let Some(layout) = layout else {
            return Err(out_of_memory);
        };
        // SAFETY: the layout is not empty.
        let block = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(out_of_memory)?;
        let gap = block.align_offset(LINE);
        assert!(gap < LINE, "a line begins in every line");
        // SAFETY: the block is a line longer than the values, so they fit behind the gap.
        let start = unsafe { block.add(gap) }.cast();
        Ok(Self { start, len: n, block: Block::Heap(block, layout) })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// All of it, as nobody else can have it.
    pub(super) fn all_mut(&mut self) -> &mut [T] {
        // SAFETY: the exclusive borrow covers all values, which are initialised.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// Where a part begins, after a check that it lies within the slice.
    fn at(&self, range: &Range<usize>) -> *mut T {
        assert!(range.start <= range.end && range.end <= self.len, "a part of the slice");
        // SAFETY: the start is at most one past the end, by the assertion.
        unsafe { self.start.as_ptr().add(range.start) }
    }

    /// A part to read.
    ///
    /// # Safety
    /// Nobody writes to the part while the result lives.
    pub(super) unsafe fn read(&self, range: Range<usize>) -> &[T] {
        // SAFETY: the part lies within the slice, and has no writer.
        unsafe { std::slice::from_raw_parts(self.at(&range), range.len()) }
    }

    /// Asks for a part that will be read soon, whoever writes it meanwhile.
    pub(super) fn ask_ahead(&self, range: Range<usize>) {
        carrel_kernels::ask_ahead(self.at(&range), range.len());
    }

    /// One value.
    ///
    /// # Safety
    /// Nobody writes it meanwhile.
    pub(super) unsafe fn get(&self, index: usize) -> T {
        // SAFETY: the value lies within the slice, and has no writer.
        unsafe { *self.at(&(index..index + 1)) }
    }

    /// Replaces one value.
    ///
    /// # Safety
    /// Nobody else reads or writes it meanwhile.
    pub(super) unsafe fn set(&self, index: usize, value: T) {
        // SAFETY: the value lies within the slice, and has no other user.
        unsafe { *self.at(&(index..index + 1)) = value }
    }

    /// A part to write.
    ///
    /// # Safety
    /// Nobody else reads or writes the part while the result lives.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn write(&self, range: Range<usize>) -> &mut [T] {
        // SAFETY: the part lies within the slice, and has no other user.
        unsafe { std::slice::from_raw_parts_mut(self.at(&range), range.len()) }
    }
}

impl<T: Number> Drop for Shared<T> {
    fn drop(&mut self) {
        if let Block::Heap(block, layout) = self.block {
            // SAFETY: allocated in `new` with this layout, and freed once.
            unsafe { dealloc(block.as_ptr(), layout) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_checked_and_too_much_is_an_error() {
        let mut shared = Shared::<f32>::new(10, "a test").expect("memory");
        shared.all_mut()[9] = 2.0;
        // SAFETY: there is one thread, and no part is kept.
        unsafe {
            shared.set(3, 1.0);
            assert_eq!((shared.get(3), shared.get(9)), (1.0, 2.0));
            shared.write(0..2).fill(4.0);
            assert_eq!(shared.read(1..4), [4.0, 0.0, 1.0]);
        }
        let outside = std::panic::AssertUnwindSafe(|| {
            // SAFETY: as above.
            unsafe { shared.get(10) }
        });
        assert!(std::panic::catch_unwind(outside).is_err());
        assert!(Shared::<f32>::new(usize::MAX, "a test").is_err());
        assert!(Shared::<u8>::new(isize::MAX as usize - 64, "a test").is_err());
        assert_eq!(Shared::<u8>::new(0, "a test").expect("nothing").len(), 0);
        for n in [1, 3, 100_000, LEAST_MAP_BYTES / 2] {
            let mut shared = Shared::<u16>::new(n, "a test").expect("memory");
            assert!(shared.all_mut().iter().all(|value| *value == 0));
            assert!(shared.all_mut().as_ptr().addr().is_multiple_of(LINE), "{n}");
        }
    }
}
