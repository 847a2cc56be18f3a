//! Products of a panel with columns of activations: single precision, and blocks of 32.
//!
//! A line, four values of sixteen rows, is one vector, and `vpdpbusd` multiplies its unsigned bytes with
//! four signed activations, which are broadcast from memory, and adds all four products to the rows'
//! 32-bit sums. So weights must be unsigned, and with what they are raised by a block's sum begins:
//! ```text
//! Q8_0    q + 128                                Σ (q + 128) · x − 128 · Σ x
//! Q4_0    16 · q of 0 to 15, zero point 8        Σ 16 · q · x − 128 · Σ x = 16 · Σ (q − 8) · x
//! Q5_0    8 · q of 0 to 31, zero point 16        the same with 8
//! ```
//! [`Columns::starts`] has −128 · Σ x for all of them; 16 and 8 come off the scales, exactly.
//!
//! The eight vectors of a block's weights stay in registers while all columns pass by, each with sums of
//! its own. Weights are asked for ahead of their turn: unpacking few bits fills the queue of instructions
//! before it reaches far enough into memory (measured on Zen 4: a column 6 % more for Q4_0, 10 % for Q5_0).
//! So do products that wait for each other: a single column has two sums a block (measured on a Xeon of 2024,
//! from memory: Q4_0 15.9 → 17.0 GB/s, Q8_0 14.9 → 16.3, of 17.1 that a plain loop reads).

use std::arch::x86_64::*;

use super::super::ahead;
use super::super::{Columns, Format, LINE, PANEL, Panel, Tile};

/// A block's weights: vector `v` holds values `4·v ..` of each row.
pub(super) type Weights = [__m512i; 8];

/// Loads a line.
///
/// # Safety
/// 64 bytes from `line` on are readable.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) unsafe fn load(line: *const u8) -> __m512i {
    // SAFETY: as the caller promises; no alignment is asked for.
    unsafe { _mm512_loadu_si512(line.cast()) }
}

/// Four activations, the same for all rows.
///
/// # Safety
/// Four bytes from `x` on are readable.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) unsafe fn broadcast(x: *const i8) -> __m512i {
    // SAFETY: as the caller promises; the read is unaligned.
    _mm512_set1_epi32(unsafe { x.cast::<i32>().read_unaligned() })
}

/// Sixteen half-precision numbers.
///
/// # Safety
/// 32 bytes from `halves` on are readable.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) unsafe fn halves(halves: *const u8) -> __m512 {
    // SAFETY: as the caller promises; no alignment is asked for.
    _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(halves.cast()) })
}

/// Sixteen weights of a column in single precision.
///
/// # Safety
/// A column of the format is readable.
type Column = unsafe fn(*const u8) -> __m512;

#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn single(at: *const u8) -> __m512 {
    // SAFETY: 64 bytes are readable, as the caller promises.
    unsafe { _mm512_loadu_ps(at.cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn upper_half(at: *const u8) -> __m512 {
    // SAFETY: 32 bytes are readable, as the caller promises.
    let halves = unsafe { _mm256_loadu_si256(at.cast()) };
    _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(halves)))
}

macro_rules! dense {
    ($name:ident, $inner:ident, $format:expr, $weights:ident) => {
        #[target_feature(enable = "avx512f")]
        pub fn $name(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
            columns.check(panel, $format);
            let mut first = 0;
            while first < columns.n_columns {
                // SAFETY: the lengths were checked, and as many columns as are asked for are left.
                unsafe {
                    let n = match columns.n_columns - first {
                        8.. => $inner::<8, 1>(panel, columns, first, out),
                        4.. => $inner::<4, 1>(panel, columns, first, out),
                        2.. => $inner::<2, 2>(panel, columns, first, out),
                        _ => $inner::<1, 4>(panel, columns, first, out),
                    };
                    first += n;
                }
            }
        }

        /// `C` columns from `first` on, with `S` sums each, as one would wait for itself. Answers `C`.
        ///
        /// # Safety
        /// The lengths were checked, and there are as many columns.
        #[target_feature(enable = "avx512f")]
        unsafe fn $inner<const C: usize, const S: usize>(
            panel: &Panel<'_>,
            columns: &Columns<'_>,
            first: usize,
            out: &mut Tile,
        ) -> usize {
            let _: Column = $weights;
            let n_values = columns.n_values;
            let mut sums = [[_mm512_setzero_ps(); S]; C];
            let mut at = panel.quants.as_ptr();
            // SAFETY: column `index` of the panel and of each of the `C` columns is there.
            unsafe {
                let x = columns.values.as_ptr().add(first * n_values);
                let mut add = |index: usize, place: usize| {
                    let weights = $weights(at);
                    at = at.add($format.quant_bytes());
                    for (column, sums) in sums.iter_mut().enumerate() {
                        let x = _mm512_set1_ps(*x.add(column * n_values + index));
                        sums[place] = _mm512_fmadd_ps(x, weights, sums[place]);
                    }
                };
                let n_whole = n_values / S * S;
                for index in (0..n_whole).step_by(S) {
                    for place in 0..S {
                        add(index + place, place);
                    }
                }
                for index in n_whole..n_values {
                    add(index, 0);
                }
            }
            for (sums, out) in sums.iter().zip(&mut out[first..]) {
                let sum = sums[1..].iter().fold(sums[0], |sum, part| _mm512_add_ps(sum, *part));
                // SAFETY: `out` is 16 floats.
                unsafe { _mm512_storeu_ps(out.as_mut_ptr(), sum) };
            }
            C
        }
    };
}

