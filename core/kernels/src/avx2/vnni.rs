//! The set for processors with AVX-VNNI, but without 512-bit vectors (laptops since Alder Lake): that for
//! AVX2 with other products of rounded activations.
//!
//! `vpdpbusd` multiplies unsigned bytes with signed ones and adds four products to a 32-bit sum, which
//! takes AVX2 three instructions. As in `avx512`, bytes of blocks of 32 are raised to unsigned ones, and
//! sums begin with what takes that off. Sixteen registers have room for the weights of half a panel's
//! rows, so both halves of a block are taken one after the other. With few columns AVX2's sums of 16 bits
//! are faster for most weights of few bits (measured on Zen 4), and are used.
//!
//! The instruction comes in two encodings. Kernels are compiled for that of AVX-VNNI, and for tests for that
//! of AVX-512, too, on the same vectors: so everything but the encoding is tested on processors that
//! have only the latter.

use std::arch::x86_64::*;

use super::super::{Format, LINE, layout};
use super::k_blocks::{broadcast_sums, unsigned_pairs};
use super::products::{load, nibbles};

/// A block's weights of eight rows: vector `v` holds values `4·v ..` of each.
type Weights = [__m256i; 8];

/// Most columns of Q4_K for which the product for AVX2 is faster.
const FEW_OF_Q4_K: usize = 2;

/// A format with blocks of 32.
trait Of32 {
    /// The format.
    const FORMAT: Format;
    /// What a weight's unsigned byte has to be multiplied with, exactly.
    const FACTOR: f32;
    /// Whether the zero point is 128 in the middle of all bytes; else a minimum is added.
    const IS_CENTRED: bool;
    /// Most columns for which the product for AVX2 is faster.
    const FEW: usize;

    /// Weights of a block, of the rows whose halves of lines begin at `lines`.
    ///
    /// # Safety
    /// These halves of the block's lines are readable, and the processor has AVX2.
    unsafe fn weights(lines: *const u8) -> Weights;
}

macro_rules! of_32 {
    ($name:ident, $format:expr, $factor:expr, $is_centred:expr, $few:expr, $weights:ident) => {
        struct $name;

        impl Of32 for $name {
            const FORMAT: Format = $format;
            const FACTOR: f32 = $factor;
            const IS_CENTRED: bool = $is_centred;
            const FEW: usize = $few;

            #[target_feature(enable = "avx2")]
            #[inline]
            unsafe fn weights(lines: *const u8) -> Weights {
                // SAFETY: as the caller promises.
                unsafe { $weights(lines) }
            }
        }
    };
}

of_32!(Q8_0, Format::Q8_0, 1.0, true, 0, eight_bits);
of_32!(Q4_0, Format::Q4_0, 1.0 / 16.0, true, 2, four_bits);
of_32!(Q5_0, Format::Q5_0, 1.0 / 8.0, true, 4, upper_five_bits);
of_32!(Q5_1, Format::Q5_1, 1.0 / 8.0, false, 4, upper_five_bits);

/// Signed bytes, raised by 128.
///
/// # Safety
/// Halves of eight lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn eight_bits(lines: *const u8) -> Weights {
    let highest = _mm256_set1_epi8(-128);
    // SAFETY: as the caller promises.
    let line = |v: usize| _mm256_xor_si256(unsafe { load(lines.add(v * LINE)) }, highest);
    [line(0), line(1), line(2), line(3), line(4), line(5), line(6), line(7)]
}

/// Sixteen times the nibbles.
///
/// # Safety
/// Halves of four lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn four_bits(lines: *const u8) -> Weights {
    let upper = _mm256_set1_epi8(-16);
    // SAFETY: as the caller promises.
    let line = |l: usize| unsafe { load(lines.add(l * LINE)) };
    let low = |l: usize| _mm256_and_si256(_mm256_slli_epi16::<4>(line(l)), upper);
    let high = |l: usize| _mm256_and_si256(line(l), upper);
    [low(0), low(1), low(2), low(3), high(0), high(1), high(2), high(3)]
}

