// Op:       out = softmax(scale · q · Kᵀ + mask) · V for one head of many tokens (arXiv 2305.13245)
// Bindings: 0 params, 1 queries (read), 2 keys (read), 3 values (read), 4 mask (read), 5 out (write)
// Grid:     one workgroup a head (x) of 32 tokens (y)
// Limits:   15 KiB of workgroup memory; d_head a multiple of 4, at most 512; the mask has a bit a cell
// Twin:     Op::Attend in core/src/ops/reference.rs
#include attention

@group(0) @binding(5) var<storage, read_write> out: array<vec4<f32>>;

// Vectors from one line of a tile to the next: one more than there are, so that lines that are read
// together begin in different banks.
const LINE = 9u;

// 32 columns, as eight vectors of four, of 32 queries and of 32 cells: of keys, then of values.
var<workgroup> tile_q: array<vec4<f32>, 288>;
var<workgroup> tile_c: array<vec4<f32>, 288>;
// What the 32 cells weigh for each query.
var<workgroup> shares: array<vec4<f32>, 288>;
var<workgroup> reduced: array<f32, 256>;
// Who sees which of the 32 cells, and which of them anybody sees.
var<workgroup> seen: array<u32, 32>;
var<workgroup> seen_by_any: u32;

// Softmax over tiles of 32 cells with a running maximum: whenever it grows, the sums so far are
// scaled down (arXiv 1805.02867). All queries share what is read of keys and values. Eight invocations
// own a query: each four of the scores, and every eighth vector of the sums.
@compute @workgroup_size(256)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let line = lane >> 3u;
    let slot = lane & 7u;
    let head = workgroup.x;
    let token = min(32u * workgroup.y + line, params.n_tokens - 1u);
    let n_words = (params.n_cells + 31u) / 32u;
    let n_quads = params.d_head / 4u;
    let row = (token * params.n_head + head) * n_quads;
    let column = (head / params.n_group) * params.d_head;
    let n_chunks = (n_quads + 7u) / 8u;

    var sums = array<vec4<f32>, 16>();
    var top = HIDDEN;
    var total = 0.0;
    for (var word = 0u; word < n_words; word++) {
        let bits = mask[token * n_words + word];
        if (slot == 0u) {
            seen[line] = bits;
        }
        workgroupBarrier();
        if (lane == 0u) {
            var any = 0u;
            for (var i = 0u; i < 32u; i += 4u) {
                any |= (seen[i] | seen[i + 1u]) | (seen[i + 2u] | seen[i + 3u]);
            }
            seen_by_any = any;
        }
        let any = workgroupUniformLoad(&seen_by_any);
        if (any == 0u) {
            continue;
        }
        // The cell that this invocation loads for all; what nobody sees may be anything.
        let cell = 32u * word + line;
        let has_cell = ((any >> line) & 1u) != 0u;
        var products0 = vec4<f32>();
        var products1 = vec4<f32>();
        var products2 = vec4<f32>();
        var products3 = vec4<f32>();
        for (var chunk = 0u; chunk < n_chunks; chunk++) {
            let quad = 8u * chunk + slot;
            var query = vec4<f32>();
            var key = vec4<f32>();
            if (quad < n_quads) {
                query = params.scale * queries[row + quad];
                if (has_cell) {
                    key = key4(cell, column + 4u * quad);
                }
            }
            tile_q[LINE * line + slot] = query;
            tile_c[LINE * line + slot] = key;
            workgroupBarrier();
            for (var i = 0u; i < 8u; i++) {
                let q = tile_q[LINE * line + i];
                products0 += q * tile_c[LINE * slot + i];
                products1 += q * tile_c[LINE * (slot + 8u) + i];
                products2 += q * tile_c[LINE * (slot + 16u) + i];
                products3 += q * tile_c[LINE * (slot + 24u) + i];
            }
            workgroupBarrier();
        }
        let ones = vec4<f32>(1.0);
        let scores = vec4<f32>(
            dot(products0, ones), dot(products1, ones), dot(products2, ones), dot(products3, ones),
        );
        let places = vec4<u32>(slot) + vec4<u32>(0u, 8u, 16u, 24u);
        let is_seen = ((vec4<u32>(bits) >> places) & vec4<u32>(1u)) != vec4<u32>(0u);
        let known = select(vec4<f32>(HIDDEN), scores, is_seen);
        reduced[lane] = max(max(known.x, known.y), max(known.z, known.w));
        workgroupBarrier();
        var new_top = top;
        for (var i = 0u; i < 8u; i++) {
            new_top = max(new_top, reduced[8u * line + i]);
        }
        let shrink = exp(top - new_top);
        top = new_top;
        let share = select(vec4<f32>(0.0), exp(known - vec4<f32>(top)), is_seen);
        total = total * shrink + dot(share, ones);
        let place = LINE * line + (slot >> 2u);
        shares[place][slot & 3u] = share.x;
        shares[place + 2u][slot & 3u] = share.y;
        shares[place + 4u][slot & 3u] = share.z;
        shares[place + 6u][slot & 3u] = share.w;
        for (var chunk = 0u; chunk < n_chunks; chunk++) {
            let quad = 8u * chunk + slot;
            var value = vec4<f32>();
            if (has_cell && quad < n_quads) {
                value = value4(cell, column + 4u * quad);
            }
            tile_c[LINE * line + slot] = value;
            workgroupBarrier();
            var sum = vec4<f32>();
            for (var i = 0u; i < 8u; i++) {
                let weights = shares[LINE * line + i];
                let first = LINE * 4u * i + slot;
                sum += weights.x * tile_c[first] + weights.y * tile_c[first + LINE]
                    + weights.z * tile_c[first + 2u * LINE] + weights.w * tile_c[first + 3u * LINE];
            }
            sums[chunk] = sums[chunk] * shrink + sum;
            workgroupBarrier();
        }
    }
    reduced[lane] = total;
    workgroupBarrier();
    total = 0.0;
    for (var i = 0u; i < 8u; i++) {
        total += reduced[8u * line + i];
    }
    if (32u * workgroup.y + line < params.n_tokens) {
        for (var quad = slot; quad < n_quads; quad += 8u) {
            out[row + quad] = sums[quad >> 3u] / total;
        }
    }
}
