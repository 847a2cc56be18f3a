//! Kernels for x86-64 processors with AVX2, FMA and F16C (Haswell of 2013, Zen of 2017 and later).
//!
//! A function compiled for these extensions may only be called where they are there. So the functions
//! of the table are thin plain ones around them, and the table is handed out after detection only.

mod attention;
mod exponential;
mod k_blocks;
mod products;
mod rows;
pub mod vnni;
mod wide;

use super::{Blocks, ByteRows, Columns, Kernels, OfHalf, Panel, Quantised, Softmax, Tile};

/// Whether this processor has what the set is compiled for.
pub fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("f16c")
}

/// Plain functions around those of extensions.
macro_rules! entries {
    ($($name:ident = $inner:path, ($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        $(fn $name($($argument: $type),*) $(-> $result)? {
            // SAFETY: only reached through `KERNELS`, which is handed out where `is_available`.
            unsafe { $inner($($argument),*) }
        })*
    };
}
pub(super) use entries;

entries! {
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
    add = rows::add, (row: &mut [f32], other: &[f32]);
    silu_gate = rows::silu_gate, (gate: &mut [f32], up: &[f32]);
    gelu_gate = rows::gelu_gate, (gate: &mut [f32], up: &[f32]);
    from_half = rows::from_half, (halves: &[u16], out: &mut [f32]);
    to_half = rows::to_half, (values: &[f32], out: &mut [u16]);
    from_bytes = rows::from_bytes, (rows: &ByteRows<'_>, out: &mut [f32]);
    scores = attention::scores::<f32>,
        (queries: &[f32], keys: &[f32], n_cells: usize, scores: &mut [f32]);
    softmax = attention::softmax, (scores: &mut [f32], running: &mut Softmax) -> f32;
    mix = attention::mix,
        (shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]);
    half_scores = attention::scores::<u16>,
        (queries: &[f32], keys: &[u16], n_cells: usize, scores: &mut [f32]);
    half_mix = attention::mix_whole::<u16>,
        (shares: &[f32], values: &[u16], n_cells: usize, factors: &[f32], mixed: &mut [f32]);
}

/// The set.
pub static KERNELS: Kernels = Kernels {
    name: "avx2",
    is_vectorised: true,
    products: [f32, f16, bf16, q8_0, q4_0, q5_0, q5_1, q4_k, q5_k, q6_k],
    quantise,
    rms_norm,
    add,
    silu_gate,
    gelu_gate,
    from_half,
    to_half,
    from_bytes,
    scores,
    softmax,
    mix,
    of_half: Some(OfHalf { scores: half_scores, mix: half_mix, most_queries: 6 }),
    of_bytes: None,
    in_integers: None,
    gemm: None,
};
