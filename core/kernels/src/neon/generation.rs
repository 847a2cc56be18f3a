//! What the generations of processors do differently: products of signed bytes, summed into 32 bits.
//!
//! | generation | instruction | products of each |
//! |---|---|---|
//! | [`Base`], Armv8.0 | `smull`, `addp`, `sadalp` | 16 in four |
//! | [`DotProduct`], Armv8.2 | `sdot`: four of each of four rows | 16 |
//! | [`MatrixProduct`], Armv8.6 | `smmla`: eight of two rows with two columns | 32 |
//!
//! Rust's intrinsics for the latter two are not stable, so they are assembly; everything here is
//! inlined into functions that are compiled for them and called where they were detected.

use std::arch::aarch64::*;
use std::arch::asm;
use std::array::from_fn;

/// Four columns of 16 rows: a vector for four rows each.
pub type Line = [int8x16_t; 4];
/// Sums of integers of `C` columns: `[column][four rows]`.
pub type Integers<const C: usize> = [[int32x4_t; 4]; C];

/// How products of bytes are summed.
pub trait Generation {
    /// No sums yet.
    #[inline(always)]
    fn nothing<const C: usize>() -> Integers<C> {
        // SAFETY: every aarch64 processor that Rust's targets name has NEON.
        [[unsafe { vdupq_n_s32(0) }; 4]; C]
    }

    /// Adds to the sums of four rows the products of four weights of each with the activations.
    ///
    /// # Safety
    /// The processor is of this generation.
    unsafe fn dot(sums: int32x4_t, weights: int8x16_t, x: int8x16_t) -> int32x4_t;

    /// Adds the products of two lines with eight activations of each of `C` columns.
    ///
    /// # Safety
    /// The processor is of this generation, and eight bytes from `x` on, and from every further
    /// column at `stride`, are readable.
    #[inline(always)]
    unsafe fn add_lines<const C: usize>(
        sums: &mut Integers<C>,
        weights: [Line; 2],
        x: *const i8,
        stride: usize,
    ) {
        for (column, sums) in sums.iter_mut().enumerate() {
            // SAFETY: as the caller promises.
            unsafe { add_column::<Self>(sums, &weights, x.add(column * stride)) };
        }
    }

    /// The sums in the order of rows, once all lines are added.
    #[inline(always)]
    fn by_rows<const C: usize>(sums: Integers<C>) -> Integers<C> {
        sums
    }
}

/// Armv8.0.
pub struct Base;
/// Armv8.2 with `dotprod`.
pub struct DotProduct;
/// Armv8.6 with `i8mm`.
pub struct MatrixProduct;

/// Four activations, the same for all rows.
///
/// # Safety
/// Four bytes from `x` on are readable.
#[inline(always)]
unsafe fn broadcast(x: *const i8) -> int8x16_t {
    // SAFETY: as the caller promises; the read is unaligned.
    unsafe { vreinterpretq_s8_s32(vdupq_n_s32(x.cast::<i32>().read_unaligned())) }
}

/// Adds the products of one column.
///
/// # Safety
/// The processor is of the generation, and eight bytes from `x` on are readable.
#[inline(always)]
unsafe fn add_column<G: Generation + ?Sized>(
    sums: &mut [int32x4_t; 4],
    weights: &[Line; 2],
    x: *const i8,
) {
    for (line, weights) in weights.iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe {
            let x = broadcast(x.add(4 * line));
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = G::dot(*sum, *weights, x);
            }
        }
    }
}

impl Generation for Base {
    /// Two products of bytes of −128 to 127 by −127 to 127 fit into 16 bits.
    #[inline(always)]
    unsafe fn dot(sums: int32x4_t, weights: int8x16_t, x: int8x16_t) -> int32x4_t {
        // SAFETY: every aarch64 processor that Rust's targets name has NEON.
        unsafe {
            let low = vmull_s8(vget_low_s8(weights), vget_low_s8(x));
            let high = vmull_high_s8(weights, x);
            vpadalq_s16(sums, vpaddq_s16(low, high))
        }
    }
}

impl Generation for DotProduct {
    #[inline(always)]
    unsafe fn dot(mut sums: int32x4_t, weights: int8x16_t, x: int8x16_t) -> int32x4_t {
        // SAFETY: as the caller promises; registers only.
        unsafe {
            asm!(
                "sdot {sums:v}.4s, {weights:v}.16b, {x:v}.16b",
                sums = inout(vreg) sums,
                weights = in(vreg) weights,
                x = in(vreg) x,
                options(pure, nomem, nostack, preserves_flags)
            );
        }
        sums
    }
}

/// `sums[2·row + column] += Σ weights[row][i] · x[column][i]` for two rows and columns of eight.
///
/// # Safety
/// The processor has `i8mm`.
#[inline(always)]
unsafe fn matrix_product(mut sums: int32x4_t, weights: int8x16_t, x: int8x16_t) -> int32x4_t {
    // SAFETY: as the caller promises; registers only.
    unsafe {
        asm!(
            "smmla {sums:v}.4s, {weights:v}.16b, {x:v}.16b",
            sums = inout(vreg) sums,
            weights = in(vreg) weights,
            x = in(vreg) x,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    sums
}

/// Pairs of columns share their vectors: sum `j` of the pair, counted through both columns, holds rows
/// 2j and 2j + 1. A column without a pair is summed as by [`DotProduct`], which these processors have.
impl Generation for MatrixProduct {
    #[inline(always)]
    unsafe fn dot(sums: int32x4_t, weights: int8x16_t, x: int8x16_t) -> int32x4_t {
        // SAFETY: as the caller promises.
        unsafe { DotProduct::dot(sums, weights, x) }
    }

    #[inline(always)]
    unsafe fn add_lines<const C: usize>(
        sums: &mut Integers<C>,
        weights: [Line; 2],
        x: *const i8,
        stride: usize,
    ) {
        let (pairs, single) = sums.as_chunks_mut::<2>();
        // SAFETY: as the caller promises.
        unsafe {
            if !pairs.is_empty() {
                // Two rows of eight columns a vector.
                let rows: [int8x16_t; 8] = from_fn(|j| {
                    let first = vreinterpretq_s32_s8(weights[0][j / 2]);
                    let second = vreinterpretq_s32_s8(weights[1][j / 2]);
                    let two = if j % 2 == 0 {
                        vzip1q_s32(first, second)
                    } else {
                        vzip2q_s32(first, second)
                    };
                    vreinterpretq_s8_s32(two)
                });
                for (pair, sums) in pairs.iter_mut().enumerate() {
                    let at = x.add(2 * pair * stride);
                    let x = vcombine_s8(vld1_s8(at), vld1_s8(at.add(stride)));
                    for (sum, rows) in sums.as_flattened_mut().iter_mut().zip(rows) {
                        *sum = matrix_product(*sum, rows, x);
                    }
                }
            }
            if let [sums] = single {
                add_column::<Self>(sums, &weights, x.add((C - 1) * stride));
            }
        }
    }

    #[inline(always)]
    fn by_rows<const C: usize>(mut sums: Integers<C>) -> Integers<C> {
        for pair in sums.as_chunks_mut::<2>().0 {
            let tangled = *pair;
            let tangled = tangled.as_flattened();
            for part in 0..4 {
                let (first, second) = (tangled[2 * part], tangled[2 * part + 1]);
                // SAFETY: every aarch64 processor that Rust's targets name has NEON.
                unsafe {
                    pair[0][part] = vuzp1q_s32(first, second);
                    pair[1][part] = vuzp2q_s32(first, second);
                }
            }
        }
        sums
    }
}
