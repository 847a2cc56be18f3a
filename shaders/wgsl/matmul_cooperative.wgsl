// Op:       the same as matmul.wgsl, in blocks of 16 by 16 that a subgroup multiplies together
// Bindings: the same as matmul.wgsl
// Grid:     one workgroup 64 rows (x) by 64 tokens (y), each of four subgroups 32 by 32 of them
// Limits:   14 KiB of workgroup memory; subgroups of 32; factors in half precision, sums in single
// Twin:     as matmul.wgsl
@group(0) @binding(2) var<storage, read> input: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

#include shard
#include inputs
#include weight
#include tile

// Vectors from one line of a tile to the next: two more than there are, so that lines that are read
// together begin in different banks.
const LINE = 10u;

alias Left = coop_mat16x16<f16, A>;
alias Right = coop_mat16x16<f16, B>;
alias Sums = coop_mat16x16<f32, C>;

// 32 columns, as eight vectors of four, of 64 rows and of 64 tokens.
var<workgroup> tile_w: array<Tile, 640>;
var<workgroup> tile_x: array<Tile, 640>;

// A block of sums of each subgroup on its way out.
var<workgroup> block: array<f32, 1024>;

@compute @workgroup_size(128)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(subgroup_invocation_id) member: u32,
) {
    let n_spans = (params.n_cols + 15u) / 16u;
    let first_row = 64u * workgroup.x;
    let first_token = 64u * workgroup.y;
    // The part of the tile that this subgroup multiplies.
    let row = 32u * (subgroup & 1u);
    let token = 32u * (subgroup >> 1u);
    // What this invocation loads: one span of one row and of one token.
    let line = lane >> 1u;
    let half_line = lane & 1u;
    let place = LINE * line + 4u * half_line;
    let address = params.first_byte + min(first_row + line, params.n_rows - 1u) * params.row_bytes;
    let has_token = first_token + line < params.n_tokens;
    var sums00 = Sums();
    var sums01 = Sums();
    var sums10 = Sums();
    var sums11 = Sums();
    for (var pair = 0u; pair < n_spans; pair += 2u) {
        let span = pair + half_line;
        var w = mat4x4<f32>();
        var x = mat4x4<f32>();
        if (span < n_spans) {
            w = decode16(address, span);
            if (has_token) {
                x = inputs16(first_token + line, span);
            }
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
        for (var part = 0u; part < 8u; part += 4u) {
            let x0 = coopLoadT<Left>(&tile_x[LINE * token + part], LINE);
            let x1 = coopLoadT<Left>(&tile_x[LINE * (token + 16u) + part], LINE);
            let w0 = coopLoad<Right>(&tile_w[LINE * row + part], LINE);
            let w1 = coopLoad<Right>(&tile_w[LINE * (row + 16u) + part], LINE);
            sums00 = coopMultiplyAdd(x0, w0, sums00);
            sums01 = coopMultiplyAdd(x0, w1, sums01);
            sums10 = coopMultiplyAdd(x1, w0, sums10);
            sums11 = coopMultiplyAdd(x1, w1, sums11);
        }
        workgroupBarrier();
    }
    for (var part = 0u; part < 4u; part++) {
        let start = 256u * subgroup;
        switch part {
            case 0u: { coopStoreT(sums00, &block[start], 16u); }
            case 1u: { coopStoreT(sums01, &block[start], 16u); }
            case 2u: { coopStoreT(sums10, &block[start], 16u); }
            default: { coopStoreT(sums11, &block[start], 16u); }
        }
        workgroupBarrier();
        let top_row = row + 16u * (part & 1u);
        let top_token = first_token + token + 16u * (part >> 1u);
        for (var i = member; i < 256u; i += 32u) {
            let to_token = top_token + i / 16u;
            let to_row = first_row + top_row + i % 16u;
            if (to_token < params.n_tokens && to_row < params.n_rows) {
                put(to_token, to_row, block[start + i]);
            }
        }
        workgroupBarrier();
    }
}