/// Eight times the nibbles of four lines with the fifth bits of another: bit `v` belongs to vector `v`.
///
/// # Safety
/// Halves of five lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn upper_five_bits(lines: *const u8) -> Weights {
    let (middle, highest) = (_mm256_set1_epi8(0x78), _mm256_set1_epi8(-128));
    // SAFETY: as the caller promises.
    let line = |l: usize| unsafe { load(lines.add(l * LINE)) };
    let fifths = line(4);
    let low = |l: usize| _mm256_and_si256(_mm256_slli_epi16::<3>(line(l)), middle);
    let high = |l: usize| _mm256_and_si256(_mm256_srli_epi16::<1>(line(l)), middle);
    // What comes from a byte's neighbour is not at the highest place.
    let with = |nibbles, bits| _mm256_or_si256(nibbles, _mm256_and_si256(bits, highest));
    [
        with(low(0), _mm256_slli_epi16::<7>(fifths)),
        with(low(1), _mm256_slli_epi16::<6>(fifths)),
        with(low(2), _mm256_slli_epi16::<5>(fifths)),
        with(low(3), _mm256_slli_epi16::<4>(fifths)),
        with(high(0), _mm256_slli_epi16::<3>(fifths)),
        with(high(1), _mm256_slli_epi16::<2>(fifths)),
        with(high(2), _mm256_slli_epi16::<1>(fifths)),
        with(high(3), fifths),
    ]
}

/// A sub-block of 32 of Q4_K, or of Q5_K with its fifth bits: nibbles of eight lines.
///
/// # Safety
/// Halves of the lines, and of that of fifth bits if it has some, are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn sub_block<const HIGH: bool, const HAS_FIFTHS: bool>(
    lines: *const u8,
    fifths: *const u8,
) -> Weights {
    // SAFETY: as the caller promises.
    let weights = [0, 1, 2, 3, 4, 5, 6, 7]
        .map(|v: usize| nibbles::<HIGH>(unsafe { load(lines.add(v * LINE)) }));
    if !HAS_FIFTHS {
        return weights;
    }
    // SAFETY: as the caller promises.
    let fifths = unsafe { load(fifths) };
    let sixteen = _mm256_set1_epi8(16);
    // What comes from a byte's neighbour is not at the place of 16.
    let with = |v: usize, bits| _mm256_or_si256(weights[v], _mm256_and_si256(bits, sixteen));
    [
        with(0, _mm256_slli_epi16::<4>(fifths)),
        with(1, _mm256_slli_epi16::<3>(fifths)),
        with(2, _mm256_slli_epi16::<2>(fifths)),
        with(3, _mm256_slli_epi16::<1>(fifths)),
        with(4, fifths),
        with(5, _mm256_srli_epi16::<1>(fifths)),
        with(6, _mm256_srli_epi16::<2>(fifths)),
        with(7, _mm256_srli_epi16::<3>(fifths)),
    ]
}

/// Four lines' part of each quarter of a block of Q6_K, 6 bits a value, from where their first line lies.
///
/// # Safety
/// Halves of the twelve lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn quarters(lines: *const u8) -> [[__m256i; 4]; 4] {
    // SAFETY: as the caller promises.
    let line = |v: usize| unsafe { six_bits(lines.add(layout::q6_k::bits(v) * LINE)) };
    let (a, b, c, d) = (line(0), line(1), line(2), line(3));
    [0, 1, 2, 3].map(|quarter: usize| [a[quarter], b[quarter], c[quarter], d[quarter]])
}

/// Four values of each quarter of a block, from the line of their upper bits and the two of nibbles behind it.
///
/// # Safety
/// Halves of the lines are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn six_bits(lines: *const u8) -> [__m256i; 4] {
    // SAFETY: as the caller promises.
    let (bits, first, second) =
        unsafe { (load(lines), load(lines.add(LINE)), load(lines.add(2 * LINE))) };
    let places = _mm256_set1_epi8(48);
    let with = |nibbles, bits| _mm256_or_si256(nibbles, _mm256_and_si256(bits, places));
    [
        with(nibbles::<false>(first), _mm256_slli_epi16::<4>(bits)),
        with(nibbles::<false>(second), _mm256_slli_epi16::<2>(bits)),
        with(nibbles::<true>(first), bits),
        with(nibbles::<true>(second), _mm256_srli_epi16::<2>(bits)),
    ]
}

/// Eight unsigned bytes, a 32-bit number a row.
///
/// # Safety
/// Eight bytes are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn unsigned(bytes: *const u8) -> __m256i {
    // SAFETY: as the caller promises.
    _mm256_cvtepu8_epi32(unsafe { _mm_loadl_epi64(bytes.cast()) })
}

/// The same for signed bytes.
///
/// # Safety
/// Eight bytes are readable.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn signed(bytes: *const u8) -> __m256i {
    // SAFETY: as the caller promises.
    _mm256_cvtepi8_epi32(unsafe { _mm_loadl_epi64(bytes.cast()) })
}

