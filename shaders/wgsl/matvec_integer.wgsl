// Op:       as matvec.wgsl, in products of bytes; out[t], times a norm's factors, as bytes if it rounds
// Bindings: as matvec.wgsl, but 2 of parts/rounded16.wgsl, 4 the norm's to come; 8 rounded (write)
// Grid:     one workgroup 16 rows, and their twins if gated; sixteen invocations a row
// Limits:   as matvec.wgsl; 9 KiB of workgroup memory; if it rounds, first_row is a multiple of 16
// Twin:     as matvec.wgsl, within what 8 bits allow
//
//   NORMED  the input is the RMS norm of what the bytes stand for before the norm's factors
override NORMED: bool = false;

@group(0) @binding(2) var<storage, read> input: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> factors: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<storage, read_write> second: array<f32>;
@group(0) @binding(7) var<storage, read_write> third: array<f32>;
@group(0) @binding(8) var<storage, read_write> rounded: array<vec4<u32>>;

// Sixteen weights: scale · q − minimum, q as signed bytes.
struct Packed {
    q: vec4<u32>,
    scale: f32,
    minimum: f32,
}

// Sums of the tokens by row and lane, of the rows and of their twins; squares of the tokens by lane.
var<workgroup> partial: array<vec4<f32>, 256>;
var<workgroup> twins: array<vec4<f32>, 256>;
var<workgroup> squares: array<vec4<f32>, 16>;

// What is written, by token and row.
var<workgroup> results: array<f32, 64>;

#include rows
#include weight
#include packed
#include factors
#include rounded16
#include results16

fn product(w: Packed, q: vec4<u32>, scale: f32, sum: f32) -> f32 {
    let bytes = dot4I8Packed(w.q.x, q.x)
        + dot4I8Packed(w.q.y, q.y)
        + dot4I8Packed(w.q.z, q.z)
        + dot4I8Packed(w.q.w, q.w);
    return w.scale * scale * f32(bytes) - w.minimum * sum;
}

// The result of a token with one of the workgroup's rows.
fn result(token: u32, slot: u32) -> f32 {
    var value = 0.0;
    var twin = 0.0;
    var square = 0.0;
    for (var i = 0u; i < 16u; i++) {
        // Rows that are read together begin in different banks.
        let place = 16u * slot + ((i + slot) & 15u);
        value += partial[place][token];
        if (GATED) {
            twin += twins[place][token];
        }
        if (NORMED) {
            square += squares[i][token];
        }
    }
    if (NORMED) {
        let inverse = 1.0 / sqrt(square / f32(params.n_cols) + params.epsilon);
        value *= inverse;
        twin *= inverse;
    }
    if (GATED) {
        value = activate(value) * twin;
    }
    return value;
}

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first = 16u * flat(workgroup, n_workgroups);
    let place = lane % 16u;
    let slot = lane / 16u;
    let n_spans = (params.n_cols + 15u) / 16u;
    // Behind the last row, that of the last one, whose products are not written.
    let row = min(first + slot, params.n_rows - 1u);
    let address = params.first_byte + row * params.row_bytes;
    var sums = vec4<f32>(0.0);
    var others = vec4<f32>(0.0);
    var norms = vec4<f32>(0.0);
    for (var span = place; span < n_spans; span += 16u) {
        let w = packed16(address, span);
        var twin = w;
        if (GATED) {
            twin = packed16(address + params.twin_bytes, span);
        }
        for (var token = 0u; token < N_TOKENS; token++) {
            let start = 2u * (token * n_spans + span);
            let q = input[start];
            let scales = bitcast<vec4<f32>>(input[start + 1u]);
            sums[token] += product(w, q, scales.x, scales.y);
            if (GATED) {
                others[token] += product(twin, q, scales.x, scales.y);
            }
            if (NORMED) {
                norms[token] += scales.z;
            }
        }
    }
    partial[lane] = sums;
    if (GATED) {
        twins[lane] = others;
    }
    if (NORMED && slot == 0u) {
        squares[place] = norms;
    }
    workgroupBarrier();
    // From here on, an invocation owns a token and a row.
    let own_row = first + place;
    if (slot < N_TOKENS) {
        var value = 0.0;
        if (own_row < params.n_rows) {
            value = put_by_row(slot, own_row, result(slot, place));
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
