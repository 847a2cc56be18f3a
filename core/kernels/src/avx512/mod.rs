//! Kernels for x86-64 processors with AVX-512 and its products of bytes, VNNI (Ice Lake of 2019, Zen 4
//! of 2022 and later).
//!
//! As in the set for AVX2, functions of the table are thin plain ones around those that are compiled for
//! the extensions. What is not faster with wider vectors is taken from that set.

mod attention;
mod exponential;
mod gemm;
mod k_blocks;
mod k_column;
mod pairs;
mod products;
mod rows;

use super::{
    Blocks, ByteRows, Columns, InIntegers, Kernels, OfBytes, OfHalf, Pairs, Panel, Quantised,
    ShortRows, Softmax, Tile, avx2,
};

/// Whether this processor has what the set is compiled for.
pub fn is_available() -> bool {
    avx2::is_available()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vnni")
}

avx2::entries! {
    f32 = products::f32, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    f16 = products::f16, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    bf16 = products::bf16, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q8_0 = products::q8_0, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q4_0 = products::q4_0, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q5_0 = products::q5_0, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q5_1 = products::q5_1, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q4_k = k_blocks::q4_k, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q5_k = k_blocks::q5_k, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    q6_k = k_blocks::q6_k, (panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile);
    quantise = rows::quantise, (row: &[f32], blocks: Blocks, out: &mut Quantised<'_>);
    rms_norm = rows::rms_norm, (row: &mut [f32], weight: &[f32], epsilon: f32);
    silu_gate = rows::silu_gate, (gate: &mut [f32], up: &[f32]);
    gelu_gate = rows::gelu_gate, (gate: &mut [f32], up: &[f32]);
    from_half = rows::from_half, (halves: &[u16], out: &mut [f32]);
    scores = attention::scores::<f32>,
        (queries: &[f32], keys: &[f32], n_cells: usize, scores: &mut [f32]);
    softmax = attention::softmax, (scores: &mut [f32], running: &mut Softmax) -> f32;
    mix = attention::mix,
        (shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]);
    half_scores = attention::scores::<u16>,
        (queries: &[f32], keys: &[u16], n_cells: usize, scores: &mut [f32]);
    byte_mix = attention::mix_of_bytes,
        (shares: &[f32], values: &ByteRows<'_>, factors: &[f32], mixed: &mut [f32]);
    half_mix = attention::mix_whole::<u16>,
        (shares: &[f32], values: &[u16], n_cells: usize, factors: &[f32], mixed: &mut [f32]);
    short_queries = pairs::round_queries,
        (values: &[f32], depth: usize, integers: &mut [i16], units: &mut [f32]);
    paired_keys = pairs::pair_keys,
        (keys: &[f32], n_cells: usize, integers: &mut [i16], units: &mut [f32]);
    paired_values = pairs::pair_values,
        (values: &[f32], n_cells: usize, integers: &mut [i16], units: &mut [f32]);
    short_scores = pairs::scores, (queries: &ShortRows<'_>, keys: &Pairs<'_>, scores: &mut [f32]);
    short_shares = pairs::shares,
        (scores: &[f32], running: &mut [Softmax], shares: &mut [i16],
            results: (&mut [f32], &mut [f32]));
    short_mix = pairs::mix,
        (shares: &ShortRows<'_>, values: &Pairs<'_>, factors: &[f32], mixed: &mut [f32]);
}

/// The set.
pub static KERNELS: Kernels = Kernels {
    name: "avx512",
    products: [f32, f16, bf16, q8_0, q4_0, q5_0, q5_1, q4_k, q5_k, q6_k],
    quantise,
    rms_norm,
    silu_gate,
    gelu_gate,
    from_half,
    scores,
    softmax,
    mix,
    of_half: Some(OfHalf { scores: half_scores, mix: half_mix, most_queries: 12 }),
    of_bytes: Some(OfBytes { mix: byte_mix, most_queries: 12 }),
    in_integers: Some(InIntegers {
        queries: short_queries,
        keys: paired_keys,
        values: paired_values,
        scores: short_scores,
        shares: short_shares,
        mix: short_mix,
    }),
    gemm: Some(gemm::GEMM),
    ..avx2::KERNELS
};
