// Part: what the kernels share that multiply one to four tokens as they are.
//
//   NORMED  the input is the RMS norm of `input` with the norm's `factors`
override NORMED: bool = false;

@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<storage, read_write> second: array<f32>;
@group(0) @binding(7) var<storage, read_write> third: array<f32>;

#include rows
#include slots
#include inputs
#include weight
#include factors

// Sums of squares of a 64th of the values, by token.
fn squares(lane: u32) -> vec4<f32> {
    var sums = vec4<f32>(0.0);
    for (var token = 0u; token < N_TOKENS; token++) {
        let first = token * params.n_cols;
        if ((params.n_cols & 3u) == 0u) {
            for (var i = lane; i < params.n_cols / 4u; i += 64u) {
                let x = input[first / 4u + i];
                sums[token] += dot(x, x);
            }
        } else {
            for (var i = lane; i < params.n_cols; i += 64u) {
                let x = input_at(first + i);
                sums[token] += x * x;
            }
        }
    }
    return sums;
}

fn inverse_of(sums: vec4<f32>) -> vec4<f32> {
    return 1.0 / sqrt(sums / f32(params.n_cols) + vec4<f32>(params.epsilon));
}

// Inputs of a span, times the factors of the norm.
fn scaled16(token: u32, span: u32) -> mat4x4<f32> {
    let x = inputs16(token, span);
    if (NORMED) {
        return times_factors(x, span, params.n_cols);
    }
    return x;
}

fn dot16(w: mat4x4<f32>, x: mat4x4<f32>) -> f32 {
    return dot(w[0], x[0]) + dot(w[1], x[1]) + dot(w[2], x[2]) + dot(w[3], x[3]);
}
