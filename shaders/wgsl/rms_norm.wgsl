// Op:       out = input / √(mean(input²) + epsilon) · weight, over parts of n_cols values
// Bindings: 0 params, 1 weight (read), 2 out (write), 3 input (read) unless in place
// Grid:     one workgroup a part
// Limits:   none; in place, every value is read by the invocation that replaces it
// Twin:     Op::RmsNorm in core/src/ops/reference.rs
struct Params {
    n_parts: u32,
    n_cols: u32,
    epsilon: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

#include grid
#include source

var<workgroup> sums: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let part = flat(workgroup, n_workgroups);
    if (part >= params.n_parts) {
        return;
    }
    let first = part * params.n_cols;
    var sum = 0.0;
    for (var i = lane; i < params.n_cols; i += 64u) {
        let x = source(first + i);
        sum += x * x;
    }
    sums[lane] = sum;
    workgroupBarrier();
    for (var step = 32u; step > 0u; step >>= 1u) {
        if (lane < step) {
            sums[lane] += sums[lane + step];
        }
        workgroupBarrier();
    }
    let inverse = 1.0 / sqrt(sums[0] / f32(params.n_cols) + params.epsilon);
    for (var i = lane; i < params.n_cols; i += 64u) {
        out[first + i] = source(first + i) * inverse * weight[i];
    }
}
