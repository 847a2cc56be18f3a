//! Products of a panel with one to four columns at a time: blocks of 256 with integer sub-scales.
//!
//! Products of a sub-block are 32-bit integers, and so are they when multiplied with their sub-scales
//! and summed over a block: single precision is only needed once for 256 values.

use std::arch::aarch64::*;
use std::array::from_fn;

use super::super::layout::FEW_COLUMNS;
use super::super::{Columns, Format, LINE, PANEL, Panel, SCALE_LINES, Tile, layout};
use super::generation::{Generation, Integers};
use super::products::{
    Scaling, add_block, by_columns, load, nibbles, nothing, signed, store, with_fifths,
};

/// Sixteen unsigned bytes, one a row.
///
/// # Safety
/// They are readable.
#[inline(always)]
unsafe fn unsigned_scales(at: *const u8) -> [int32x4_t; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let bytes = vld1q_u8(at);
        let halves = [vmovl_u8(vget_low_u8(bytes)), vmovl_high_u8(bytes)];
        from_fn(|part| {
            let half = halves[part / 2];
            let wide =
                if part % 2 == 0 { vmovl_u16(vget_low_u16(half)) } else { vmovl_high_u16(half) };
            vreinterpretq_s32_u32(wide)
        })
    }
}

/// The same for signed bytes.
///
/// # Safety
/// They are readable.
#[inline(always)]
unsafe fn signed_scales(at: *const u8) -> [int32x4_t; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let bytes = vreinterpretq_s8_u8(vld1q_u8(at));
        let halves = [vmovl_s8(vget_low_s8(bytes)), vmovl_high_s8(bytes)];
        from_fn(|part| {
            let half = halves[part / 2];
            if part % 2 == 0 { vmovl_s16(vget_low_s16(half)) } else { vmovl_high_s16(half) }
        })
    }
}

/// Adds the products of a sub-block times its sub-scales.
#[inline(always)]
fn add_scaled<const C: usize>(
    sums: &mut Integers<C>,
    products: &Integers<C>,
    scales: [int32x4_t; 4],
) {
    for (sums, products) in sums.iter_mut().zip(products) {
        for part in 0..4 {
            // SAFETY: every aarch64 processor that Rust's targets name has NEON.
            sums[part] = unsafe { vmlaq_s32(sums[part], products[part], scales[part]) };
        }
    }
}

/// Takes off the sum of a column's activations times what is the same for all of them in a row.
///
/// # Safety
/// A sum of each of `C` columns, `stride` apart, is readable.
#[inline(always)]
unsafe fn take_off<const C: usize>(
    sums: &mut Integers<C>,
    offsets: [int32x4_t; 4],
    sum_of: impl Fn(usize) -> i32,
) {
    for (column, sums) in sums.iter_mut().enumerate() {
        let x = sum_of(column);
        for (sum, offset) in sums.iter_mut().zip(offsets) {
            // SAFETY: every aarch64 processor that Rust's targets name has NEON.
            *sum = unsafe { vmlsq_n_s32(*sum, offset, x) };
        }
    }
}

#[inline(always)]
pub fn q4_k<G: Generation>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q4_K);
    by_columns!(q4_k_columns, G, Format::Q4_K, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[inline(always)]
unsafe fn q4_k_columns<G: Generation, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut [[f32; PANEL]],
) {
    // SAFETY: as the caller promises.
    unsafe { sub_blocks_of_32::<G, C, false>(panel, columns, out) }
}

#[inline(always)]
pub fn q5_k<G: Generation>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q5_K);
    by_columns!(q5_k_columns, G, Format::Q5_K, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[inline(always)]
unsafe fn q5_k_columns<G: Generation, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut [[f32; PANEL]],
) {
    // SAFETY: as the caller promises.
    unsafe { sub_blocks_of_32::<G, C, true>(panel, columns, out) }
}

