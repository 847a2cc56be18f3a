// Weights Q6_K, 256 values in 210 bytes: 128 bytes with four bits of two values each, 64 values
// apart, 64 bytes with two bits of four values each, 32 values apart, 16 signed scales of 16 values
// each, then the scale of scales f16. value = d · scale · (q − 32).
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 16u) * 210u;
    let part = span & 15u;
    let group = (part >> 1u) & 3u;
    let half_block = part >> 3u;
    let first = block + 64u * half_block + 32u * (group & 1u) + 16u * (part & 1u);
    let low = fields16(first, 4u * (group >> 1u), 0x0f0f0f0fu);
    let high = fields16(block + 128u + 32u * half_block + 16u * (part & 1u), 2u * group, 0x03030303u);
    let scale = half(block + 208u) * signed4(byte(block + 192u + part)).x;
    return scale * (low + 16.0 * high - all16(32.0));
}
