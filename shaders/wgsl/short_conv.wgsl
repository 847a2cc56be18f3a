// Op:       out[t] = c[t] · Σ_j kernel[·, j] · (b · x)[t − n + 1 + j]; cache[cells[t]] = b[t] · x[t]
// Bindings: 0 params, 1 input, 2 kernel, 3 cells, 4 before (read), 5 cache, 6 out, 7 rounded (write)
// Grid:     one invocation a value of the result
// Limits:   before are n − 1 cells, oldest first, 2³² − 1 for none, and none of cells; see below
// Twin:     Op::ShortConv in core/src/ops/reference.rs
// A row of the input is b, c and x, one after the other. If it rounds (parts/rounded16.wgsl), the width
// is a multiple of 16.
struct Params {
    n_values: u32,
    width: u32,
    n_kernel: u32,
    rounds: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> kernel: array<f32>;
@group(0) @binding(3) var<storage, read> cells: array<u32>;
@group(0) @binding(4) var<storage, read> before: array<u32>;
@group(0) @binding(5) var<storage, read_write> cache: array<f32>;
@group(0) @binding(6) var<storage, read_write> out: array<f32>;
@group(0) @binding(7) var<storage, read_write> rounded: array<vec4<u32>>;

// What is written, for whoever rounds it.
var<workgroup> results: array<f32, 64>;

#include grid
#include results16
#include rounded16

// b · x of a token of the batch.
fn gated(token: u32, column: u32) -> f32 {
    let first = 3u * token * params.width + column;
    return input[first] * input[first + 2u * params.width];
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first = flat(workgroup, n_workgroups) * 64u;
    let index = first + lane;
    var result = 0.0;
    if (index < params.n_values) {
        let token = index / params.width;
        let column = index % params.width;
        let n_before = params.n_kernel - 1u;
        var sum = 0.0;
        for (var j = 0u; j < params.n_kernel; j += 1u) {
            // Places count from the first token that the batch's first one reaches.
            let place = token + j;
            var value = 0.0;
            if (place >= n_before) {
                value = gated(place - n_before, column);
            } else if (before[place] != 0xffffffffu) {
                value = cache[before[place] * params.width + column];
            }
            sum += kernel[column * params.n_kernel + j] * value;
        }
        cache[cells[token] * params.width + column] = gated(token, column);
        result = input[(3u * token + 1u) * params.width + column] * sum;
        out[index] = result;
    }
    if (params.rounds != 0u) {
        results[lane] = result;
        workgroupBarrier();
        if (lane < 4u && first + 16u * lane < params.n_values) {
            put_rounded16(first / 16u + lane, results16(16u * lane), 0.0);
        }
    }
}
