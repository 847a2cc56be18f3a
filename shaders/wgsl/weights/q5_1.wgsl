// Weights Q5_1, 32 values in 24 bytes: scale f16, minimum f16, fifth bits of the values in 4 bytes,
// then 16 bytes with value i in the low and value i + 16 in the high half of byte i.
// value = scale · q + minimum.
#include bytes

// Sixteen with bit i of `high` as the fifth bit of value i.
fn fifth4(high: u32) -> vec4<f32> {
    return vec4<f32>((vec4<u32>(high) >> vec4<u32>(0u, 1u, 2u, 3u)) & vec4<u32>(1u)) * 16.0;
}

fn fifth16(high: u32) -> mat4x4<f32> {
    return mat4x4<f32>(fifth4(high), fifth4(high >> 4u), fifth4(high >> 8u), fifth4(high >> 12u));
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 24u;
    let q = fields16(block + 8u, 4u * (span & 1u), 0x0f0f0f0fu);
    let high = fifth16(word(block + 4u) >> (16u * (span & 1u)));
    return half(block) * (q + high) + all16(half(block + 2u));
}
