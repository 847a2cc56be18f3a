// Op:       cache[cells[t]] = rows[t] as blocks of 32 signed bytes: scale = max |x| / 127, q = x / scale
// Bindings: 0 params, 1 rows (read), 2 cells (read), 3 cache (write)
// Grid:     one invocation a block of nine words
// Limits:   d_kv a multiple of 32
// Twin:     Op::StoreKeysValues in core/src/ops/reference.rs
struct Params {
    n_tokens: u32,
    d_kv: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> rows: array<f32>;
@group(0) @binding(2) var<storage, read> cells: array<u32>;
@group(0) @binding(3) var<storage, read_write> cache: array<u32>;

#include grid

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    let n_blocks = params.d_kv / 32u;
    if (index >= params.n_tokens * n_blocks) {
        return;
    }
    let block = (cells[index / n_blocks] * n_blocks + index % n_blocks) * 9u;
    var largest = 0.0;
    for (var i = 0u; i < 32u; i++) {
        largest = max(largest, abs(rows[32u * index + i]));
    }
    let scale = largest / 127.0;
    var inverse = 0.0;
    if (largest > 0.0) {
        inverse = 127.0 / largest;
    }
    cache[block] = pack2x16float(vec2<f32>(scale, 0.0));
    for (var i = 0u; i < 8u; i++) {
        var packed = 0u;
        for (var k = 0u; k < 4u; k++) {
            let q = i32(round(rows[32u * index + 4u * i + k] * inverse));
            packed |= (bitcast<u32>(q) & 0xffu) << (8u * k);
        }
        cache[block + 1u + i] = packed;
    }
}
