//! Products of a few panels with many columns, as in prefill: weights are unpacked once for all columns, and
//! what is loaded is multiplied several times.
//!
//! ```text
//! chunk     256 values of three panels → unsigned bytes and scales in single precision, in the first cache
//! tile      three panels × four columns: each of its four-byte loads of activations serves three panels, each
//!           line of weights four columns, and the twelve sums stay in registers for a scale's values
//! ```
//! A panel at a time takes a load of activations for every `vpdpbusd`, and unpacks weights for sixteen columns at
//! most. Processors that do two of both in a cycle then wait for loads as often as for products. Measured on a
//! Xeon of 2024, one thread, of the peak of its products, from the second cache and from memory:
//! ```text
//! Q8_0    45 → 52 %    28 → 49 %
//! Q4_0    43 → 55 %    38 → 53 %
//! Q4_K    39 → 49 %    36 → 49 %
//! ```
//! What remains is mostly the scaling of each sum, three instructions for eight products: without it the tile
//! reaches 82 %, with it 62 % where all lies in the first cache.

#![expect(clippy::needless_range_loop, reason = "tiles are walked by panel and column")]

use std::arch::x86_64::*;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::ahead::{Cache, lines as ask_for_lines};
use super::super::{
    Columns, Format, Gemm, LINE, MANY_COLUMNS, MANY_PANELS, PANEL, Panel, SCALE_LINES, Tiles,
    layout,
};
use super::k_blocks::{five_bits, four_bits, pair, quarters, signed, unsigned};
use super::products::{Of32, Q4_0, Q5_0, Q5_1, Q8_0, broadcast, halves, load};

/// The products.
pub(super) const GEMM: Gemm = Gemm {
    products: [
        None,
        None,
        None,
        Some(q8_0),
        Some(q4_0),
        Some(q5_0),
        Some(q5_1),
        Some(q4_k),
        Some(q5_k),
        Some(q6_k),
    ],
    fewest_columns: 12,
};

/// Values of a panel's row that are unpacked at a time: a block of 256, or eight of 32.
const CHUNK: usize = 256;
/// Columns of a tile.
const TILE: usize = 4;

/// A chunk of a panel, in lines.
#[repr(C, align(64))]
struct Chunk {
    /// `[values / 4][PANEL][4]`, unsigned.
    quants: [[u8; LINE]; CHUNK / 4],
    /// `[values / 16 or 32][PANEL]`, in single precision.
    scales: [[u8; LINE]; CHUNK / 16],
    /// `[values / 32][PANEL]`: numbers of Q5_1, of other formats pairs of 16-bit integers.
    minima: [[u8; LINE]; CHUNK / 32],
    /// What integers of a block of 256 are multiplied with, in single precision: of products, and of minima.
    factors: [[u8; LINE]; 2],
}

/// Chunks of all panels, of which those that were unpacked may be read.
type Chunks = [MaybeUninit<Chunk>; MANY_PANELS];

/// Writes line `index` of a part of a chunk.
///
/// # Safety
/// The part is there, has such a line, and begins with one.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn put<const N: usize>(part: *mut [[u8; LINE]; N], index: usize, line: __m512i) {
    // SAFETY: as the caller promises.
    unsafe { _mm512_store_si512(part.cast::<u8>().add(index * LINE).cast(), line) };
}

/// The same for numbers in single precision.
///
/// # Safety
/// As for [`put`].
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn put_numbers<const N: usize>(part: *mut [[u8; LINE]; N], index: usize, line: __m512) {
    // SAFETY: as the caller promises.
    unsafe { put(part, index, _mm512_castps_si512(line)) };
}

/// Line `index` of a part of a chunk.
///
/// # Safety
/// It was unpacked.
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn get<const N: usize>(part: *const [[u8; LINE]; N], index: usize) -> __m512i {
    // SAFETY: as the caller promises.
    unsafe { load(part.cast::<u8>().add(index * LINE)) }
}

/// The same for numbers in single precision.
///
/// # Safety
/// As for [`get`].
#[target_feature(enable = "avx512f")]
#[inline]
unsafe fn get_numbers<const N: usize>(part: *const [[u8; LINE]; N], index: usize) -> __m512 {
    // SAFETY: as the caller promises.
    _mm512_castsi512_ps(unsafe { get(part, index) })
}

