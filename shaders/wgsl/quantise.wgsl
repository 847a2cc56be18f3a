// Op:       spans of 16 values as 16 signed bytes, their scale (max |x| / 127), and the sum of scale · q
// Bindings: 0 params, 1 input (read), 2 out (write; six words a span)
// Grid:     one invocation a span
// Limits:   values behind the end of a row are zeros
// Twin:     none: its error is bounded by that of the products that use it
struct Params {
    n_tokens: u32,
    n_cols: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

#include grid
#include inputs
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
    put_rounded16(index, inputs16(index / n_spans, index % n_spans));
}
