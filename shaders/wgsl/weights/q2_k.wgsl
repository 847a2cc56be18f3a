// Weights Q2_K, 256 values in 84 bytes: 16 bytes with a scale (low half) and a minimum (high half)
// for 16 values each, 64 bytes with four values each, 32 values apart, then the scales of scales
// and minima f16. value = d · scale · q − dmin · minimum.
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 16u) * 84u;
    let part = span & 15u;
    let scales = byte(block + part);
    let q = fields16(
        block + 16u + 32u * (part >> 3u) + 16u * (part & 1u),
        2u * ((part >> 1u) & 3u),
        0x03030303u,
    );
    let scale = half(block + 80u) * f32(scales & 15u);
    let minimum = half(block + 82u) * f32(scales >> 4u);
    return scale * q - all16(minimum);
}
