// Part: sixteen of `results`, which lie in workgroup memory.
fn results4(first: u32) -> vec4<f32> {
    return vec4<f32>(results[first], results[first + 1u], results[first + 2u], results[first + 3u]);
}

fn results16(first: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        results4(first), results4(first + 4u), results4(first + 8u), results4(first + 12u),
    );
}
