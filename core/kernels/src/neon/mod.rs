//! Kernels for 64-bit Arm processors, in three sets by their generation.
//!
//! NEON is part of every such processor; only the products of bytes differ (see [`generation`]). A
//! function compiled for an extension may only be called where it is there. So the functions of the
//! tables are thin plain ones, and a table is handed out after detection only.

mod attention;
mod exponential;
mod generation;
mod k_blocks;
mod products;
mod rows;

use std::arch::is_aarch64_feature_detected;

use super::scalar::rows::{add, from_bytes};
use super::{Blocks, Columns, Format, Kernels, Panel, Product, Quantised, Softmax, Tile};
use generation::{Base, DotProduct, MatrixProduct};
use products::{Half, Single, UpperHalf, dense};

/// The sets that this processor can run, the fastest first.
pub fn available() -> impl Iterator<Item = &'static Kernels> {
    let has_dot_product = is_aarch64_feature_detected!("dotprod");
    let has_matrix_product = has_dot_product && is_aarch64_feature_detected!("i8mm");
    [
        has_matrix_product.then_some(&MATRIX_PRODUCT),
        has_dot_product.then_some(&DOT_PRODUCT),
        Some(&NEON),
    ]
    .into_iter()
    .flatten()
}

/// The products of a generation as plain functions.
macro_rules! products {
    ($generation:ty, $features:literal) => {{
        macro_rules! product {
            ($kernel:expr) => {{
                #[target_feature(enable = $features)]
                fn inner(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
                    $kernel(panel, columns, out);
                }
                fn entry(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
                    // SAFETY: only reached through a table that is handed out after detection.
                    unsafe { inner(panel, columns, out) }
                }
                entry as Product
            }};
        }
        [
            product!(dense::<Single>),
            product!(dense::<Half>),
            product!(dense::<UpperHalf>),
            product!(products::q8_0::<$generation>),
            product!(products::q4_0::<$generation>),
            product!(products::q5_0::<$generation>),
            product!(products::q5_1::<$generation>),
            product!(k_blocks::q4_k::<$generation>),
            product!(k_blocks::q5_k::<$generation>),
            product!(k_blocks::q6_k::<$generation>),
        ]
    }};
}

/// Plain functions around those of the extension.
macro_rules! entries {
    ($($name:ident = $inner:path, ($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        $(fn $name($($argument: $type),*) $(-> $result)? {
            // SAFETY: every aarch64 processor that Rust's targets name has NEON.
            unsafe { $inner($($argument),*) }
        })*
    };
}

entries! {
    quantise = rows::quantise, (row: &[f32], blocks: Blocks, out: &mut Quantised<'_>);
    rms_norm = rows::rms_norm, (row: &mut [f32], weight: &[f32], epsilon: f32);
    silu_gate = rows::silu_gate, (gate: &mut [f32], up: &[f32]);
    gelu_gate = rows::gelu_gate, (gate: &mut [f32], up: &[f32]);
    from_half = rows::from_half, (numbers: &[u16], out: &mut [f32]);
    to_half = rows::to_half, (values: &[f32], out: &mut [u16]);
    scores = attention::scores,
        (queries: &[f32], keys: &[f32], n_cells: usize, scores: &mut [f32]);
    softmax = attention::softmax, (scores: &mut [f32], running: &mut Softmax) -> f32;
    mix = attention::mix,
        (shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]);
}

/// Everything but the name and the products, which no generation after the first changes. The plain
/// loops of `add` and `from_bytes` become NEON by themselves.
const fn set(name: &'static str, products: [Product; Format::ALL.len()]) -> Kernels {
    Kernels {
        name,
        is_vectorised: true,
        products,
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
        of_half: None,
        of_bytes: None,
        in_integers: None,
        gemm: None,
    }
}

/// Armv8.0.
static NEON: Kernels = set("neon", products!(Base, "neon"));
/// Armv8.2.
static DOT_PRODUCT: Kernels = set("dotprod", products!(DotProduct, "neon,dotprod"));
/// Armv8.6.
static MATRIX_PRODUCT: Kernels = set("i8mm", products!(MatrixProduct, "neon,dotprod,i8mm"));
