// Op:       out[t, first_row + r] = input[t] · weights[r], + bias, + out; of a norm; gated: see below
// Bindings: 0 params, 1 weights (read), 2 input (read), 3 bias (read), 4 factors (read), 5 to 7 out (write)
// Grid:     one workgroup four rows, or two and their twins if gated; sixteen invocations a row
// Limits:   N_TOKENS 1 to 4; a shard of the matrix holds n_rows of its d_out rows
// Twin:     Op::RmsNorm, Op::Linear, Op::Gate and Op::Add in core/src/ops/reference.rs, in this order
#include product

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
    var inverse = vec4<f32>(1.0);
    if (NORMED) {
        partial[lane] = squares(lane);
        workgroupBarrier();
        for (var step = 32u; step > 0u; step >>= 1u) {
            if (lane < step) {
                partial[lane] += partial[lane + step];
            }
            workgroupBarrier();
        }
        inverse = inverse_of(partial[0]);
        workgroupBarrier();
    }
    var sums = vec4<f32>(0.0);
    if (row_of(group, slot) < params.n_rows) {
        let address = address_of(group, slot);
        for (var span = place; span < n_spans; span += LANES) {
            let w = decode16(address, span);
            for (var token = 0u; token < N_TOKENS; token++) {
                sums[token] += dot16(w, scaled16(token, span));
            }
        }
    }
    partial[lane] = sums * inverse;
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
