//! Memory that the threads of a team write to in disjoint parts.
//!
//! Rust's borrow checker sees one slice; that parts are disjoint follows from the steps: between two
//! barriers every part of a buffer has one writer and no reader, or readers only.

use std::cell::UnsafeCell;
use std::ops::Range;

/// A slice shared by a team.
pub(super) struct Shared<T> {
    values: Box<[UnsafeCell<T>]>,
}

// SAFETY: access goes through the unsafe methods below, whose callers keep writers apart.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T: Copy + Default> Shared<T> {
    /// `n` default values; pages of zeros are not touched before they are used.
    pub(super) fn new(n: usize) -> Self
    where
        Vec<T>: Zeroed,
    {
        let values = <Vec<T> as Zeroed>::zeroed(n).into_boxed_slice();
        let pointer = Box::into_raw(values) as *mut [UnsafeCell<T>];
        // SAFETY: `UnsafeCell<T>` has the layout of `T`, and the box is made anew from its own parts.
        Self { values: unsafe { Box::from_raw(pointer) } }
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// All of it, as nobody else can have it.
    pub(super) fn all_mut(&mut self) -> &mut [T] {
        let pointer = self.values.as_mut_ptr().cast::<T>();
        // SAFETY: the exclusive borrow covers all values.
        unsafe { std::slice::from_raw_parts_mut(pointer, self.values.len()) }
    }

    /// A part to read.
    ///
    /// # Safety
    /// Nobody writes to the part while the result lives.
    pub(super) unsafe fn read(&self, range: Range<usize>) -> &[T] {
        let part = &self.values[range];
        // SAFETY: the part lies within the slice, and has no writer.
        unsafe { std::slice::from_raw_parts(part.as_ptr().cast(), part.len()) }
    }

    /// One value.
    ///
    /// # Safety
    /// Nobody writes it meanwhile.
    pub(super) unsafe fn get(&self, index: usize) -> T {
        // SAFETY: the index was checked, and the value has no writer.
        unsafe { *self.values[index].get() }
    }

    /// Replaces one value.
    ///
    /// # Safety
    /// Nobody else reads or writes it meanwhile.
    pub(super) unsafe fn set(&self, index: usize, value: T) {
        // SAFETY: the index was checked, and the value has no other user.
        unsafe { *self.values[index].get() = value }
    }

    /// A part to write.
    ///
    /// # Safety
    /// Nobody else reads or writes the part while the result lives.
    #[allow(clippy::mut_from_ref)]
    pub(super) unsafe fn write(&self, range: Range<usize>) -> &mut [T] {
        let part = &self.values[range];
        // SAFETY: the part lies within the slice, and has no other user.
        unsafe { std::slice::from_raw_parts_mut(UnsafeCell::raw_get(part.as_ptr()), part.len()) }
    }
}

/// Vectors of zeros as the system gives them.
pub(super) trait Zeroed {
    /// `n` zeros.
    fn zeroed(n: usize) -> Self;
}

macro_rules! zeroed {
    ($($number:ty),*) => {
        $(impl Zeroed for Vec<$number> {
            fn zeroed(n: usize) -> Self {
                vec![0 as $number; n]
            }
        })*
    };
}

zeroed!(f32, u8, i8, u16, i16);
