// Op:       as matvec.wgsl, in products of bytes; out[t], times a norm's factors, as bytes if it rounds
// Bindings: as matvec.wgsl, but 2 of parts/rounded16.wgsl, 4 the norm's to come; 8 rounded (write)
// Grid:     one workgroup 16 rows, and their twins if gated; sixteen invocations a row
// Limits:   as matvec.wgsl; 9 KiB of workgroup memory; if it rounds, first_row is a multiple of 16
// Twin:     as matvec.wgsl, within what 8 bits allow
@group(0) @binding(4) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<storage, read_write> second: array<f32>;
@group(0) @binding(7) var<storage, read_write> third: array<f32>;
@group(0) @binding(8) var<storage, read_write> rounded: array<vec4<u32>>;

// What is written, by token and row.
var<workgroup> results: array<f32, 64>;

#include rows
#include integer
#include factors
#include rounded16
#include results16

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first = 16u * flat(workgroup, n_workgroups);
    // Behind the last row, that of the last one, whose products are not written.
    let row = min(first + lane / 16u, params.n_rows - 1u);
    let address = params.first_byte + row * params.row_bytes;
    multiply(lane, address, address + params.twin_bytes);
    // From here on, an invocation owns a token and a row.
    let token = lane / 16u;
    let own_row = first + lane % 16u;
    if (token < N_TOKENS) {
        var value = 0.0;
        if (own_row < params.n_rows) {
            let both = products(token, lane % 16u);
            value = both.x;
            if (GATED) {
                value = activate(both.x) * both.y;
            }
            value = put_by_row(token, own_row, value);
        }
        results[lane] = value;
    }
    if (params.rounds != 0u) {
        workgroupBarrier();
        if (lane < N_TOKENS && first < params.n_rows) {
            let span = (params.first_row + first) / 16u;
            let to = lane * ((params.d_out + 15u) / 16u) + span;
            let x = results16(16u * lane);
            if (params.has_factors != 0u) {
                put_rounded16(to, times_factors(x, span, params.d_out), squares16(x));
            } else {
                put_rounded16(to, x, 0.0);
            }
        }
    }
}