/// Two rows' worth of signed bytes as pairs of 16-bit numbers, a pair a row.
///
/// # Safety
/// Eight bytes are readable at both.
#[target_feature(enable = "avx2")]
#[inline]
unsafe fn pair_of_signed(first: *const u8, second: *const u8) -> __m256i {
    // SAFETY: as the caller promises.
    let (first, second) = unsafe { (signed(first), signed(second)) };
    _mm256_blend_epi16::<0b1010_1010>(first, _mm256_slli_epi32::<16>(second))
}

/// Calls the instance of a kernel for the number of columns, eight at a time.
macro_rules! by_eight {
    ($kernel:ident[$($parameter:tt)*], $panel:expr, $columns:expr, $out:expr) => {
        for first in (0..$columns.n_columns).step_by(8) {
            let out = &mut $out[first..];
            match $columns.n_columns - first {
                1 => $kernel::<$($parameter)* 1>($panel, $columns, first, out),
                2 => $kernel::<$($parameter)* 2>($panel, $columns, first, out),
                3 => $kernel::<$($parameter)* 3>($panel, $columns, first, out),
                4 => $kernel::<$($parameter)* 4>($panel, $columns, first, out),
                5 => $kernel::<$($parameter)* 5>($panel, $columns, first, out),
                6 => $kernel::<$($parameter)* 6>($panel, $columns, first, out),
                7 => $kernel::<$($parameter)* 7>($panel, $columns, first, out),
                _ => $kernel::<$($parameter)* 8>($panel, $columns, first, out),
            }
        }
    };
}

