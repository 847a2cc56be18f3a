// Op:       out[t, first_row + r] = input[t] · weights[r], + bias, + out, in products of bytes; or gated
// Bindings: 0 params, 1 weights (read), 2 input (read; of quantise.wgsl), 3 bias (read), 4 to 6 out (write)
// Grid:     one workgroup four rows, or two and their twins if gated; sixteen invocations a row
// Limits:   N_TOKENS 1 to 4; a shard of the matrix holds n_rows of its d_out rows
// Twin:     Op::Linear, Op::Gate and Op::Add in core/src/ops/reference.rs, within what 8 bits allow
@group(0) @binding(2) var<storage, read> input: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
@group(0) @binding(5) var<storage, read_write> second: array<f32>;
@group(0) @binding(6) var<storage, read_write> third: array<f32>;

// Sixteen weights: scale · q − minimum, q as signed bytes.
struct Packed {
    q: vec4<u32>,
    scale: f32,
    minimum: f32,
}

#include rows
#include weight
#include packed

const LANES = 16u;

// Sums of the tokens, by row and lane.
var<workgroup> partial: array<vec4<f32>, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = flat(workgroup, n_workgroups);
    let place = lane % LANES;
    let slot = lane / LANES;
    let n_spans = (params.n_cols + 15u) / 16u;
    var sums = vec4<f32>(0.0);
    if (row_of(group, slot) < params.n_rows) {
        let address = address_of(group, slot);
        for (var span = place; span < n_spans; span += LANES) {
            let w = packed16(address, span);
            for (var token = 0u; token < N_TOKENS; token++) {
                let place = 3u * (token * n_spans + span);
                let low = input[place];
                let high = input[place + 1u];
                let scales = bitcast<vec2<f32>>(input[place + 2u]);
                let product = dot4I8Packed(w.q.x, low.x)
                    + dot4I8Packed(w.q.y, low.y)
                    + dot4I8Packed(w.q.z, high.x)
                    + dot4I8Packed(w.q.w, high.y);
                sums[token] += w.scale * scales.x * f32(product) - w.minimum * scales.y;
            }
        }
    }
    partial[lane] = sums;
    workgroupBarrier();
    for (var step = LANES / 2u; step > 0u; step >>= 1u) {
        if (place < step) {
            partial[lane] += partial[lane + step];
        }
        workgroupBarrier();
    }
    if (place == 0u && slot < slots()) {
        write(row_of(group, slot), partial[lane], partial[(lane + 2u * LANES) % 64u]);
    }
}
