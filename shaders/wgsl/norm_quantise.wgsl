// Op:       y = input / √(mean(input²) + epsilon) · factors, by row; spans of 16 of its values as bytes
// Bindings: 0 params, 1 factors (read), 2 input (read), 3 out (write; of quantise.wgsl)
// Grid:     one workgroup a row
// Limits:   values behind the end of a row are zeros
// Twin:     Op::RmsNorm in core/src/ops/reference.rs, within what 8 bits allow
struct Params {
    n_tokens: u32,
    n_cols: u32,
    epsilon: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;

#include grid
#include inputs
#include factors
#include rounded16
#include total

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = flat(workgroup, n_workgroups);
    if (row >= params.n_tokens) {
        return;
    }
    let n_spans = (params.n_cols + 15u) / 16u;
    var sum = 0.0;
    for (var span = lane; span < n_spans; span += 256u) {
        let x = inputs16(row, span);
        sum += dot(x[0], x[0]) + dot(x[1], x[1]) + dot(x[2], x[2]) + dot(x[3], x[3]);
    }
    let inverse = 1.0 / sqrt(total(lane, sum) / f32(params.n_cols) + params.epsilon);
    for (var span = lane; span < n_spans; span += 256u) {
        put_rounded16(row * n_spans + span, times_factors(inputs16(row, span) * inverse, span));
    }
}
