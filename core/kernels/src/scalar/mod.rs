//! Every kernel in plain loops: for processors without a set of their own, and as the measure of
//! the other sets.

mod attention;
mod products;
pub mod rows;

use super::Kernels;

/// The set.
pub static KERNELS: Kernels = Kernels {
    name: "scalar",
    is_vectorised: false,
    products: [
        products::f32,
        products::f16,
        products::bf16,
        products::q8_0,
        products::q4_0,
        products::q5_0,
        products::q5_1,
        products::q4_k,
        products::q5_k,
        products::q6_k,
    ],
    quantise: rows::quantise,
    rms_norm: rows::rms_norm,
    add: rows::add,
    silu_gate: rows::silu_gate,
    gelu_gate: rows::gelu_gate,
    from_half: rows::from_half,
    to_half: rows::to_half,
    from_bytes: rows::from_bytes,
    scores: attention::scores,
    softmax: attention::softmax,
    mix: attention::mix,
    of_half: None,
    of_bytes: None,
    in_integers: None,
    gemm: None,
};
