// Op:       cache[cells[t]] = rows[t] in half precision
// Bindings: 0 params, 1 rows (read), 2 cells (read), 3 cache (write)
// Grid:     one invocation two values
// Limits:   d_kv even; the rounding of pack2x16float is the driver's
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
    let n_words = params.d_kv / 2u;
    if (index >= params.n_tokens * n_words) {
        return;
    }
    let cell = cells[index / n_words];
    let pair = vec2<f32>(rows[2u * index], rows[2u * index + 1u]);
    cache[cell * n_words + index % n_words] = pack2x16float(pair);
}
