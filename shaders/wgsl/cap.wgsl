// Op:       out = cap · tanh(out / cap), in place
// Bindings: 0 params, 1 out (write)
// Grid:     one invocation a value
// Limits:   none; tanh is 1 to single precision long before 15, where some drivers overflow
// Twin:     Op::Cap in core/src/ops/reference.rs
struct Params {
    n_values: u32,
    cap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

#include grid

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    if (index < params.n_values) {
        out[index] = params.cap * tanh(clamp(out[index] / params.cap, -15.0, 15.0));
    }
}
