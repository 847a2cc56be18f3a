// Op:       the softmax over all parts from those of attend.wgsl, SPLIT: sums scaled to one maximum
// Bindings: 0 params, 1 parts (read), 2 out (write), 3 rounded (write; of parts/rounded16.wgsl)
// Grid:     one workgroup a head of a token
// Limits:   a part is d_head sums, their maximum and their total; if it rounds, d_head in sixteens
// Twin:     Op::Attend in core/src/ops/reference.rs
struct Params {
    n_heads: u32,
    d_head: u32,
    n_parts: u32,
    rounds: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<storage, read_write> rounded: array<vec4<u32>>;

// What is written, for whoever rounds it.
var<workgroup> results: array<f32, 512>;

#include grid
#include results16
#include rounded16

const LOWEST = -3.4e38;

var<workgroup> reduced: array<f32, 64>;
var<workgroup> shares: array<f32, 64>;

// Invocations first own a part each, 64 at a time, then every 64th column.
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
    var top = LOWEST;
    for (var part = lane; part < params.n_parts; part += 64u) {
        top = max(top, parts[first + part * stride + params.d_head]);
    }
    reduced[lane] = top;
    workgroupBarrier();
    for (var step = 32u; step > 0u; step >>= 1u) {
        if (lane < step) {
            reduced[lane] = max(reduced[lane], reduced[lane + step]);
        }
        workgroupBarrier();
    }
    top = reduced[0];
    workgroupBarrier();
    var sums = array<f32, 8>();
    var total = 0.0;
    for (var chunk = 0u; chunk < params.n_parts; chunk += 64u) {
        let own = first + (chunk + lane) * stride + params.d_head;
        var share = 0.0;
        if (chunk + lane < params.n_parts) {
            share = exp(parts[own] - top);
            total += share * parts[own + 1u];
        }
        shares[lane] = share;
        workgroupBarrier();
        let n = min(64u, params.n_parts - chunk);
        // A constant number of turns, so that sums stay in registers.
        for (var k = 0u; k < 8u; k++) {
            let d = lane + 64u * k;
            if (d < params.d_head) {
                let place = first + chunk * stride + d;
                var i = 0u;
                for (; i + 4u <= n; i += 4u) {
                    let read = vec4<f32>(
                        parts[place + i * stride],
                        parts[place + (i + 1u) * stride],
                        parts[place + (i + 2u) * stride],
                        parts[place + (i + 3u) * stride],
                    );
                    let four = vec4<f32>(shares[i], shares[i + 1u], shares[i + 2u], shares[i + 3u]);
                    sums[k] += dot(four, read);
                }
                for (; i < n; i++) {
                    sums[k] += shares[i] * parts[place + i * stride];
                }
            }
        }
        workgroupBarrier();
    }
    reduced[lane] = total;
    workgroupBarrier();
    for (var step = 32u; step > 0u; step >>= 1u) {
        if (lane < step) {
            reduced[lane] += reduced[lane + step];
        }
        workgroupBarrier();
    }
    for (var k = 0u; k < 8u; k++) {
        if (lane + 64u * k < params.d_head) {
            let value = sums[k] / reduced[0];
            out[head * params.d_head + lane + 64u * k] = value;
            results[lane + 64u * k] = value;
        }
    }
    if (params.rounds != 0u) {
        workgroupBarrier();
        let n_spans = params.d_head / 16u;
        if (lane < n_spans) {
            put_rounded16(head * n_spans + lane, results16(16u * lane), 0.0);
        }
    }
}