dense!(f32, f32_columns, Format::F32, single);
dense!(f16, f16_columns, Format::F16, halves);
dense!(bf16, bf16_columns, Format::BF16, upper_half);

/// Eight lines of signed bytes, raised by 128.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn eight_bits(lines: *const u8) -> Weights {
    let highest = _mm512_set1_epi8(-128);
    // SAFETY: as the caller promises.
    let line = |v: usize| _mm512_xor_si512(unsafe { load(lines.add(v * LINE)) }, highest);
    [line(0), line(1), line(2), line(3), line(4), line(5), line(6), line(7)]
}

/// Sixteen times the nibbles of four lines.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn four_bits(lines: *const u8) -> Weights {
    let upper = _mm512_set1_epi8(-16);
    // SAFETY: as the caller promises.
    let line = |l: usize| unsafe { load(lines.add(l * LINE)) };
    let low = |l: usize| _mm512_and_si512(_mm512_slli_epi16::<4>(line(l)), upper);
    let high = |l: usize| _mm512_and_si512(line(l), upper);
    [low(0), low(1), low(2), low(3), high(0), high(1), high(2), high(3)]
}

/// Eight times the nibbles of four lines with the fifth bits of another: bit `v` belongs to vector `v`.
///
/// # Safety
/// The lines are readable.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
unsafe fn five_bits(lines: *const u8) -> Weights {
    let (middle, highest) = (_mm512_set1_epi8(0x78), _mm512_set1_epi8(-128));
    // SAFETY: as the caller promises.
    let line = |l: usize| unsafe { load(lines.add(l * LINE)) };
    let fifths = line(4);
    let low = |l: usize| _mm512_and_si512(_mm512_slli_epi16::<3>(line(l)), middle);
    let high = |l: usize| _mm512_and_si512(_mm512_srli_epi16::<1>(line(l)), middle);
    // (bits & highest) | nibbles. What comes from a byte's neighbour is not at the highest place.
    let with = |nibbles, bits| _mm512_ternarylogic_epi32::<0xea>(bits, highest, nibbles);
    [
        with(low(0), _mm512_slli_epi16::<7>(fifths)),
        with(low(1), _mm512_slli_epi16::<6>(fifths)),
        with(low(2), _mm512_slli_epi16::<5>(fifths)),
        with(low(3), _mm512_slli_epi16::<4>(fifths)),
        with(high(0), _mm512_slli_epi16::<3>(fifths)),
        with(high(1), _mm512_slli_epi16::<2>(fifths)),
        with(high(2), _mm512_slli_epi16::<1>(fifths)),
        with(high(3), fifths),
    ]
}

/// A format with blocks of 32.
pub(super) trait Of32 {
    /// The format.
    const FORMAT: Format;
    /// What a weight's unsigned byte has to be multiplied with, exactly.
    const FACTOR: f32;
    /// Whether the zero point is 128 in the middle of all bytes; else a minimum is added.
    const IS_CENTRED: bool;

    /// Weights of a block.
    ///
    /// # Safety
    /// The block's lines are readable, and the processor has the extensions.
    unsafe fn weights(lines: *const u8) -> Weights;
}

macro_rules! of_32 {
    ($name:ident, $kernel:ident, $format:expr, $factor:expr, $is_centred:expr, $weights:ident) => {
        pub(super) struct $name;

        impl Of32 for $name {
            const FORMAT: Format = $format;
            const FACTOR: f32 = $factor;
            const IS_CENTRED: bool = $is_centred;

            #[target_feature(enable = "avx512f,avx512bw")]
            #[inline]
            unsafe fn weights(lines: *const u8) -> Weights {
                // SAFETY: as the caller promises.
                unsafe { $weights(lines) }
            }
        }

        #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
        pub fn $kernel(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
            columns.check(panel, $format);
            // SAFETY: the lengths were checked.
            unsafe { blocks_of_32::<$name>(panel, columns, out) }
        }
    };
}