/// A format whose chunks can be unpacked.
trait Unpack {
    /// The format.
    const FORMAT: Format;
    /// How its tiles are multiplied.
    const KIND: Kind;

    /// Unpacks blocks of a panel.
    ///
    /// # Safety
    /// The blocks are a chunk or less, and readable; there is room for a chunk.
    unsafe fn unpack(panel: &Panel<'_>, blocks: Range<usize>, out: *mut Chunk);
}

/// What the sums of a tile begin with, and how they are scaled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Blocks of 32 whose zero point is 128.
    Centred,
    /// Blocks of 32 with minima in single precision.
    WithMinima,
    /// Blocks of 256 with integer scales and minima of 32 values.
    Of32In256,
    /// Blocks of 256 with integer scales of 16 values and a zero point of 32.
    Of16In256,
}

impl<F: Of32> Unpack for F {
    const FORMAT: Format = F::FORMAT;
    const KIND: Kind = if F::IS_CENTRED { Kind::Centred } else { Kind::WithMinima };

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn unpack(panel: &Panel<'_>, blocks: Range<usize>, out: *mut Chunk) {
        for (index, block) in blocks.enumerate() {
            // SAFETY: as the caller promises.
            unsafe {
                let lines = panel.quants.as_ptr().add(block * F::FORMAT.quant_bytes());
                for (v, weights) in F::weights(lines).into_iter().enumerate() {
                    put(&raw mut (*out).quants, 8 * index + v, weights);
                }
                let scales = panel.scales.as_ptr().add(block * F::FORMAT.scale_bytes());
                let factor = _mm512_set1_ps(F::FACTOR);
                put_numbers(&raw mut (*out).scales, index, _mm512_mul_ps(halves(scales), factor));
                if !F::IS_CENTRED {
                    put_numbers(&raw mut (*out).minima, index, halves(scales.add(2 * PANEL)));
                }
            }
        }
    }
}

/// Q4_K, or Q5_K with its fifth bits.
struct Of32In256<const HAS_FIFTHS: bool>;

impl<const HAS_FIFTHS: bool> Unpack for Of32In256<HAS_FIFTHS> {
    const FORMAT: Format = if HAS_FIFTHS { Format::Q5_K } else { Format::Q4_K };
    const KIND: Kind = Kind::Of32In256;

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn unpack(panel: &Panel<'_>, blocks: Range<usize>, out: *mut Chunk) {
        for block in blocks {
            // SAFETY: as the caller promises.
            unsafe {
                let d = panel.quants.as_ptr().add(block * Self::FORMAT.quant_bytes());
                let lines = d.add(SCALE_LINES * LINE);
                for two in 0..4 {
                    let both = if HAS_FIFTHS {
                        let at = |line: usize| lines.add(line * LINE);
                        let fifths = at(layout::q5_k::fifths(2 * two));
                        five_bits(at(layout::q5_k::nibbles(two, 0)), fifths)
                    } else {
                        four_bits(lines.add(8 * two * LINE))
                    };
                    for (v, (low, high)) in both.0.into_iter().zip(both.1).enumerate() {
                        put(&raw mut (*out).quants, 16 * two + v, low);
                        put(&raw mut (*out).quants, 16 * two + 8 + v, high);
                    }
                }
                for sub in 0..8 {
                    put_numbers(
                        &raw mut (*out).scales,
                        sub,
                        _mm512_cvtepi32_ps(unsigned(d.add((4 + sub) * PANEL))),
                    );
                    let minimum = unsigned(d.add((12 + sub) * PANEL));
                    put(&raw mut (*out).minima, sub, pair(minimum, minimum));
                }
                put_numbers(&raw mut (*out).factors, 0, halves(d));
                put_numbers(&raw mut (*out).factors, 1, halves(d.add(2 * PANEL)));
            }
        }
    }
}

/// Q6_K.
struct Of16In256;

