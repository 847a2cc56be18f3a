// Op:       attend.wgsl for few tokens; if SPLIT, sums of a part of the cells as merge.wgsl reads them
// Bindings: the same as attend.wgsl, and 6 rounded (write; of parts/rounded16.wgsl) if it rounds
// Grid:     one workgroup four heads of a key head (x) of a token (y), for 256 cells (z)
// Limits:   13 KiB of workgroup memory; d_head in fours, sixteens if it rounds, to 512; 256 cells unless SPLIT
// Twin:     as attend.wgsl
override SPLIT: bool = false;

#include attention

@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<storage, read_write> rounded: array<vec4<u32>>;

#include rounded16

// Four queries of at most 128 vectors; later sums of two heads, by invocation.
var<workgroup> lent: array<vec4<f32>, 512>;
// What the cells weigh, and what is reduced over them: a component a head.
var<workgroup> shares: array<vec4<f32>, 256>;
var<workgroup> reduced: array<vec4<f32>, 64>;

// Products of a key's vector with those of the four queries.
fn products(i: u32, key: vec4<f32>) -> vec4<f32> {
    return vec4<f32>(
        dot(lent[i], key), dot(lent[128u + i], key), dot(lent[256u + i], key), dot(lent[384u + i], key),
    );
}

// Scores of a cell. Four vectors at a time, so that reads wait together.
fn scores_of(cell: u32, column: u32, n_quads: u32) -> vec4<f32> {
    var sums = vec4<f32>();
    var i = 0u;
    for (; i + 4u <= n_quads; i += 4u) {
        let place = column + 4u * i;
        let key0 = key4(cell, place);
        let key1 = key4(cell, place + 4u);
        let key2 = key4(cell, place + 8u);
        let key3 = key4(cell, place + 12u);
        sums += products(i, key0) + products(i + 1u, key1);
        sums += products(i + 2u, key2) + products(i + 3u, key3);
    }
    for (; i < n_quads; i++) {
        sums += products(i, key4(cell, column + 4u * i));
    }
    return sums;
}

// Values of a cell that has weight: others may be anything.
fn weighty4(share: vec4<f32>, cell: u32, column: u32) -> vec4<f32> {
    return select(vec4<f32>(0.0), value4(cell, column), any(share != vec4<f32>(0.0)));
}

