// Part: a span of 16 values, rounded to signed bytes, in two vectors of `rounded`: the sixteen bytes;
// their scale (max |x| / 127), scale · their sum, the squares that come with them, and nothing.
fn packed4(q: vec4<f32>) -> u32 {
    let bytes = bitcast<vec4<u32>>(vec4<i32>(q)) & vec4<u32>(0xffu);
    return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}

// The sum of the squares of a span.
fn squares16(x: mat4x4<f32>) -> f32 {
    return dot(x[0], x[0]) + dot(x[1], x[1]) + dot(x[2], x[2]) + dot(x[3], x[3]);
}

fn put_rounded16(span: u32, x: mat4x4<f32>, squares: f32) {
    let most = max(max(abs(x[0]), abs(x[1])), max(abs(x[2]), abs(x[3])));
    let largest = max(max(most.x, most.y), max(most.z, most.w));
    let inverse = select(0.0, 127.0 / largest, largest > 0.0);
    let q0 = round(x[0] * inverse);
    let q1 = round(x[1] * inverse);
    let q2 = round(x[2] * inverse);
    let q3 = round(x[3] * inverse);
    let scale = largest / 127.0;
    let sum = dot(q0 + q1 + q2 + q3, vec4<f32>(1.0));
    rounded[2u * span] = vec4<u32>(packed4(q0), packed4(q1), packed4(q2), packed4(q3));
    rounded[2u * span + 1u] = bitcast<vec4<u32>>(vec4<f32>(scale, scale * sum, squares, 0.0));
}
