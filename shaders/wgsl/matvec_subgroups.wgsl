// Op:       the same as matvec.wgsl
// Bindings: the same as matvec.wgsl
// Grid:     one workgroup four rows, or two and their twins if gated; all invocations on every row
// Limits:   subgroups of any size, 4 to 128; N_TOKENS 1 to 4
// Twin:     as matvec.wgsl
#include product

// Sums of a subgroup by row and token; at least four invocations make a subgroup, so at most 16 do.
var<workgroup> partial: array<vec4<f32>, 64>;

// The sum over the whole workgroup, for all invocations.
fn total(slot: u32) -> vec4<f32> {
    var sum = vec4<f32>(0.0);
    for (var i = 0u; i < 16u; i++) {
        sum += partial[16u * slot + i];
    }
    return sum;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(subgroup_invocation_id) member: u32,
) {
    let group = flat(workgroup, n_workgroups);
    let n_spans = (params.n_cols + 15u) / 16u;
    partial[lane] = vec4<f32>(0.0);
    workgroupBarrier();
    var inverse = vec4<f32>(1.0);
    if (NORMED) {
        let sum = subgroupAdd(squares(lane));
        if (member == 0u) {
            partial[subgroup] = sum;
        }
        workgroupBarrier();
        inverse = inverse_of(total(0u));
        workgroupBarrier();
    }
    var sums = array<vec4<f32>, 4>();
    for (var span = lane; span < n_spans; span += 64u) {
        for (var slot = 0u; slot < 4u; slot++) {
            if (row_of(group, slot) < params.n_rows) {
                let w = scaled(decode16(address_of(group, slot), span), span);
                for (var token = 0u; token < N_TOKENS; token++) {
                    sums[slot][token] += dot16(w, inputs16(token, span));
                }
            }
        }
    }
    for (var slot = 0u; slot < 4u; slot++) {
        let sum = subgroupAdd(sums[slot]);
        if (member == 0u) {
            partial[16u * slot + subgroup] = sum * inverse;
        }
    }
    workgroupBarrier();
    if (lane < slots()) {
        write(row_of(group, lane), total(lane), total((lane + 2u) % 4u));
    }
}
