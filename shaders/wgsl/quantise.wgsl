// Op:       spans of 16 values, times a norm's factors if NORMED, as bytes, and the sums of their squares
// Bindings: 0 params, 1 factors (read), 2 input (read), 3 rounded (write; of parts/rounded16.wgsl)
// Grid:     one invocation a span
// Limits:   values behind the end of a row are zeros; what a norm divides by is left to the products
// Twin:     none: its error is bounded by that of the products that use it
override NORMED: bool = false;

struct Params {
    n_tokens: u32,
    n_cols: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> rounded: array<vec4<u32>>;

#include grid
#include inputs
#include factors
#include rounded16

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    let n_spans = (params.n_cols + 15u) / 16u;
    if (index >= params.n_tokens * n_spans) {
        return;
    }
    let span = index % n_spans;
    let x = inputs16(index / n_spans, span);
    if (NORMED) {
        put_rounded16(index, times_factors(x, span, params.n_cols), squares16(x));
    } else {
        put_rounded16(index, x, 0.0);
    }
}
