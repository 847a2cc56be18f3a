// Op:       as matvec_integer.wgsl with queries, keys and values, and what store.wgsl does with those
// Bindings: 0 params, 1 weights, 2 input, 3 bias, 4 turns, 5 cells (read), 6 queries, 7, 8 caches (write)
// Grid:     one workgroup 16 rows of a head, both values of a pair among them; n_head queries, keys, values
// Limits:   as matvec_integer.wgsl; 11 KiB of workgroup memory; d_head and 2 n_pairs are multiples of 16
// Twin:     Op::RmsNorm, Op::Linear, Op::Rope, Op::StoreKeysValues in this order, within what 8 bits allow
struct Params {
    n_tokens: u32,
    n_cols: u32,
    row_bytes: u32,
    first_byte: u32,
    n_head: u32,
    n_rows: u32,
    n_head_kv: u32,
    d_head: u32,
    has_bias: u32,
    first_bias: u32,
    epsilon: f32,
    n_pairs: u32,
    is_adjacent: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> turns: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read> cells: array<u32>;
@group(0) @binding(6) var<storage, read_write> queries: array<f32>;
@group(0) @binding(7) var<storage, read_write> key_cache: array<u32>;
@group(0) @binding(8) var<storage, read_write> value_cache: array<u32>;

override N_TOKENS: u32 = 1u;
const GATED = false;

// What the rows come to, by token and slot.
var<workgroup> results: array<f32, 64>;

// A head of keys or values, as far as the workgroup has it.
var<workgroup> head_values: array<f32, 512>;

#include grid
#include integer
#include stored

// The row of a head that one of the sixteen slots of the head's nth workgroup computes.
fn row_of(part: u32, slot: u32, is_turned: bool) -> u32 {
    if (is_turned && params.is_adjacent == 0u) {
        return 8u * part + (slot & 7u) + (slot >> 3u) * params.n_pairs;
    }
    return 16u * part + slot;
}

// Turns the nth pair of a workgroup's rows.
fn turn_pair(token: u32, part: u32, n: u32) {
    var place = vec2<u32>(n, n + 8u);
    if (params.is_adjacent != 0u) {
        place = vec2<u32>(2u * n, 2u * n + 1u);
    }
    place += vec2<u32>(16u * token);
    let turn = turns[token * params.n_pairs + 8u * part + n];
    let x = results[place.x];
    let y = results[place.y];
    results[place.x] = x * turn.x - y * turn.y;
    results[place.y] = x * turn.y + y * turn.x;
}

@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let group = flat(workgroup, n_workgroups);
    let n_parts = params.d_head / 16u;
    // Among the heads of queries, keys and values.
    let head = min(group / n_parts, params.n_rows / params.d_head - 1u);
    let part = group % n_parts;
    let is_query = head < params.n_head;
    let is_key = !is_query && head < params.n_head + params.n_head_kv;
    let is_turned = (is_query || is_key) && 8u * part < params.n_pairs;
    let first = head * params.d_head;
    let row = first + row_of(part, lane / 16u, is_turned);
    multiply(lane, params.first_byte + row * params.row_bytes, 0u);
    // From here on, an invocation owns a token and a row.
    let token = lane / 16u;
    let slot = lane % 16u;
    let place = row_of(part, slot, is_turned);
    if (token < N_TOKENS) {
        var value = products(token, slot).x;
        if (params.has_bias != 0u) {
            value += bias[params.first_bias + first + place];
        }
        results[lane] = value;
    }
    workgroupBarrier();
    if (is_turned && token < N_TOKENS && slot < 8u) {
        turn_pair(token, part, slot);
    }
    workgroupBarrier();
    if (is_query) {
        if (token < N_TOKENS) {
            queries[(token * params.n_head + head) * params.d_head + place] = results[lane];
        }
        return;
    }
    let key_head = (head - params.n_head) % params.n_head_kv;
    let n_words = stored_words();
    let n_together = params.d_head / n_words;
    for (var stored_token = 0u; stored_token < N_TOKENS; stored_token++) {
        if (token == stored_token) {
            head_values[place] = results[lane];
        }
        workgroupBarrier();
        if (token == stored_token && place % n_together == 0u) {
            let word = place / n_together;
            let to = (cells[token] * params.n_head_kv + key_head) * n_words + word;
            if (is_key) {
                key_cache[to] = stored(word);
            } else {
                value_cache[to] = stored(word);
            }
        }
        workgroupBarrier();
    }
}
