// Op:       queries (normed and) turned in place; cache[cells[t]] = keys, the same way, and values
// Bindings: 0 params, 1 turns, 2 keys, 3 values, 4 cells, 5 factors (read), 6 queries, 7, 8 caches (write)
// Grid:     one workgroup a head (x: n_head of queries, then n_head_kv) of a token (y)
// Limits:   d_head at most 512; no queries: n_head 0; no rotation: n_pairs 0; see rope.wgsl for turns
// Twin:     Op::RmsNorm, Op::Rope and Op::StoreKeysValues in core/src/ops/reference.rs, in this order
struct Params {
    n_tokens: u32,
    n_head: u32,
    n_head_kv: u32,
    d_head: u32,
    n_pairs: u32,
    is_adjacent: u32,
    is_normed: u32,
    epsilon: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> turns: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> keys: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> cells: array<u32>;
// Those of queries, then those of keys.
@group(0) @binding(5) var<storage, read> factors: array<f32>;
@group(0) @binding(6) var<storage, read_write> queries: array<f32>;
@group(0) @binding(7) var<storage, read_write> key_cache: array<u32>;
@group(0) @binding(8) var<storage, read_write> value_cache: array<u32>;

// A head of queries, keys or values, as it is to be written.
var<workgroup> head_values: array<f32, 512>;

var<workgroup> squares: array<f32, 64>;

#include stored

// What a norm multiplies all values of the head by.
fn inverse(lane: u32) -> f32 {
    var sum = 0.0;
    for (var i = lane; i < params.d_head; i += 64u) {
        sum += head_values[i] * head_values[i];
    }
    squares[lane] = sum;
    workgroupBarrier();
    for (var step = 16u; step > 0u; step >>= 2u) {
        if (lane < step) {
            squares[lane] += squares[lane + step] + squares[lane + 2u * step]
                + squares[lane + 3u * step];
        }
        workgroupBarrier();
    }
    return 1.0 / sqrt(squares[0] / f32(params.d_head) + params.epsilon);
}

// Turns the head that the workgroup holds.
fn turn_head(token: u32, lane: u32) {
    for (var pair = lane; pair < params.n_pairs; pair += 64u) {
        var place = vec2<u32>(pair, pair + params.n_pairs);
        if (params.is_adjacent != 0u) {
            place = vec2<u32>(2u * pair, 2u * pair + 1u);
        }
        let turn = turns[token * params.n_pairs + pair];
        let x = head_values[place.x];
        let y = head_values[place.y];
        head_values[place.x] = x * turn.x - y * turn.y;
        head_values[place.y] = x * turn.y + y * turn.x;
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let token = workgroup.y;
    let is_query = workgroup.x < params.n_head;
    let head = select(workgroup.x - params.n_head, workgroup.x, is_query);
    let n_heads = select(params.n_head_kv, params.n_head, is_query);
    let first = (token * n_heads + head) * params.d_head;
    for (var i = lane; i < params.d_head; i += 64u) {
        if (is_query) {
            head_values[i] = queries[first + i];
        } else {
            head_values[i] = keys[first + i];
        }
    }
    if (params.is_normed != 0u) {
        let scale = inverse(lane);
        let first_factor = select(params.d_head, 0u, is_query);
        for (var i = lane; i < params.d_head; i += 64u) {
            head_values[i] *= scale * factors[first_factor + i];
        }
    }
    workgroupBarrier();
    turn_head(token, lane);
    workgroupBarrier();
    if (is_query) {
        for (var i = lane; i < params.d_head; i += 64u) {
            queries[first + i] = head_values[i];
        }
        return;
    }
    let n_words = stored_words();
    let place = (cells[token] * params.n_head_kv + head) * n_words;
    for (var i = lane; i < n_words; i += 64u) {
        key_cache[place + i] = stored(i);
    }
    workgroupBarrier();
    for (var i = lane; i < params.d_head; i += 64u) {
        head_values[i] = values[first + i];
    }
    workgroupBarrier();
    for (var i = lane; i < n_words; i += 64u) {
        value_cache[place + i] = stored(i);
    }
}
