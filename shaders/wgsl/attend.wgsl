// Op:       out = softmax(scale · q · Kᵀ + mask) · V for one head of one token (arXiv 2305.13245)
// Bindings: 0 params, 1 queries (read), 2 keys (read), 3 values (read), 4 mask (read), 5 out (write)
// Grid:     one workgroup a head (x) of a token (y), for one part of the cells (z) if SPLIT
// Limits:   d_head a multiple of 4, at most 512; mask has a bit a cell, rows of whole words
// Twin:     Op::Attend in core/src/ops/reference.rs
override SPLIT: bool = false;

struct Params {
    n_cells: u32,
    n_head: u32,
    n_group: u32,
    d_head: u32,
    d_kv: u32,
    scale: f32,
    // Words of the mask in a part, two at least.
    part_words: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> queries: array<f32>;
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read> values: array<u32>;
@group(0) @binding(4) var<storage, read> mask: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

#include cache

const HIDDEN = -3.0e38;

var<workgroup> query: array<vec4<f32>, 128>;
var<workgroup> scores: array<f32, 64>;
var<workgroup> reduced: array<f32, 64>;

// Softmax over tiles of 64 cells with a running maximum: whenever it grows, the sums so far are
// scaled down (arXiv 1805.02867). In the scores an invocation owns a cell, in the sums it owns
// every 64th column. Split, the sums of a part are left as they are, with its maximum and its total,
// for merge.wgsl.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let head = workgroup.x;
    let token = workgroup.y;
    let n_words = (params.n_cells + 31u) / 32u;
    let row = (token * params.n_head + head) * params.d_head;
    let column = (head / params.n_group) * params.d_head;
    let n_quads = params.d_head / 4u;
    for (var i = lane; i < n_quads; i += 64u) {
        let first = row + 4u * i;
        query[i] = params.scale
            * vec4<f32>(queries[first], queries[first + 1u], queries[first + 2u], queries[first + 3u]);
    }
    workgroupBarrier();

    var sums = array<f32, 8>();
    var top = HIDDEN;
    var total = 0.0;
    var first_word = 0u;
    var end_word = n_words;
    if (SPLIT) {
        first_word = workgroup.z * params.part_words;
        end_word = min(n_words, first_word + params.part_words);
    }
    for (var word = first_word; word < end_word; word += 2u) {
        let bits = vec2<u32>(
            mask[token * n_words + word],
            select(0u, mask[token * n_words + min(word + 1u, n_words - 1u)], word + 1u < n_words),
        );
        if ((bits.x | bits.y) == 0u) {
            continue;
        }
        let cell = 32u * word + lane;
        let is_visible = ((bits[lane >> 5u] >> (lane & 31u)) & 1u) != 0u;
        var score = HIDDEN;
        if (is_visible) {
            score = 0.0;
            for (var i = 0u; i < n_quads; i++) {
                score += dot(query[i], key4(cell, column + 4u * i));
            }
        }
        reduced[lane] = score;
        workgroupBarrier();
        for (var step = 32u; step > 0u; step >>= 1u) {
            if (lane < step) {
                reduced[lane] = max(reduced[lane], reduced[lane + step]);
            }
            workgroupBarrier();
        }
        let new_top = max(top, reduced[0]);
        let shrink = exp(top - new_top);
        top = new_top;
        let share = select(0.0, exp(score - top), is_visible);
        scores[lane] = share;
        workgroupBarrier();
        total *= shrink;
        var weighted = array<f32, 8>();
        for (var i = 0u; i < 64u; i++) {
            let weight = scores[i];
            if (weight == 0.0) {
                continue;
            }
            total += weight;
            for (var d = lane; d < params.d_head; d += 64u) {
                weighted[d >> 6u] += weight * value_at(32u * word + i, column + d);
            }
        }
        for (var d = lane; d < params.d_head; d += 64u) {
            sums[d >> 6u] = sums[d >> 6u] * shrink + weighted[d >> 6u];
        }
        workgroupBarrier();
    }
    if (SPLIT) {
        let part = (token * params.n_head + head) * n_workgroups.z + workgroup.z;
        let first = part * (params.d_head + 2u);
        for (var d = lane; d < params.d_head; d += 64u) {
            out[first + d] = sums[d >> 6u];
        }
        if (lane == 0u) {
            out[first + params.d_head] = top;
            out[first + params.d_head + 1u] = total;
        }
        return;
    }
    for (var d = lane; d < params.d_head; d += 64u) {
        out[row + d] = sums[d >> 6u] / total;
    }
}
