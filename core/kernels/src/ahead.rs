//! Asking for memory before it is read.
//!
//! Into the first cache what is read next, as weights are unpacked; else into the second: the first has
//! room for what is computed with and little else, and more requests can wait there (measured on Zen 4
//! with keys and values in half precision: two threads read 35 GB/s instead of 25).

use super::LINE;

/// Where memory is asked into.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cache {
    /// The first.
    #[cfg(target_arch = "x86_64")]
    First,
    /// The second.
    Second,
}

/// Asks for `n` lines from `from` on, which need not be there, where the processor can be asked.
#[inline(always)]
pub(super) fn lines(from: *const u8, n: usize, into: Cache) {
    #[cfg(target_arch = "x86_64")]
    for line in 0..n {
        use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
        let at = from.wrapping_add(line * LINE).cast();
        // SAFETY: SSE is there, and asking for a line that is not does nothing.
        unsafe {
            match into {
                Cache::First => _mm_prefetch::<_MM_HINT_T0>(at),
                Cache::Second => _mm_prefetch::<_MM_HINT_T1>(at),
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (from, n, into);
}

/// Asks for `n` values that will be read soon; nothing is read here.
#[inline]
pub fn ask_ahead<T>(from: *const T, n: usize) {
    lines(from.cast(), (n * size_of::<T>()).div_ceil(LINE), Cache::Second);
}
