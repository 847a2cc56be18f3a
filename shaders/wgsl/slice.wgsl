// Op:       out[t] = input[t], columns first ..
// Bindings: 0 params, 1 input (read), 2 out (write)
// Grid:     one invocation a value of the result
// Limits:   none
// Twin:     Op::Slice in core/src/ops/reference.rs
struct Params {
    n_values: u32,
    width: u32,
    input_width: u32,
    first: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

#include grid

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    if (index < params.n_values) {
        let row = index / params.width;
        out[index] = input[row * params.input_width + params.first + index % params.width];
    }
}
