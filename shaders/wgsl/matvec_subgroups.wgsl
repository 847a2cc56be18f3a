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
    // Written out, so that inputs are read once for all rows and sums stay in registers.
    let address0 = address_of(group, 0u);
    let address1 = address_of(group, 1u);
    let address2 = address_of(group, 2u);
    let address3 = address_of(group, 3u);
    var sums0 = vec4<f32>(0.0);
    var sums1 = vec4<f32>(0.0);
    var sums2 = vec4<f32>(0.0);
    var sums3 = vec4<f32>(0.0);
    for (var span = lane; span < n_spans; span += 64u) {
        let w0 = decode16(address0, span);
        let w1 = decode16(address1, span);
        let w2 = decode16(address2, span);
        let w3 = decode16(address3, span);
        for (var token = 0u; token < N_TOKENS; token++) {
            let x = scaled16(token, span);
            sums0[token] += dot16(w0, x);
            sums1[token] += dot16(w1, x);
            sums2[token] += dot16(w2, x);
            sums3[token] += dot16(w3, x);
        }
    }
    let all0 = subgroupAdd(sums0) * inverse;
    let all1 = subgroupAdd(sums1) * inverse;
    let all2 = subgroupAdd(sums2) * inverse;
    let all3 = subgroupAdd(sums3) * inverse;
    if (member == 0u) {
        partial[subgroup] = all0;
        partial[16u + subgroup] = all1;
        partial[32u + subgroup] = all2;
        partial[48u + subgroup] = all3;
    }
    workgroupBarrier();
    if (lane < slots()) {
        write(row_of(group, lane), total(lane), total((lane + 2u) % 4u));
    }
}
