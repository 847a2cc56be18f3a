//! Products of a panel with a single column, as in decode: blocks of 256 with integer sub-scales.
//!
//! Decode waits for memory, so what counts is how far ahead of its sums the processor can read. Lines are
//! loaded in the order in which they lie, one after the other and not eight at once, and each is unpacked with
//! as few instructions as do. On Zen 4, one thread, from memory: Q4_K 26 GB/s instead of 22 as for more columns,
//! Q5_K 26 instead of 16, Q6_K 24 instead of 20. With each line one further behind is asked for, which helps
//! processors that look less far ahead by themselves: on a Xeon of 2024 Q4_K 14.3 → 16.2, Q5_K 11.6 → 15.3, Q6_K
//! 9.8 → 14.0, of 17.5 that a plain loop reads.

use std::arch::x86_64::*;

use super::super::ahead;
use super::super::{Columns, Format, LINE, PANEL, Panel, SCALE_LINES, Tile, layout};
use super::k_blocks::{add_scaled, pair, signed, six_bits, unsigned, with_fifth};
use super::products::{broadcast, halves, load};

/// Q4_K, or Q5_K with its fifth bits.
///
/// # Safety
/// The lengths were checked for a column of the format.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) unsafe fn sub_blocks_of_32<const HAS_FIFTHS: bool>(
    panel: &Panel<'_>,
    column: &Columns<'_>,
    out: &mut Tile,
) {
    let format = if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K };
    let (lower, upper) = (_mm512_set1_epi8(15), _mm512_set1_epi8(-16));
    let mut sum = _mm512_setzero_ps();
    for block in 0..column.n_values / 256 {
        // SAFETY: block `block` of the panel and of the column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * format.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let x = column.quants.as_ptr().add(256 * block);
            // Of low and of high nibbles. Those of Q4_K stay where they are, so that they count sixteenfold:
            // at most 16 · 15 · 127 · 256 · 63.
            let mut products = [_mm512_setzero_si512(); 2];
            for two in 0..4 {
                let x = x.add(64 * two);
                let first = if HAS_FIFTHS { layout::q5_k::nibbles(two, 0) } else { 8 * two };
                let fifths = [0, 1].map(|sub| match HAS_FIFTHS {
                    true => load(lines.add(layout::q5_k::fifths(2 * two + sub) * LINE)),
                    false => _mm512_setzero_si512(),
                });
                let mut both = [_mm512_setzero_si512(); 2];
                for v in 0..8 {
                    let line = lines.add((first + v) * LINE);
                    ahead::of_column(line, 1);
                    let line = load(line);
                    let (mut low, mut high) = (_mm512_and_si512(line, lower), line);
                    if HAS_FIFTHS {
                        low = with_fifth(v, low, fifths[0]);
                        high = _mm512_and_si512(_mm512_srli_epi16::<4>(high), lower);
                        high = with_fifth(v, high, fifths[1]);
                    } else {
                        high = _mm512_and_si512(high, upper);
                    }
                    both[0] = _mm512_dpbusd_epi32(both[0], low, broadcast(x.add(4 * v)));
                    both[1] = _mm512_dpbusd_epi32(both[1], high, broadcast(x.add(32 + 4 * v)));
                }
                for sub in 0..2 {
                    let scales = unsigned(d.add((4 + 2 * two + sub) * PANEL));
                    let scaled = _mm512_mullo_epi32(both[sub], scales);
                    products[sub] = _mm512_add_epi32(products[sub], scaled);
                }
            }
            if !HAS_FIFTHS {
                products[1] = _mm512_srai_epi32::<4>(products[1]);
            }
            let x_sums = column.sums_of_16.as_ptr().add(16 * block);
            let mut offsets = [_mm512_setzero_si512(); 2];
            for sub in 0..8 {
                let minimum = unsigned(d.add((12 + sub) * PANEL));
                let (minima, x) = (pair(minimum, minimum), broadcast(x_sums.add(2 * sub).cast()));
                offsets[sub % 2] = _mm512_dpwssd_epi32(offsets[sub % 2], minima, x);
            }
            let scale = _mm512_set1_ps(*column.scales.as_ptr().add(block));
            add_scaled(&mut sum, halves(d), scale, _mm512_add_epi32(products[0], products[1]));
            let offset = _mm512_cvtepi32_ps(_mm512_add_epi32(offsets[0], offsets[1]));
            let d_min = halves(d.add(2 * PANEL));
            sum = _mm512_fnmadd_ps(d_min, _mm512_mul_ps(offset, scale), sum);
        }
    }
    // SAFETY: a column of the tile is 16 floats.
    unsafe { _mm512_storeu_ps(out[0].as_mut_ptr(), sum) };
}

/// Q6_K.
///
/// # Safety
/// The lengths were checked for a column.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub(super) unsafe fn sub_blocks_of_16(panel: &Panel<'_>, column: &Columns<'_>, out: &mut Tile) {
    let mut sum = _mm512_setzero_ps();
    for block in 0..column.n_values / 256 {
        // SAFETY: block `block` of the panel and of the column is there.
        unsafe {
            let d = panel.quants.as_ptr().add(block * Format::Q6_K.quant_bytes());
            let lines = d.add(SCALE_LINES * LINE);
            let x = column.quants.as_ptr().add(256 * block);
            let mut products = [_mm512_setzero_si512(); 2];
            for four in 0..4 {
                // Sub-block `four` of each quarter of 64 values.
                let mut quarters = [_mm512_setzero_si512(); 4];
                for v in 4 * four..4 * four + 4 {
                    let three = lines.add(layout::q6_k::bits(v) * LINE);
                    ahead::of_column(three, 3);
                    let weights = six_bits(three);
                    for (quarter, sum) in quarters.iter_mut().enumerate() {
                        let x = broadcast(x.add(64 * quarter + 4 * v));
                        *sum = _mm512_dpbusd_epi32(*sum, weights[quarter], x);
                    }
                }
                for (quarter, sum) in quarters.into_iter().enumerate() {
                    let scales = signed(d.add((2 + 4 * quarter + four) * PANEL));
                    let scaled = _mm512_mullo_epi32(sum, scales);
                    products[quarter % 2] = _mm512_add_epi32(products[quarter % 2], scaled);
                }
            }
            let x_sums = column.sums_of_16.as_ptr().add(16 * block);
            let mut offsets = [_mm512_setzero_si512(); 2];
            for two in 0..8 {
                let at = d.add((2 + 2 * two) * PANEL);
                let scales = pair(signed(at), signed(at.add(PANEL)));
                let x = broadcast(x_sums.add(2 * two).cast());
                offsets[two % 2] = _mm512_dpwssd_epi32(offsets[two % 2], scales, x);
            }
            let offset = _mm512_slli_epi32::<5>(_mm512_add_epi32(offsets[0], offsets[1]));
            let product = _mm512_add_epi32(products[0], products[1]);
            let scale = _mm512_set1_ps(*column.scales.as_ptr().add(block));
            add_scaled(&mut sum, halves(d), scale, _mm512_sub_epi32(product, offset));
        }
    }
    // SAFETY: a column of the tile is 16 floats.
    unsafe { _mm512_storeu_ps(out[0].as_mut_ptr(), sum) };
}