impl Unpack for Of16In256 {
    const FORMAT: Format = Format::Q6_K;
    const KIND: Kind = Kind::Of16In256;

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    unsafe fn unpack(panel: &Panel<'_>, blocks: Range<usize>, out: *mut Chunk) {
        for block in blocks {
            // SAFETY: as the caller promises.
            unsafe {
                let d = panel.quants.as_ptr().add(block * Self::FORMAT.quant_bytes());
                let lines = d.add(SCALE_LINES * LINE);
                for four in 0..4 {
                    let weights = quarters(lines.add(layout::q6_k::bits(4 * four) * LINE));
                    for (v, of_quarters) in weights.into_iter().enumerate() {
                        for (quarter, weights) in of_quarters.into_iter().enumerate() {
                            put(&raw mut (*out).quants, 16 * quarter + 4 * four + v, weights);
                        }
                    }
                }
                for two in 0..8 {
                    let at = d.add((2 + 2 * two) * PANEL);
                    let scales = [signed(at), signed(at.add(PANEL))];
                    put_numbers(&raw mut (*out).scales, 2 * two, _mm512_cvtepi32_ps(scales[0]));
                    put_numbers(&raw mut (*out).scales, 2 * two + 1, _mm512_cvtepi32_ps(scales[1]));
                    put(&raw mut (*out).minima, two, pair(scales[0], scales[1]));
                }
                put_numbers(&raw mut (*out).factors, 0, halves(d));
            }
        }
    }
}

macro_rules! gemm {
    ($name:ident, $format:ty) => {
        fn $name(panels: &[Panel<'_>], columns: &Columns<'_>, out: &mut Tiles) {
            assert!((1..=MANY_PANELS).contains(&panels.len()), "panels at once");
            for panel in panels {
                columns.check_at_most(MANY_COLUMNS, panel, <$format as Unpack>::FORMAT);
            }
            // SAFETY: the lengths were checked; only reached through `KERNELS`, which is handed out where
            // the extensions are there.
            unsafe { product::<$format>(panels, columns, out) }
        }
    };
}

gemm!(q8_0, Q8_0);
gemm!(q4_0, Q4_0);
gemm!(q5_0, Q5_0);
gemm!(q5_1, Q5_1);
gemm!(q4_k, Of32In256<false>);
gemm!(q5_k, Of32In256<true>);
gemm!(q6_k, Of16In256);

/// # Safety
/// The lengths were checked for the columns and panels.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn product<F: Unpack>(panels: &[Panel<'_>], columns: &Columns<'_>, out: &mut Tiles) {
    let block_values = F::FORMAT.block_values();
    let (n_blocks, at_once) = (columns.n_values / block_values, CHUNK / block_values);
    let mut chunks: Chunks = [const { MaybeUninit::uninit() }; MANY_PANELS];
    for tile in out.iter_mut().take(panels.len()) {
        tile[..columns.n_columns].fill([0.0; PANEL]);
    }
    for first in (0..n_blocks).step_by(at_once) {
        let blocks = first..n_blocks.min(first + at_once);
        // SAFETY: the blocks are there.
        unsafe {
            for (panel, chunk) in panels.iter().zip(&mut chunks) {
                F::unpack(panel, blocks.clone(), chunk.as_mut_ptr());
            }
            let chunks = chunks.as_ptr().cast::<Chunk>();
            match panels {
                [a, b, c] => by_tiles::<F, 3>(chunks, [a, b, c], blocks, columns, out),
                [a, b] => by_tiles::<F, 2>(chunks, [a, b], blocks, columns, out),
                [a, ..] => by_tiles::<F, 1>(chunks, [a], blocks, columns, out),
                [] => {}
            }
        }
    }
}