/// The set whose products are compiled for some extensions, with their instruction for products of bytes.
macro_rules! set {
    ($set:literal, [$($extension:tt),*], $extensions:literal, $dot:ident) => {
        use std::arch::x86_64::*;

        use super::super::super::ahead;
        use super::super::super::{
            Columns, Format, Kernels, LINE, PANEL, Panel, SCALE_LINES, Tile, layout,
        };
        use super::super::products::{broadcast, halves, store};
        use super::super::{self as avx2, entries};
        use super::*;

        /// Whether this processor has what the set is compiled for.
        pub fn is_available() -> bool {
            avx2::is_available() $(&& is_x86_feature_detected!($extension))*
        }

        entries! {
            q8_0 = of_32::<Q8_0>, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
            q4_0 = of_32::<Q4_0>, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
            q5_0 = of_32::<Q5_0>, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
            q5_1 = of_32::<Q5_1>, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
            q4_k = sub_blocks_of_32::<false>,
                (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
            q5_k = sub_blocks_of_32::<true>,
                (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
            q6_k = sub_blocks_of_16, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
        }

        /// The set.
        pub static KERNELS: Kernels = {
            let [f32, f16, bf16, ..] = avx2::KERNELS.products;
            let products = [f32, f16, bf16, q8_0, q4_0, q5_0, q5_1, q4_k, q5_k, q6_k];
            Kernels { name: $set, products, ..avx2::KERNELS }
        };

        #[target_feature(enable = $extensions)]
        fn of_32<F: Of32>(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
            if columns.n_columns <= F::FEW {
                return avx2::KERNELS.product(F::FORMAT)(panel, columns, out);
            }
            columns.check(panel, F::FORMAT);
            // SAFETY: the lengths were checked, and as many columns as are asked for are left.
            unsafe {
                by_eight!(columns_of_32[F,], panel, columns, out);
            }
        }

        #[target_feature(enable = $extensions)]
        fn sub_blocks_of_32<const HAS_FIFTHS: bool>(
            panel: &Panel<'_>,
            columns: &Columns<'_>,
            out: &mut Tile,
        ) {
            if !HAS_FIFTHS && columns.n_columns <= FEW_OF_Q4_K {
                return avx2::KERNELS.product(Format::Q4_K)(panel, columns, out);
            }
            columns.check(panel, if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K });
            // SAFETY: the lengths were checked, and as many columns as are asked for are left.
            unsafe {
                by_eight!(columns_of_256[HAS_FIFTHS,], panel, columns, out);
            }
        }

        #[target_feature(enable = $extensions)]
        fn sub_blocks_of_16(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
            columns.check(panel, Format::Q6_K);
            // SAFETY: the lengths were checked, and as many columns as are asked for are left.
            unsafe {
                by_eight!(columns_of_six_bits[], panel, columns, out);
            }
        }

        /// Adds products of eight rows' weights with four times as many activations from `x` on.
        ///
        /// # Safety
        /// The activations are readable.
        #[target_feature(enable = $extensions)]
        #[inline]
        unsafe fn add(mut sum: __m256i, weights: &[__m256i], x: *const i8) -> __m256i {
            for (v, weights) in weights.iter().enumerate() {
                // SAFETY: as the caller promises.
                sum = $dot(sum, *weights, unsafe { broadcast(x.add(4 * v)) });
            }
            sum
        }

        /// `C` columns from `first` on.
        ///
        /// # Safety
        /// The lengths were checked for the columns, and there are as many.
        #[target_feature(enable = $extensions)]
        unsafe fn columns_of_32<F: Of32, const C: usize>(
            panel: &Panel<'_>,
            columns: &Columns<'_>,
            first: usize,
            out: &mut [[f32; PANEL]],
        ) {
            let (n_values, n_blocks) = (columns.n_values, columns.n_values / 32);
            let mut sums = [[_mm256_setzero_ps(); 2]; C];
            for (block, half) in (0..n_blocks).flat_map(|block| [(block, 0), (block, 1)]) {
                // SAFETY: block `block` of the panel and of each column is there.
                unsafe {
                    let lines = panel.quants.as_ptr().add(block * F::FORMAT.quant_bytes());
                    if half == 0 {
                        ahead::block_of_32(lines, F::FORMAT);
                    }
                    let weights = F::weights(lines.add(half * LINE / 2));
                    let scales = panel.scales.as_ptr().add(block * F::FORMAT.scale_bytes());
                    let scales = scales.add(half * PANEL);
                    let d = _mm256_mul_ps(halves(scales), _mm256_set1_ps(F::FACTOR));
                    let minima = if F::IS_CENTRED { d } else { halves(scales.add(2 * PANEL)) };
                    for (column, sums) in sums.iter_mut().enumerate() {
                        let x = columns.quants.as_ptr().add((first + column) * n_values);
                        let at = (first + column) * n_blocks + block;
                        let start = match F::IS_CENTRED {
                            true => _mm256_set1_epi32(*columns.starts.as_ptr().add(at)),
                            false => _mm256_setzero_si256(),
                        };
                        let product = add(start, &weights, x.add(32 * block));
                        let scale = _mm256_set1_ps(*columns.scales.as_ptr().add(at));
                        let product = _mm256_cvtepi32_ps(product);
                        let sum = &mut sums[half];
                        *sum = _mm256_fmadd_ps(_mm256_mul_ps(d, scale), product, *sum);
                        if !F::IS_CENTRED {
                            let x_sum = _mm256_set1_ps(*columns.sums.as_ptr().add(at));
                            *sum = _mm256_fmadd_ps(minima, x_sum, *sum);
                        }
                    }
                }
            }
            store(&sums, out);
        }

        /// `C` columns from `first` on, of Q4_K, or of Q5_K with its fifth bits.
        ///
        /// # Safety
        /// The lengths were checked for the columns, and there are as many.
        #[target_feature(enable = $extensions)]
        unsafe fn columns_of_256<const HAS_FIFTHS: bool, const C: usize>(
            panel: &Panel<'_>,
            columns: &Columns<'_>,
            first: usize,
            out: &mut [[f32; PANEL]],
        ) {
            let format = if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K };
            let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
            let mut sums = [[_mm256_setzero_ps(); 2]; C];
            for (block, half) in (0..n_blocks).flat_map(|block| [(block, 0), (block, 1)]) {
                // SAFETY: block `block` of the panel and of each column is there.
                unsafe {
                    let d = panel.quants.as_ptr().add(block * format.quant_bytes());
                    let lines = d.add(SCALE_LINES * LINE + half * LINE / 2);
                    let of_sub = |sub: usize| d.add(sub * PANEL + 8 * half);
                    let mut products = [_mm256_setzero_si256(); C];
                    for sub in 0..8 {
                        if sub % 4 == 0 {
                            ahead::quarter(d, format, 2 * half + sub / 4);
                        }
                        let nibbles = lines.add(LINE * match HAS_FIFTHS {
                            true => layout::q5_k::nibbles(sub / 2, 0),
                            false => sub / 2 * 8,
                        });
                        // Without fifth bits nothing is read from there.
                        let fifths = lines.wrapping_add(layout::q5_k::fifths(sub) * LINE);
                        let weights = match sub % 2 {
                            0 => sub_block::<false, HAS_FIFTHS>(nibbles, fifths),
                            _ => sub_block::<true, HAS_FIFTHS>(nibbles, fifths),
                        };
                        let scales = unsigned(of_sub(4 + sub));
                        for (column, product) in products.iter_mut().enumerate() {
                            let x = columns.quants.as_ptr().add((first + column) * n_values);
                            let x = x.add(256 * block + 32 * sub);
                            let sum = add(_mm256_setzero_si256(), &weights, x);
                            *product = _mm256_add_epi32(*product, _mm256_mullo_epi32(sum, scales));
                        }
                    }
                    let of_half = |at: *const u8| halves(at.add(half * PANEL));
                    let (d, d_min) = (of_half(d), of_half(d.add(2 * PANEL)));
                    for (column, (sums, product)) in sums.iter_mut().zip(products).enumerate() {
                        let x_sums = columns.sums_of_16.as_ptr();
                        let x_sums = x_sums.add((first + column) * n_values / 16 + 16 * block);
                        let mut offset = _mm256_setzero_si256();
                        for sub in 0..8 {
                            let minima = unsigned_pairs(of_sub(12 + sub));
                            let x = broadcast_sums(x_sums.add(2 * sub));
                            offset = _mm256_add_epi32(offset, _mm256_madd_epi16(minima, x));
                        }
                        let at = (first + column) * n_blocks + block;
                        let scale = _mm256_set1_ps(*columns.scales.as_ptr().add(at));
                        let product = _mm256_mul_ps(_mm256_cvtepi32_ps(product), scale);
                        let offset = _mm256_mul_ps(_mm256_cvtepi32_ps(offset), scale);
                        let sum = _mm256_fmadd_ps(d, product, sums[half]);
                        sums[half] = _mm256_fnmadd_ps(d_min, offset, sum);
                    }
                }
            }
            store(&sums, out);
        }

        /// `C` columns from `first` on, of Q6_K.
        ///
        /// # Safety
        /// The lengths were checked for the columns, and there are as many.
        #[target_feature(enable = $extensions)]
        unsafe fn columns_of_six_bits<const C: usize>(
            panel: &Panel<'_>,
            columns: &Columns<'_>,
            first: usize,
            out: &mut [[f32; PANEL]],
        ) {
            let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
            let mut sums = [[_mm256_setzero_ps(); 2]; C];
            for (block, half) in (0..n_blocks).flat_map(|block| [(block, 0), (block, 1)]) {
                // SAFETY: block `block` of the panel and of each column is there.
                unsafe {
                    let d = panel.quants.as_ptr().add(block * Format::Q6_K.quant_bytes());
                    let lines = d.add(SCALE_LINES * LINE + half * LINE / 2);
                    let of_sub = |sub: usize| d.add((2 + sub) * PANEL + 8 * half);
                    let mut products = [_mm256_setzero_si256(); C];
                    for four in 0..4 {
                        if C > 1 && four % 2 == 0 {
                            ahead::quarter(d, Format::Q6_K, 2 * half + four / 2);
                        }
                        // Sub-block `four` of each quarter of 64 values.
                        let weights = quarters(lines.add(layout::q6_k::bits(4 * four) * LINE));
                        for (quarter, weights) in weights.iter().enumerate() {
                            let scales = signed(of_sub(4 * quarter + four));
                            for (column, product) in products.iter_mut().enumerate() {
                                let x = columns.quants.as_ptr().add((first + column) * n_values);
                                let x = x.add(256 * block + 64 * quarter + 16 * four);
                                let sum = add(_mm256_setzero_si256(), weights, x);
                                let scaled = _mm256_mullo_epi32(sum, scales);
                                *product = _mm256_add_epi32(*product, scaled);
                            }
                        }
                    }
                    let d = halves(d.add(half * PANEL));
                    for (column, (sums, product)) in sums.iter_mut().zip(products).enumerate() {
                        let x_sums = columns.sums_of_16.as_ptr();
                        let x_sums = x_sums.add((first + column) * n_values / 16 + 16 * block);
                        let mut offset = _mm256_setzero_si256();
                        for two in 0..8 {
                            let scales = pair_of_signed(of_sub(2 * two), of_sub(2 * two + 1));
                            let x = broadcast_sums(x_sums.add(2 * two));
                            offset = _mm256_add_epi32(offset, _mm256_madd_epi16(scales, x));
                        }
                        let integers = _mm256_sub_epi32(product, _mm256_slli_epi32::<5>(offset));
                        let at = (first + column) * n_blocks + block;
                        let scale = _mm256_set1_ps(*columns.scales.as_ptr().add(at));
                        let scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(integers), scale);
                        sums[half] = _mm256_fmadd_ps(d, scaled, sums[half]);
                    }
                }
            }
            store(&sums, out);
        }
    };
}

/// The set.
pub mod vex {
    set!("avxvnni", ["avxvnni"], "avx2,fma,f16c,avxvnni", _mm256_dpbusd_avx_epi32);
}

/// The same in the encoding of AVX-512.
#[cfg(test)]
pub mod evex {
    set!(
        "avxvnni in the encoding of AVX-512",
        ["avx512vl", "avx512vnni"],
        "avx2,fma,f16c,avx512vl,avx512vnni",
        _mm256_dpbusd_epi32
    );
}
