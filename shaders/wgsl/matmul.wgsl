// Op:       out[t, first_row + r] = input[t] · weights[r], + bias, + out, for many tokens
// Bindings: 0 params, 1 weights (read), 2 input (read), 3 bias (read), 4 out (write)
// Grid:     one workgroup 32 rows (x) by 32 tokens (y), an invocation 4 by 4 of them
// Limits:   9 KiB of workgroup memory; a shard of the matrix holds n_rows of its d_out rows
// Twin:     Op::Linear and Op::Add in core/src/ops/reference.rs
@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

#include shard
#include inputs
#include weight
#include tile

// Vectors from one line of a tile to the next: one more than there are, so that lines that are read
// together begin in different banks.
const LINE = 9u;

// 32 columns, as eight vectors of four, of 32 rows and of 32 tokens.
var<workgroup> tile_w: array<Tile, 288>;
var<workgroup> tile_x: array<Tile, 288>;

// Products of one token with four rows that lie eight apart.
fn products(x: Tile, w0: Tile, w1: Tile, w2: Tile, w3: Tile) -> vec4<f32> {
    return vec4<f32>(Tile(dot(x, w0), dot(x, w1), dot(x, w2), dot(x, w3)));
}

fn write(token: u32, row: u32, sums: vec4<f32>) {
    if (token >= params.n_tokens) {
        return;
    }
    var values = sums;
    for (var i = 0u; i < 4u; i++) {
        if (row + 8u * i < params.n_rows) {
            put(token, row + 8u * i, values[i]);
        }
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n_spans = (params.n_cols + 15u) / 16u;
    let first_row = 32u * workgroup.x;
    let first_token = 32u * workgroup.y;
    let row = lane & 7u;
    let token = lane >> 3u;
    // What this invocation loads: one span of one row and of one token.
    let line = lane >> 1u;
    let half_line = lane & 1u;
    let place = LINE * line + 4u * half_line;
    var sums0 = vec4<f32>(0.0);
    var sums1 = vec4<f32>(0.0);
    var sums2 = vec4<f32>(0.0);
    var sums3 = vec4<f32>(0.0);
    for (var pair = 0u; pair < n_spans; pair += 2u) {
        let span = pair + half_line;
        var w = mat4x4<f32>();
        if (span < n_spans && first_row + line < params.n_rows) {
            w = decode16(params.first_byte + (first_row + line) * params.row_bytes, span);
        }
        var x = mat4x4<f32>();
        if (span < n_spans && first_token + line < params.n_tokens) {
            x = inputs16(first_token + line, span);
        }
        tile_w[place] = tile(w[0]);
        tile_w[place + 1u] = tile(w[1]);
        tile_w[place + 2u] = tile(w[2]);
        tile_w[place + 3u] = tile(w[3]);
        tile_x[place] = tile(x[0]);
        tile_x[place + 1u] = tile(x[1]);
        tile_x[place + 2u] = tile(x[2]);
        tile_x[place + 3u] = tile(x[3]);
        workgroupBarrier();
        for (var i = 0u; i < 8u; i++) {
            let w0 = tile_w[LINE * row + i];
            let w1 = tile_w[LINE * (row + 8u) + i];
            let w2 = tile_w[LINE * (row + 16u) + i];
            let w3 = tile_w[LINE * (row + 24u) + i];
            sums0 += products(tile_x[LINE * token + i], w0, w1, w2, w3);
            sums1 += products(tile_x[LINE * (token + 8u) + i], w0, w1, w2, w3);
            sums2 += products(tile_x[LINE * (token + 16u) + i], w0, w1, w2, w3);
            sums3 += products(tile_x[LINE * (token + 24u) + i], w0, w1, w2, w3);
        }
        workgroupBarrier();
    }
    write(first_token + token, first_row + row, sums0);
    write(first_token + token + 8u, first_row + row, sums1);
    write(first_token + token + 16u, first_row + row, sums2);
    write(first_token + token + 24u, first_row + row, sums3);
}
