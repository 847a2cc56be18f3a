// Op:       out = activation(gate) · up
// Bindings: 0 params, 1 gate (read), 2 up (read), 3 out (write)
// Grid:     one invocation a value
// Limits:   none
// Twin:     Op::Gate in core/src/ops/reference.rs
struct Params {
    n_values: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gate: array<f32>;
@group(0) @binding(2) var<storage, read> up: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

#include grid
#include activation

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    if (index < params.n_values) {
        out[index] = activate(gate[index]) * up[index];
    }
}
