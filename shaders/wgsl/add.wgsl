// Op:       out = a + input, or out = a + out in place
// Bindings: 0 params, 1 a (read), 2 out (write), 3 input (read) unless in place
// Grid:     one invocation a value
// Limits:   none
// Twin:     Op::Add in core/src/ops/reference.rs
struct Params {
    n_values: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

#include grid
#include source

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    if (index < params.n_values) {
        out[index] = a[index] + source(index);
    }
}
