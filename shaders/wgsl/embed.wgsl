// Op:       out[t] = scale · table[tokens[t]]
// Bindings: 0 params, 1 weights (read), 2 tokens (read), 3 out (write)
// Grid:     one invocation a span of 16 values of a token's row
// Limits:   a shard of the table holds rows first_row .. first_row + n_rows; others are left alone
// Twin:     Op::Embed in core/src/ops/reference.rs
struct Params {
    n_tokens: u32,
    n_cols: u32,
    row_bytes: u32,
    first_byte: u32,
    first_row: u32,
    n_rows: u32,
    scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(0) @binding(2) var<storage, read> tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

#include grid
#include weight

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
    let token = index / n_spans;
    let span = index % n_spans;
    // A row before the shard wraps round to a number that is too large.
    let row = tokens[token] - params.first_row;
    if (row >= params.n_rows) {
        return;
    }
    let values = params.scale * decode16(params.first_byte + row * params.row_bytes, span);
    let first = token * params.n_cols + 16u * span;
    let n_values = min(16u, params.n_cols - 16u * span);
    var columns = array<vec4<f32>, 4>(values[0], values[1], values[2], values[3]);
    for (var i = 0u; i < n_values; i++) {
        out[first + i] = columns[i >> 2u][i & 3u];
    }
}