of_32!(Q8_0, q8_0, Format::Q8_0, 1.0, true, eight_bits);
of_32!(Q4_0, q4_0, Format::Q4_0, 1.0 / 16.0, true, four_bits);
of_32!(Q5_0, q5_0, Format::Q5_0, 1.0 / 8.0, true, five_bits);
of_32!(Q5_1, q5_1, Format::Q5_1, 1.0 / 8.0, false, five_bits);

/// Most columns that pass by at once: of more, whose rows are 4 KiB or a multiple of it apart, some would
/// take each other's place in the first cache.
const EIGHT: usize = 8;

/// # Safety
/// The lengths were checked for the columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
unsafe fn blocks_of_32<F: Of32>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    for (eight, out) in out.chunks_mut(EIGHT).enumerate() {
        let first = eight * EIGHT;
        // SAFETY: as the caller promises, and as many columns as are asked for are left.
        unsafe {
            match columns.n_columns.saturating_sub(first) {
                0 => return,
                1 => columns_of_32::<F, 1>(panel, columns, first, out),
                2 => columns_of_32::<F, 2>(panel, columns, first, out),
                3 => columns_of_32::<F, 3>(panel, columns, first, out),
                4 => columns_of_32::<F, 4>(panel, columns, first, out),
                5 => columns_of_32::<F, 5>(panel, columns, first, out),
                6 => columns_of_32::<F, 6>(panel, columns, first, out),
                7 => columns_of_32::<F, 7>(panel, columns, first, out),
                _ => columns_of_32::<F, EIGHT>(panel, columns, first, out),
            }
        }
    }
}

/// `C` columns from `first` on.
///
/// # Safety
/// The lengths were checked for the columns, and there are as many.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn columns_of_32<F: Of32, const C: usize>(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    first: usize,
    out: &mut [[f32; PANEL]],
) {
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 32);
    let mut sums = [_mm512_setzero_ps(); C];
    for block in 0..n_blocks {
        // SAFETY: block `block` of the panel and of each column is there.
        unsafe {
            let lines = panel.quants.as_ptr().add(block * F::FORMAT.quant_bytes());
            ahead::block_of_32(lines, F::FORMAT);
            let weights = F::weights(lines);
            let scales = panel.scales.as_ptr().add(block * F::FORMAT.scale_bytes());
            let d = _mm512_mul_ps(halves(scales), _mm512_set1_ps(F::FACTOR));
            let minima = if F::IS_CENTRED { d } else { halves(scales.add(2 * PANEL)) };
            let x = columns.quants.as_ptr().add(first * n_values + 32 * block);
            let at = |column: usize| (first + column) * n_blocks + block;
            let mut products = [_mm512_setzero_si512(); C];
            if F::IS_CENTRED {
                for (column, product) in products.iter_mut().enumerate() {
                    *product = _mm512_set1_epi32(*columns.starts.as_ptr().add(at(column)));
                }
            }
            // Column by column a product would wait for the one before. A single column has two sums.
            let mut others = [_mm512_setzero_si512(); C];
            for (v, weights) in weights.iter().enumerate() {
                let sums = if C == 1 && v % 2 == 1 { &mut others } else { &mut products };
                for (column, product) in sums.iter_mut().enumerate() {
                    let x = broadcast(x.add(column * n_values + 4 * v));
                    *product = _mm512_dpbusd_epi32(*product, *weights, x);
                }
            }
            if C == 1 {
                products[0] = _mm512_add_epi32(products[0], others[0]);
            }
            for (column, (sum, product)) in sums.iter_mut().zip(products).enumerate() {
                let at = at(column);
                let scale = _mm512_set1_ps(*columns.scales.as_ptr().add(at));
                let scaled = _mm512_mul_ps(d, scale);
                *sum = _mm512_fmadd_ps(scaled, _mm512_cvtepi32_ps(product), *sum);
                if !F::IS_CENTRED {
                    let x_sum = _mm512_set1_ps(*columns.sums.as_ptr().add(at));
                    *sum = _mm512_fmadd_ps(minima, x_sum, *sum);
                }
            }
        }
    }
    for (sum, out) in sums.iter().zip(out) {
        // SAFETY: `out` is 16 floats.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), *sum) };
    }
}
