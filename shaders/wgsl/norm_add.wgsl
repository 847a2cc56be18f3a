// Op:       out += input / √(mean(input²) + epsilon) · factors, by row; out, times next's, as bytes
// Bindings: 0 params, 1 factors, 2 input, 3 next (read), 4 out, 5 rounded (write; of parts/rounded16.wgsl)
// Grid:     one workgroup a row
// Limits:   next are the factors of the norm to come, if has_next; bytes only if it rounds
// Twin:     Op::RmsNorm and Op::Add in core/src/ops/reference.rs, in this order
struct Params {
    n_rows: u32,
    n_cols: u32,
    epsilon: f32,
    rounds: u32,
    has_next: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> next: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<storage, read_write> rounded: array<vec4<u32>>;

#include grid
#include inputs
#include factors
#include rounded16
#include total

// Adds four values to a row of `out` that begins at `first`; zeros behind the row's end.
fn added4(first: u32, column: u32, x: vec4<f32>) -> vec4<f32> {
    var values = x;
    for (var i = 0u; i < 4u; i++) {
        if (column + i < params.n_cols) {
            values[i] += out[first + column + i];
            out[first + column + i] = values[i];
        }
    }
    return values;
}

// The same values times the factors of the norm to come.
fn times_next4(column: u32, x: vec4<f32>) -> vec4<f32> {
    var values = x;
    for (var i = 0u; i < 4u; i++) {
        values[i] *= next[min(column + i, params.n_cols - 1u)];
    }
    return values;
}

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = flat(workgroup, n_workgroups);
    if (row >= params.n_rows) {
        return;
    }
    let first = row * params.n_cols;
    let n_spans = (params.n_cols + 15u) / 16u;
    var sum = 0.0;
    for (var span = lane; span < n_spans; span += 256u) {
        sum += squares16(inputs16(row, span));
    }
    let inverse = 1.0 / sqrt(total(lane, sum) / f32(params.n_cols) + params.epsilon);
    for (var span = lane; span < n_spans; span += 256u) {
        let x = times_factors(inputs16(row, span) * inverse, span, params.n_cols);
        let column = 16u * span;
        let y0 = added4(first, column, x[0]);
        let y1 = added4(first, column + 4u, x[1]);
        let y2 = added4(first, column + 8u, x[2]);
        let y3 = added4(first, column + 12u, x[3]);
        if (params.rounds != 0u) {
            let y = mat4x4<f32>(y0, y1, y2, y3);
            if (params.has_next != 0u) {
                let scaled = mat4x4<f32>(
                    times_next4(column, y0),
                    times_next4(column + 4u, y1),
                    times_next4(column + 8u, y2),
                    times_next4(column + 12u, y3),
                );
                put_rounded16(row * n_spans + span, scaled, squares16(y));
            } else {
                put_rounded16(row * n_spans + span, y, 0.0);
            }
        }
    }
}
