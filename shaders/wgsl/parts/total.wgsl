// Part: the sum of a value over the 256 invocations of a workgroup, for all of them.
var<workgroup> sums: array<f32, 256>;

fn total(lane: u32, value: f32) -> f32 {
    sums[lane] = value;
    workgroupBarrier();
    for (var step = 64u; step > 0u; step >>= 2u) {
        if (lane < step) {
            sums[lane] += sums[lane + step] + sums[lane + 2u * step] + sums[lane + 3u * step];
        }
        workgroupBarrier();
    }
    return sums[0];
}