/// Chunks of `R` panels times all columns, a tile at a time. With each tile a part of what is unpacked next is
/// asked for: more at once would wait for each other.
///
/// # Safety
/// The blocks of `R` panels were unpacked, and there are as many in the columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
unsafe fn by_tiles<F: Unpack, const R: usize>(
    chunks: *const Chunk,
    panels: [&Panel<'_>; R],
    blocks: Range<usize>,
    columns: &Columns<'_>,
    out: &mut Tiles,
) {
    let n_blocks = columns.n_values / F::FORMAT.block_values();
    let n_bytes = F::FORMAT.quant_bytes();
    // Behind the last chunk of these panels the first one of the next panels.
    let next = if blocks.end < n_blocks { blocks.end } else { R * n_blocks };
    let n_lines = blocks.len() * n_bytes / LINE;
    let lines_a_tile = n_lines.div_ceil(columns.n_columns.div_ceil(TILE));
    let mut lines = (0..n_lines).step_by(lines_a_tile);
    let mut first = 0;
    while first < columns.n_columns {
        if let Some(line) = lines.next() {
            for panel in panels {
                let at = panel.quants.as_ptr().wrapping_add(next * n_bytes + line * LINE);
                ask_for_lines(at, lines_a_tile, Cache::Second);
            }
        }
        // SAFETY: as the caller promises; as many columns as are asked for are left.
        first += unsafe {
            match columns.n_columns - first {
                TILE.. => tile::<F, R, TILE>(chunks, blocks.clone(), columns, first, out),
                _ => tile::<F, R, 1>(chunks, blocks.clone(), columns, first, out),
            }
        };
    }
}

/// `C` columns from `first` on. Answers `C`.
///
/// # Safety
/// As for [`by_tiles`], and there are as many columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
unsafe fn tile<F: Unpack, const R: usize, const C: usize>(
    chunks: *const Chunk,
    blocks: Range<usize>,
    columns: &Columns<'_>,
    first: usize,
    out: &mut Tiles,
) -> usize {
    // SAFETY: as the caller promises.
    unsafe {
        match F::KIND {
            Kind::Centred => of_32::<false, R, C>(chunks, blocks, columns, first, out),
            Kind::WithMinima => of_32::<true, R, C>(chunks, blocks, columns, first, out),
            Kind::Of32In256 => of_256::<8, R, C>(chunks, blocks.start, columns, first, out),
            Kind::Of16In256 => of_256::<4, R, C>(chunks, blocks.start, columns, first, out),
        }
    }
    C
}

/// Adds the products of `N` lines of `R` panels, from line `first` of their chunks on, with `C` columns; `x` are the
/// activations of a chunk.
///
/// # Safety
/// The lines and activations are there.
#[target_feature(enable = "avx512f,avx512vnni")]
#[inline]
unsafe fn add_lines<const N: usize, const R: usize, const C: usize>(
    products: &mut [[__m512i; C]; R],
    chunks: *const Chunk,
    first: usize,
    x: *const i8,
    n_values: usize,
) {
    for line in first..first + N {
        // SAFETY: as the caller promises.
        unsafe {
            let weights: [__m512i; R] =
                std::array::from_fn(|panel| get(&raw const (*chunks.add(panel)).quants, line));
            for column in 0..C {
                let x = broadcast(x.add(column * n_values + 4 * line));
                for panel in 0..R {
                    products[panel][column] =
                        _mm512_dpbusd_epi32(products[panel][column], weights[panel], x);
                }
            }
        }
    }
}

/// A tile of blocks of 32: `C` columns from `first` on.
///
/// # Safety
/// The blocks of `R` panels were unpacked, and there are as many columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn of_32<const HAS_MINIMA: bool, const R: usize, const C: usize>(
    chunks: *const Chunk,
    blocks: Range<usize>,
    columns: &Columns<'_>,
    first: usize,
    out: &mut Tiles,
) {
    let n_blocks = columns.n_values / 32;
    let out = tile_of(out, first);
    // SAFETY: as the caller promises.
    unsafe {
        let mut sums = [[_mm512_setzero_ps(); C]; R];
        for panel in 0..R {
            for column in 0..C {
                sums[panel][column] = _mm512_loadu_ps(out.add(place(panel, column)));
            }
        }
        for (index, block) in blocks.enumerate() {
            let at = |column: usize| (first + column) * n_blocks + block;
            let mut products = [[_mm512_setzero_si512(); C]; R];
            if !HAS_MINIMA {
                for column in 0..C {
                    let start = _mm512_set1_epi32(*columns.starts.as_ptr().add(at(column)));
                    for panel in 0..R {
                        products[panel][column] = start;
                    }
                }
            }
            // The activations of line 0 of the chunk.
            let x = columns.quants.as_ptr().add(first * columns.n_values + 32 * (block - index));
            add_lines::<8, R, C>(&mut products, chunks, 8 * index, x, columns.n_values);
            for column in 0..C {
                let scale = _mm512_set1_ps(*columns.scales.as_ptr().add(at(column)));
                for panel in 0..R {
                    let scaled = _mm512_mul_ps(
                        get_numbers(&raw const (*chunks.add(panel)).scales, index),
                        scale,
                    );
                    let product = _mm512_cvtepi32_ps(products[panel][column]);
                    sums[panel][column] = _mm512_fmadd_ps(scaled, product, sums[panel][column]);
                }
                if HAS_MINIMA {
                    let x_sum = _mm512_set1_ps(*columns.sums.as_ptr().add(at(column)));
                    for panel in 0..R {
                        let minima = get_numbers(&raw const (*chunks.add(panel)).minima, index);
                        sums[panel][column] = _mm512_fmadd_ps(minima, x_sum, sums[panel][column]);
                    }
                }
            }
        }
        for panel in 0..R {
            for column in 0..C {
                _mm512_storeu_ps(out.add(place(panel, column)), sums[panel][column]);
            }
        }
    }
}

