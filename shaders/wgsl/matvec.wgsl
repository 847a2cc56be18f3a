// Op:       out[t, first_row + r] = input[t] · weights[r] + bias, for one to four tokens
// Bindings: 0 params, 1 weights (read), 2 input (read), 3 bias (read), 4 out (write)
// Grid:     one workgroup four rows, sixteen invocations a row
// Limits:   N_TOKENS 1 to 4; a shard of the matrix holds n_rows of its d_out rows
// Twin:     Op::Linear in core/src/ops/reference.rs
override N_TOKENS: u32 = 1u;

struct Params {
    n_tokens: u32,
    n_cols: u32,
    row_bytes: u32,
    first_row: u32,
    n_rows: u32,
    d_out: u32,
    has_bias: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(0) @binding(2) var<storage, read> input: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const LANES = 16u;
const ROWS = 4u;

#include grid
#include inputs
#include weight

// Sums of the tokens, by row and lane.
var<workgroup> partial: array<vec4<f32>, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let place = lane % LANES;
    let row = flat(workgroup, n_workgroups) * ROWS + lane / LANES;
    let n_spans = (params.n_cols + 15u) / 16u;
    var sums = vec4<f32>(0.0);
    if (row < params.n_rows) {
        for (var span = place; span < n_spans; span += LANES) {
            let w = decode16(row * params.row_bytes, span);
            for (var token = 0u; token < N_TOKENS; token++) {
                let x = inputs16(token, span);
                sums[token] += dot(w[0], x[0]) + dot(w[1], x[1]) + dot(w[2], x[2]) + dot(w[3], x[3]);
            }
        }
    }
    partial[lane] = sums;
    workgroupBarrier();
    for (var step = LANES / 2u; step > 0u; step >>= 1u) {
        if (place < step) {
            partial[lane] += partial[lane + step];
        }
        workgroupBarrier();
    }
    if (place == 0u && row < params.n_rows) {
        let column = params.first_row + row;
        var products = partial[lane];
        for (var token = 0u; token < N_TOKENS; token++) {
            var product = products[token];
            if (params.has_bias != 0u) {
                product += bias[column];
            }
            out[token * params.d_out + column] = product;
        }
    }
}
