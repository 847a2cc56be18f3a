// Weights Q4_K, 256 values in 144 bytes: scales of scales and of minima f16, 12 bytes with eight
// scales and minima of six bits, then 128 bytes with two values each, 32 values apart.
// value = d · scale · q − dmin · minimum.
#include bytes

// Scale and minimum, six bits each, of 32 values: the first four of each in bytes of their own, the
// last four in halves of bytes and in the upper bits of the first ones.
fn scale_and_minimum(scales: u32, part: u32) -> vec2<f32> {
    if (part < 4u) {
        return vec2<f32>(f32(byte(scales + part) & 63u), f32(byte(scales + part + 4u) & 63u));
    }
    let halves = byte(scales + part + 4u);
    let scale = (halves & 15u) | ((byte(scales + part - 4u) >> 6u) << 4u);
    let minimum = (halves >> 4u) | ((byte(scales + part) >> 6u) << 4u);
    return vec2<f32>(f32(scale), f32(minimum));
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 16u) * 144u;
    let part = span & 15u;
    let scale = scale_and_minimum(block + 4u, part >> 1u) * vec2<f32>(half(block), half(block + 2u));
    let first = block + 16u + 32u * (part >> 2u) + 16u * (part & 1u);
    let q = fields16(first, 4u * ((part >> 1u) & 1u), 0x0f0f0f0fu);
    return scale.x * q - all16(scale.y);
}