// In the scores an invocation owns a cell, in the sums a vector of columns of every nth cell: it
// computes them for four heads, which share what is read of keys and values.
@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let n_fours = (params.n_group + 3u) / 4u;
    let key_head = workgroup.x / n_fours;
    let first_of_group = 4u * (workgroup.x % n_fours);
    let n_heads = min(4u, params.n_group - first_of_group);
    let token = workgroup.y;
    // The first of the heads, among those of all tokens.
    let head = token * params.n_head + key_head * params.n_group + first_of_group;
    let column = key_head * params.d_head;
    let n_quads = params.d_head / 4u;
    for (var i = lane; i < 512u; i += 256u) {
        let quad = i & 127u;
        var query = vec4<f32>();
        if ((i >> 7u) < n_heads && quad < n_quads) {
            query = params.scale * queries[(head + (i >> 7u)) * n_quads + quad];
        }
        lent[i] = query;
    }
    workgroupBarrier();

    let first_cell = 256u * workgroup.z;
    let cell = first_cell + lane;
    let n_words = (params.n_cells + 31u) / 32u;
    var scores = vec4<f32>(HIDDEN);
    var is_seen = false;
    if (cell < params.n_cells) {
        is_seen = ((mask[token * n_words + (cell >> 5u)] >> (cell & 31u)) & 1u) != 0u;
    }
    if (is_seen) {
        scores = scores_of(cell, column, n_quads);
    }
    shares[lane] = scores;
    workgroupBarrier();
    if (lane < 64u) {
        reduced[lane] = max(
            max(shares[lane], shares[lane + 64u]), max(shares[lane + 128u], shares[lane + 192u]),
        );
    }
    workgroupBarrier();
    for (var step = 16u; step > 0u; step >>= 2u) {
        if (lane < step) {
            reduced[lane] = max(
                max(reduced[lane], reduced[lane + step]),
                max(reduced[lane + 2u * step], reduced[lane + 3u * step]),
            );
        }
        workgroupBarrier();
    }
    let top = reduced[0];
    workgroupBarrier();
    let share = select(vec4<f32>(0.0), exp(scores - top), vec4<bool>(is_seen));
    shares[lane] = share;
    workgroupBarrier();
    if (lane < 64u) {
        reduced[lane] = shares[lane] + shares[lane + 64u] + shares[lane + 128u] + shares[lane + 192u];
    }
    workgroupBarrier();
    for (var step = 16u; step > 0u; step >>= 2u) {
        if (lane < step) {
            reduced[lane] += reduced[lane + step] + reduced[lane + 2u * step]
                + reduced[lane + 3u * step];
        }
        workgroupBarrier();
    }
    let total = reduced[0];

    let n_lines = 256u / n_quads;
    let line = lane / n_quads;
    let place = column + 4u * (lane % n_quads);
    let n_here = min(256u, params.n_cells - first_cell);
    var sums0 = vec4<f32>();
    var sums1 = vec4<f32>();
    var sums2 = vec4<f32>();
    var sums3 = vec4<f32>();
    if (line < n_lines) {
        var i = line;
        for (; i + n_lines < n_here; i += 2u * n_lines) {
            let weights = shares[i];
            let others = shares[i + n_lines];
            let value = weighty4(weights, first_cell + i, place);
            let other = weighty4(others, first_cell + i + n_lines, place);
            sums0 += weights.x * value + others.x * other;
            sums1 += weights.y * value + others.y * other;
            sums2 += weights.z * value + others.z * other;
            sums3 += weights.w * value + others.w * other;
        }
        if (i < n_here) {
            let weights = shares[i];
            let value = weighty4(weights, first_cell + i, place);
            sums0 += weights.x * value;
            sums1 += weights.y * value;
            sums2 += weights.z * value;
            sums3 += weights.w * value;
        }
    }
    for (var pair = 0u; pair < n_heads; pair += 2u) {
        lent[lane] = select(sums2, sums0, pair == 0u);
        lent[256u + lane] = select(sums3, sums1, pair == 0u);
        workgroupBarrier();
        let own = lane / n_quads;
        if (own < 2u && pair + own < n_heads) {
            let quad = lane % n_quads;
            var sum = vec4<f32>();
            for (var i = 0u; i < n_lines; i++) {
                sum += lent[256u * own + i * n_quads + quad];
            }
            let to = head + pair + own;
            var first = to * params.d_head;
            if (SPLIT) {
                first = (to * n_workgroups.z + workgroup.z) * (params.d_head + 2u);
            } else {
                sum /= total[pair + own];
            }
            for (var k = 0u; k < 4u; k++) {
                out[first + 4u * quad + k] = sum[k];
            }
            // What cells weigh has been used.
            shares[128u * own + quad] = sum;
        }
        workgroupBarrier();
        let n_spans = params.d_head / 16u;
        if (params.rounds != 0u && lane < 2u * n_spans) {
            let which = lane / n_spans;
            let span = lane % n_spans;
            let place = 128u * which + 4u * span;
            let x = mat4x4<f32>(
                shares[place], shares[place + 1u], shares[place + 2u], shares[place + 3u],
            );
            if (pair + which < n_heads) {
                put_rounded16((head + pair + which) * n_spans + span, x, 0.0);
            }
        }
    }
    if (SPLIT && lane < n_heads) {
        let part = (head + lane) * n_workgroups.z + workgroup.z;
        let last = part * (params.d_head + 2u) + params.d_head;
        out[last] = top[lane];
        out[last + 1u] = total[lane];
    }
}
