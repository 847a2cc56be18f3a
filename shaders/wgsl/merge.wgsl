// Op:       the softmax over all parts from those of attend.wgsl, SPLIT: sums scaled to one maximum
// Bindings: 0 params, 1 parts (read), 2 out (write)
// Grid:     one workgroup a head of a token
// Limits:   a part is d_head sums, their maximum and their total
// Twin:     Op::Attend in core/src/ops/reference.rs
struct Params {
    n_heads: u32,
    d_head: u32,
    n_parts: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

#include grid

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let head = flat(workgroup, n_workgroups);
    if (head >= params.n_heads) {
        return;
    }
    let stride = params.d_head + 2u;
    let first = head * params.n_parts * stride;
    var top = parts[first + params.d_head];
    for (var part = 1u; part < params.n_parts; part++) {
        top = max(top, parts[first + part * stride + params.d_head]);
    }
    for (var d = lane; d < params.d_head; d += 64u) {
        var sum = 0.0;
        var total = 0.0;
        for (var part = 0u; part < params.n_parts; part++) {
            let place = first + part * stride;
            let share = exp(parts[place + params.d_head] - top);
            sum += share * parts[place + d];
            total += share * parts[place + params.d_head + 1u];
        }
        out[head * params.d_head + d] = sum / total;
    }
}
