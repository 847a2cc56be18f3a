//! Asking for memory before it is read.
//!
//! Into the first cache what is read next, as weights are unpacked; else into the second: the first has
//! room for what is computed with and little else, and more requests can wait there (measured on Zen 4
//! with keys and values in half precision: two threads read 35 GB/s instead of 25).
//!
//! While several columns of activations pass by a line of weights, the processor reads too seldom to guess the
//! next ones, so they are asked for (8 columns from memory, one thread, by `bench-kernels`: on Zen 4 with AVX-512
//! Q4_0 7.3 -> 10.2 GB/s; on a Xeon of 2024 with AVX-VNNI Q4_0 5.3 -> 7.7, Q8_0 7.2 -> 11.6, Q4_K 5.9 -> 7.5, with
//! AVX2 5.6 -> 6.9, 7.2 -> 7.8, 5.8 -> 6.4). So they are for a single one (on that Xeon with AVX-VNNI Q4_0 13.2 ->
//! 14.4, Q8_0 14.2 -> 14.9, Q4_K 13.7 -> 14.5, Q5_K 12.4 -> 13.6, with AVX2 13.3 -> 14.7, 14.5 -> 15.1, 12.9 -> 14.5,
//! 11.8 -> 14.3), but for Q6_K with 256-bit vectors, which took longer.

#[cfg(target_arch = "x86_64")]
use super::Format;
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

/// Bytes between the weights in use and those that are asked for.
#[cfg(target_arch = "x86_64")]
const AHEAD: usize = 2048;

/// Asks for as many lines as a block of 32 values has, some blocks behind the one whose quants begin at `lines`.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn block_of_32(quants: *const u8, format: Format) {
    lines(quants.wrapping_add(AHEAD), format.quant_bytes() / LINE, Cache::First);
}

/// Asks for `n` lines as far behind those in use as a single column of a block of 256 needs.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn of_column(in_use: *const u8, n: usize) {
    lines(in_use.wrapping_add(AHEAD + AHEAD / 2), n, Cache::First);
}

/// Asks for a quarter of the block behind `block`, of 256 values.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn quarter(block: *const u8, format: Format, quarter: usize) {
    let bytes = format.quant_bytes();
    let from = block.wrapping_add(bytes + quarter * bytes / 4);
    lines(from, bytes / 4 / LINE + 1, Cache::First);
}

/// Asks for `n` values that will be read soon; nothing is read here.
#[inline]
pub fn ask_ahead<T>(from: *const T, n: usize) {
    lines(from.cast(), (n * size_of::<T>()).div_ceil(LINE), Cache::Second);
}
