// Weights Q4_1, 32 values in 20 bytes: scale f16, minimum f16, then 16 bytes with value i in the
// low and value i + 16 in the high half of byte i. value = scale · q + minimum.
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 20u;
    let q = fields16(block + 4u, 4u * (span & 1u), 0x0f0f0f0fu);
    return half(block) * q + all16(half(block + 2u));
}
