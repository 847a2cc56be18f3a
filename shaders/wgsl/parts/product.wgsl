// Part: what the kernels for one to four tokens share.
//
//   NORMED  the input is the RMS norm of `input` with the norm's `factors`
//   GATED   the matrix is two of n_rows rows each, the second one twin_bytes behind the first;
//           out = activation(first · input) · (second · input)
override N_TOKENS: u32 = 1u;
override NORMED: bool = false;
override GATED: bool = false;

@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

#include grid
#include shard
#include inputs
#include weight
#include activation

// Rows whose results a workgroup writes.
fn slots() -> u32 {
    return select(4u, 2u, GATED);
}

// The row of the matrix that one of four slots computes: gated, slots 2 and 3 are twins of 0 and 1.
fn row_of(group: u32, slot: u32) -> u32 {
    return group * slots() + slot % slots();
}

// Where that row begins; behind the last one, that of the last one, whose product is not written.
fn address_of(group: u32, slot: u32) -> u32 {
    let twin = select(0u, params.twin_bytes, slot >= slots());
    let row = min(row_of(group, slot), params.n_rows - 1u);
    return params.first_byte + row * params.row_bytes + twin;
}

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

fn factor_at(column: u32) -> f32 {
    let place = min(column, params.n_cols - 1u);
    return factors[place >> 2u][place & 3u];
}

fn factors4(column: u32) -> vec4<f32> {
    if (column + 4u <= params.n_cols) {
        return factors[column >> 2u];
    }
    return vec4<f32>(
        factor_at(column),
        factor_at(column + 1u),
        factor_at(column + 2u),
        factor_at(column + 3u),
    );
}

// Inputs of a span, times the factors of the norm.
fn scaled16(token: u32, span: u32) -> mat4x4<f32> {
    let x = inputs16(token, span);
    if (!NORMED) {
        return x;
    }
    let column = 16u * span;
    return mat4x4<f32>(
        x[0] * factors4(column),
        x[1] * factors4(column + 4u),
        x[2] * factors4(column + 8u),
        x[3] * factors4(column + 12u),
    );
}

fn dot16(w: mat4x4<f32>, x: mat4x4<f32>) -> f32 {
    return dot(w[0], x[0]) + dot(w[1], x[1]) + dot(w[2], x[2]) + dot(w[3], x[3]);
}

// Products of the tokens with a row, and with its twin.
fn write(row: u32, products: vec4<f32>, twins: vec4<f32>) {
    if (row >= params.n_rows) {
        return;
    }
    var values = products;
    var others = twins;
    for (var token = 0u; token < N_TOKENS; token++) {
        var value = values[token];
        if (GATED) {
            value = activate(value) * others[token];
        }
        put(token, row, value);
    }
}