/// The first row of column `first` of the first panel.
fn tile_of(out: &mut Tiles, first: usize) -> *mut f32 {
    assert!(first < MANY_COLUMNS, "columns of a product");
    out.as_mut_ptr().cast::<f32>().wrapping_add(place(0, first))
}

/// Where the rows of a column of a panel begin.
const fn place(panel: usize, column: usize) -> usize {
    (panel * MANY_COLUMNS + column) * PANEL
}

/// A tile of a block of 256 with `LINES` lines a scale: `C` columns from `first` on.
///
/// Integers are scaled and added up in single precision, which is exact below 2²⁴.
///
/// # Safety
/// The block of `R` panels was unpacked, and there are as many columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn of_256<const LINES: usize, const R: usize, const C: usize>(
    chunks: *const Chunk,
    block: usize,
    columns: &Columns<'_>,
    first: usize,
    out: &mut Tiles,
) {
    let (n_values, n_blocks) = (columns.n_values, columns.n_values / 256);
    let out = tile_of(out, first);
    let mut integers = [[_mm512_setzero_ps(); C]; R];
    // SAFETY: as the caller promises.
    unsafe {
        let x = columns.quants.as_ptr().add(first * n_values + 256 * block);
        for sub in 0..CHUNK / 4 / LINES {
            let mut products = [[_mm512_setzero_si512(); C]; R];
            add_lines::<LINES, R, C>(&mut products, chunks, sub * LINES, x, n_values);
            for panel in 0..R {
                let scales = get_numbers(&raw const (*chunks.add(panel)).scales, sub);
                for column in 0..C {
                    let product = _mm512_cvtepi32_ps(products[panel][column]);
                    integers[panel][column] =
                        _mm512_fmadd_ps(scales, product, integers[panel][column]);
                }
            }
        }
        let x_sums = columns.sums_of_16.as_ptr().add((first * n_values + 256 * block) / 16);
        let mut offsets = [[_mm512_setzero_si512(); C]; R];
        for two in 0..8 {
            let minima: [__m512i; R] =
                std::array::from_fn(|panel| get(&raw const (*chunks.add(panel)).minima, two));
            for column in 0..C {
                let x = broadcast(x_sums.add(column * n_values / 16 + 2 * two).cast());
                for panel in 0..R {
                    offsets[panel][column] =
                        _mm512_dpwssd_epi32(offsets[panel][column], minima[panel], x);
                }
            }
        }
        for column in 0..C {
            let scale = columns.scales.as_ptr().add((first + column) * n_blocks + block);
            let scale = _mm512_set1_ps(*scale);
            for panel in 0..R {
                let out = out.add(place(panel, column));
                let (integers, offsets) = (integers[panel][column], offsets[panel][column]);
                let (d, sum) =
                    (get_numbers(&raw const (*chunks.add(panel)).factors, 0), _mm512_loadu_ps(out));
                let sum = if LINES == 4 {
                    let offsets = _mm512_cvtepi32_ps(_mm512_slli_epi32::<5>(offsets));
                    let scaled = _mm512_mul_ps(_mm512_sub_ps(integers, offsets), scale);
                    _mm512_fmadd_ps(d, scaled, sum)
                } else {
                    let sum = _mm512_fmadd_ps(d, _mm512_mul_ps(integers, scale), sum);
                    let scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(offsets), scale);
                    _mm512_fnmadd_ps(
                        get_numbers(&raw const (*chunks.add(panel)).factors, 1),
                        scaled,
                        sum,
                    )
                };
                _mm512_storeu_ps(out, sum);
            }
        }
    }
}
