// Op:       out = input / √(mean(input²) + epsilon) · weight, over parts of n_cols values
// Bindings: 0 params, 1 weight (read), 2 out (write), 3 input (read) unless in place
// Grid:     one workgroup a part
// Limits:   first_weight in fours; in place, a value is read by the invocation that replaces it
// Twin:     Op::RmsNorm in core/src/ops/reference.rs
struct Params {
    n_parts: u32,
    n_cols: u32,
    epsilon: f32,
    first_weight: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

#include grid
#include source
#include total

// Values in fours, where parts consist of whole ones.
@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let part = flat(workgroup, n_workgroups);
    if (part >= params.n_parts) {
        return;
    }
    let n_cols = params.n_cols;
    let first = part * n_cols;
    let is_whole = (n_cols & 3u) == 0u;
    var sum = 0.0;
    if (is_whole) {
        for (var i = lane; i < n_cols / 4u; i += 256u) {
            let x = source4(first / 4u + i);
            sum += dot(x, x);
        }
    } else {
        for (var i = lane; i < n_cols; i += 256u) {
            let x = source4((first + i) >> 2u)[(first + i) & 3u];
            sum += x * x;
        }
    }
    let inverse = 1.0 / sqrt(total(lane, sum) / f32(n_cols) + params.epsilon);
    if (is_whole) {
        for (var i = lane; i < n_cols / 4u; i += 256u) {
            out[first / 4u + i] = source4(first / 4u + i) * inverse * weight[params.first_weight / 4u + i];
        }
    } else {
        for (var i = lane; i < n_cols; i += 256u) {
            let place = (first + i) >> 2u;
            let component = (first + i) & 3u;
            let x = source4(place)[component];
            out[place][component] = x * inverse * weight[(params.first_weight + i) >> 2u][i & 3u];
        }
    }
}
