// Op:       (x, y) = (x cos − y sin, x sin + y cos) for every pair of every head, in place
// Bindings: 0 params, 1 turns (read; cos and sin by token and pair, times the magnitude), 2 out (write)
// Grid:     one invocation a pair
// Limits:   angles come from the CPU: sin and cos of a GPU are only good to 2⁻¹¹ (Vulkan)
// Twin:     Op::Rope in core/src/ops/reference.rs
struct Params {
    n_tokens: u32,
    n_heads: u32,
    d_head: u32,
    n_pairs: u32,
    is_adjacent: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> turns: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

#include grid

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat(workgroup, n_workgroups) * 64u + lane;
    if (index >= params.n_tokens * params.n_heads * params.n_pairs) {
        return;
    }
    let pair = index % params.n_pairs;
    let head = index / params.n_pairs;
    let turn = turns[(head / params.n_heads) * params.n_pairs + pair];
    let first = head * params.d_head;
    var a = first + pair;
    var b = a + params.n_pairs;
    if (params.is_adjacent != 0u) {
        a = first + 2u * pair;
        b = a + 1u;
    }
    let x = out[a];
    let y = out[b];
    out[a] = x * turn.x - y * turn.y;
    out[b] = x * turn.y + y * turn.x;
}
