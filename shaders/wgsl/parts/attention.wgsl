// Part: what attention binds but for its result.
struct Params {
    n_cells: u32,
    n_head: u32,
    n_group: u32,
    d_head: u32,
    d_kv: u32,
    scale: f32,
    n_tokens: u32,
    rounds: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> queries: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> keys: array<Stored>;
@group(0) @binding(3) var<storage, read> values: array<Stored>;
// Rows of whole words.
@group(0) @binding(4) var<storage, read> mask: array<u32>;

#include cache

const HIDDEN = -3.0e38;
