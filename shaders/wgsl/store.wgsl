// Op:       queries turned in place; cache[cells[t]] = turned keys, and values, in the cache's format
// Bindings: 0 params, 1 turns, 2 keys, 3 values, 4 cells (read), 5 queries, 6, 7 caches (write)
// Grid:     one workgroup a head (x: n_head of queries, then n_head_kv) of a token (y)
// Limits:   d_head at most 512; no queries: n_head 0; no rotation: n_pairs 0; see rope.wgsl for turns
// Twin:     Op::Rope and Op::StoreKeysValues in core/src/ops/reference.rs, in this order
struct Params {
    n_tokens: u32,
    n_head: u32,
    n_head_kv: u32,
    d_head: u32,
    n_pairs: u32,
    is_adjacent: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> turns: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> keys: array<f32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read> cells: array<u32>;
@group(0) @binding(5) var<storage, read_write> queries: array<f32>;
@group(0) @binding(6) var<storage, read_write> key_cache: array<u32>;
@group(0) @binding(7) var<storage, read_write> value_cache: array<u32>;

// A head of keys or of values, as it is to be stored.
var<workgroup> head_values: array<f32, 512>;

#include stored

// Places in a head of the values of a pair.
fn pair_of(pair: u32) -> vec2<u32> {
    if (params.is_adjacent != 0u) {
        return vec2<u32>(2u * pair, 2u * pair + 1u);
    }
    return vec2<u32>(pair, pair + params.n_pairs);
}

fn turned(x: f32, y: f32, turn: vec2<f32>) -> vec2<f32> {
    return vec2<f32>(x * turn.x - y * turn.y, x * turn.y + y * turn.x);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let token = workgroup.y;
    if (workgroup.x < params.n_head) {
        let first = (token * params.n_head + workgroup.x) * params.d_head;
        for (var pair = lane; pair < params.n_pairs; pair += 64u) {
            let place = pair_of(pair) + vec2<u32>(first);
            let turn = turns[token * params.n_pairs + pair];
            let value = turned(queries[place.x], queries[place.y], turn);
            queries[place.x] = value.x;
            queries[place.y] = value.y;
        }
        return;
    }
    let head = workgroup.x - params.n_head;
    let first = (token * params.n_head_kv + head) * params.d_head;
    for (var pair = lane; pair < params.n_pairs; pair += 64u) {
        let place = pair_of(pair);
        let turn = turns[token * params.n_pairs + pair];
        let value = turned(keys[first + place.x], keys[first + place.y], turn);
        head_values[place.x] = value.x;
        head_values[place.y] = value.y;
    }
    for (var i = 2u * params.n_pairs + lane; i < params.d_head; i += 64u) {
        head_values[i] = keys[first + i];
    }
    workgroupBarrier();
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
