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
    let x = inputs16(index / n_spans, index % n_spans);
    let most = max(max(abs(x[0]), abs(x[1])), max(abs(x[2]), abs(x[3])));
    let largest = max(max(most.x, most.y), max(most.z, most.w));
    let inverse = select(0.0, 127.0 / largest, largest > 0.0);
    var sum = 0.0;
    for (var i = 0u; i < 4u; i++) {
        var columns = array<vec4<f32>, 4>(x[0], x[1], x[2], x[3]);
        let q = round(columns[i] * inverse);
        sum += q.x + q.y + q.z + q.w;
        let bytes = bitcast<vec4<u32>>(vec4<i32>(q)) & vec4<u32>(0xffu);
        out[6u * index + i] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
    }
    out[6u * index + 4u] = bitcast<u32>(largest / 127.0);
    out[6u * index + 5u] = bitcast<u32>(sum * (largest / 127.0));
}
