// Part: products of bytes of one to four tokens with sixteen rows a workgroup, sixteen invocations a row.
//
//   NORMED  the input is the RMS norm of what the bytes stand for before the norm's factors
override NORMED: bool = false;

@group(0) @binding(2) var<storage, read> input: array<vec4<u32>>;

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

#include weight
#include packed

fn product(w: Packed, q: vec4<u32>, scale: f32, sum: f32) -> f32 {
    let bytes = dot4I8Packed(w.q.x, q.x)
        + dot4I8Packed(w.q.y, q.y)
        + dot4I8Packed(w.q.z, q.z)
        + dot4I8Packed(w.q.w, q.w);
    return w.scale * scale * f32(bytes) - w.minimum * sum;
}

// Multiplies the tokens by the row that begins at `address`, and by its twin if it is gated.
fn multiply(lane: u32, address: u32, twin_address: u32) {
    let place = lane % 16u;
    let n_spans = (params.n_cols + 15u) / 16u;
    var sums = vec4<f32>(0.0);
    var others = vec4<f32>(0.0);
    var norms = vec4<f32>(0.0);
    for (var span = place; span < n_spans; span += 16u) {
        let w = packed16(address, span);
        var twin = w;
        if (GATED) {
            twin = packed16(twin_address, span);
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
    if (NORMED && lane < 16u) {
        squares[place] = norms;
    }
    workgroupBarrier();
}

// The product of a token with one of the workgroup's rows, and with its twin.
fn products(token: u32, slot: u32) -> vec2<f32> {
    var sums = vec2<f32>(0.0);
    var square = 0.0;
    for (var i = 0u; i < 16u; i++) {
        // Rows that are read together begin in different banks.
        let place = 16u * slot + ((i + slot) & 15u);
        sums.x += partial[place][token];
        if (GATED) {
            sums.y += twins[place][token];
        }
        if (NORMED) {
            square += squares[i][token];
        }
    }
    if (NORMED) {
        return sums / sqrt(square / f32(params.n_cols) + params.epsilon);
    }
    return sums;
}
