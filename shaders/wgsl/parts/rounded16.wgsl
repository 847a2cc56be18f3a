// Part: a span of 16 values, rounded to signed bytes, in six words of `out`: sixteen bytes, their scale
// (max |x| / 127), and scale · their sum.
fn put_rounded16(span: u32, x: mat4x4<f32>) {
    let most = max(max(abs(x[0]), abs(x[1])), max(abs(x[2]), abs(x[3])));
    let largest = max(max(most.x, most.y), max(most.z, most.w));
    let inverse = select(0.0, 127.0 / largest, largest > 0.0);
    var sum = 0.0;
    for (var i = 0u; i < 4u; i++) {
        var columns = array<vec4<f32>, 4>(x[0], x[1], x[2], x[3]);
        let q = round(columns[i] * inverse);
        sum += q.x + q.y + q.z + q.w;
        let bytes = bitcast<vec4<u32>>(vec4<i32>(q)) & vec4<u32>(0xffu);
        out[6u * span + i] = bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
    }
    out[6u * span + 4u] = bitcast<u32>(largest / 127.0);
    out[6u * span + 5u] = bitcast<u32>(sum * (largest / 127.0));
}
