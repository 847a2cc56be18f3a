// Op:       out[row, part] = the n_best largest of a part of a row, the largest first; equal ones by id
// Bindings: 0 params, 1 candidates (read), 2 out (write; pairs of id and value)
// Grid:     one workgroup a part (x) of a row (y)
// Limits:   n_best at most 64; where there are fewer, ids are 2³² − 1; NaN and −∞ are no candidates
// Twin:     `best_of` in core/src/exec/best.rs
struct Params {
    n_rows: u32,
    // Candidates in a row, and in a part.
    n_values: u32,
    part_values: u32,
    n_best: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> candidates: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<vec2<u32>>;

#include candidate

const NONE = 0xffffffffu;
const LARGEST = 3.4028234e38;

struct Found {
    id: u32,
    value: f32,
}

fn comes_before(a: Found, b: Found) -> bool {
    return a.id != NONE
        && (b.id == NONE || a.value > b.value || (a.value == b.value && a.id < b.id));
}

var<workgroup> found: array<Found, 64>;

// As many passes as there are to be found: in each, the first that comes after the one before.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) n_workgroups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = workgroup.y;
    let first = workgroup.x * params.part_values;
    let end = min(first + params.part_values, params.n_values);
    let place = (row * n_workgroups.x + workgroup.x) * params.n_best;
    var last = Found(NONE, 0.0);
    for (var k = 0u; k < params.n_best; k++) {
        var best = Found(NONE, 0.0);
        for (var i = first + lane; i < end; i += 64u) {
            var one = candidate(row * params.n_values + i, i);
            // Before the minimum, which may take a number for what is none.
            let is_usable = one.value >= -LARGEST;
            one.value = min(one.value, LARGEST);
            let is_left = k == 0u || comes_before(last, one);
            if (is_usable && is_left && comes_before(one, best)) {
                best = one;
            }
        }
        found[lane] = best;
        workgroupBarrier();
        for (var step = 32u; step > 0u; step >>= 1u) {
            if (lane < step && comes_before(found[lane + step], found[lane])) {
                found[lane] = found[lane + step];
            }
            workgroupBarrier();
        }
        last = found[0];
        workgroupBarrier();
        if (lane == 0u) {
            out[place + k] = vec2<u32>(last.id, bitcast<u32>(last.value));
        }
    }
}