/// Q4_K, or Q5_K with its fifth bits.
///
/// # Safety
/// The lengths were checked for `C` columns of the format.
#[inline(always)]
unsafe fn sub_blocks_of_32<G: Generation, const C: usize, const HAS_FIFTHS: bool>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut [[f32; PANEL]],
) {
    let format = if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K };
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let mut sums = nothing::<C>();
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * format.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let (sub_scales, minima) = (d.add(4 * PANEL), d.add(12 * PANEL));
            let x = columns.quants.as_ptr().add(256 * block);
            let x_sums = columns.sums_of_16.as_ptr().add(16 * block);
            let (mut products, mut offsets) = (G::nothing::<C>(), G::nothing::<C>());
            for pair in 0..4 {
                let (mut low, mut high) = (G::nothing::<C>(), G::nothing::<C>());
                let fifths = |sub| lines.add(layout::q5_k::fifths(2 * pair + sub) * LINE);
                let first = if HAS_FIFTHS { layout::q5_k::nibbles(pair, 0) } else { 8 * pair };
                for line in [0, 2, 4, 6] {
                    let at = lines.add((first + line) * LINE);
                    let x = x.add(64 * pair + 4 * line);
                    let both = [load(at), load(at.add(LINE))];
                    let weights = if HAS_FIFTHS {
                        let fifths = load(fifths(0));
                        from_fn(|i| with_fifths(nibbles::<false>(both[i]), fifths, line + i))
                    } else {
                        both.map(|line| signed(nibbles::<false>(line)))
                    };
                    G::add_lines(&mut low, weights, x, n_values);
                    let weights = if HAS_FIFTHS {
                        let fifths = load(fifths(1));
                        from_fn(|i| with_fifths(nibbles::<true>(both[i]), fifths, line + i))
                    } else {
                        both.map(|line| signed(nibbles::<true>(line)))
                    };
                    G::add_lines(&mut high, weights, x.add(32), n_values);
                }
                let scales = unsigned_scales(sub_scales.add(2 * pair * PANEL));
                add_scaled(&mut products, &G::by_rows(low), scales);
                let scales = unsigned_scales(sub_scales.add((2 * pair + 1) * PANEL));
                add_scaled(&mut products, &G::by_rows(high), scales);
            }
            for sub in 0..8 {
                take_off(&mut offsets, unsigned_scales(minima.add(sub * PANEL)), |column| {
                    let at = x_sums.add(column * n_values / 16 + 2 * sub);
                    i32::from(*at) + i32::from(*at.add(1))
                });
            }
            let scaling = Scaling::of_256(columns, block);
            add_block(&mut sums, &products, d, scaling);
            add_block(&mut sums, &offsets, d.add(2 * PANEL), scaling);
        }
    }
    store(&sums, out);
}

#[inline(always)]
pub fn q6_k<G: Generation>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q6_K);
    by_columns!(q6_k_columns, G, Format::Q6_K, panel, columns, out);
}

/// # Safety
/// The lengths were checked for `C` columns.
#[inline(always)]
unsafe fn q6_k_columns<G: Generation, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut [[f32; PANEL]],
) {
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let mut sums = nothing::<C>();
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * Format::Q6_K.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let x = columns.quants.as_ptr().add(256 * block);
            let x_sums = columns.sums_of_16.as_ptr().add(16 * block);
            let mut products = G::nothing::<C>();
            q6_k_quarter::<G, C, 0>(&mut products, lines, d, x, n_values);
            q6_k_quarter::<G, C, 1>(&mut products, lines, d, x, n_values);
            q6_k_quarter::<G, C, 2>(&mut products, lines, d, x, n_values);
            q6_k_quarter::<G, C, 3>(&mut products, lines, d, x, n_values);
            for sub in 0..16 {
                take_off(&mut products, signed_scales(d.add((2 + sub) * PANEL)), |column| {
                    32 * i32::from(*x_sums.add(column * n_values / 16 + sub))
                });
            }
            let scaling = Scaling::of_256(columns, block);
            add_block(&mut sums, &products, d, scaling);
        }
    }
    store(&sums, out);
}

/// Four sub-blocks of 16.
///
/// # Safety
/// A block's lines and scales, and 256 activations of each of `C` columns, are readable.
#[inline(always)]
unsafe fn q6_k_quarter<G: Generation, const C: usize, const QUARTER: usize>(
    products: &mut Integers<C>,
    lines: *const u8,
    d: *const u8,
    x: *const i8,
    n_values: usize,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let weights = |line: usize| {
            let low = load(lines.add(layout::q6_k::nibbles(QUARTER, line) * LINE));
            let low = if QUARTER < 2 { nibbles::<false>(low) } else { nibbles::<true>(low) };
            let high = load(lines.add(layout::q6_k::bits(line) * LINE));
            signed(from_fn(|part| {
                // The quarter's two bits to the places of 16 and 32.
                let bits = match QUARTER {
                    0 => vshlq_n_u8::<4>(high[part]),
                    1 => vshlq_n_u8::<2>(high[part]),
                    2 => high[part],
                    _ => vshrq_n_u8::<2>(high[part]),
                };
                vorrq_u8(low[part], vandq_u8(bits, vdupq_n_u8(48)))
            }))
        };
        let x = x.add(64 * QUARTER);
        for sub in 0..4 {
            let mut part = G::nothing::<C>();
            for line in [4 * sub, 4 * sub + 2] {
                let both = [weights(line), weights(line + 1)];
                G::add_lines(&mut part, both, x.add(4 * line), n_values);
            }
            let scales = signed_scales(d.add((2 + 4 * QUARTER + sub) * PANEL));
            add_scaled(products, &G::by_rows(part), scales);
        }
    }
}
