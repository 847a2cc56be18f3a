// Weights Q3_K, 256 values in 110 bytes: 32 bytes with the third bits of values 32 apart, 64 bytes
// with two bits of four values each, 12 bytes with sixteen scales of six bits (low halves in bytes
// 0 to 7, upper two bits in bytes 8 to 11), then the scale of scales f16.
// value = d · (scale − 32) · (q − 4).
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 16u) * 110u;
    let part = span & 15u;
    let group = (part >> 1u) & 3u;
    let low = fields16(block + 32u + 32u * (part >> 3u) + 16u * (part & 1u), 2u * group, 0x03030303u);
    let high = fields16(block + 16u * (part & 1u), 4u * (part >> 3u) + group, 0x01010101u);
    let four = (byte(block + 96u + (part & 7u)) >> (4u * (part >> 3u))) & 15u;
    let two = (byte(block + 104u + (part & 3u)) >> (2u * (part >> 2u))) & 3u;
    let scale = half(block + 108u) * (f32(four | (two << 4u)) - 32.0);
    return scale * (low + 4.0 * high - all16(4.0));
}
