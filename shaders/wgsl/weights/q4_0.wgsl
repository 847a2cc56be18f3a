// Weights Q4_0, 32 values in 18 bytes: scale f16, then 16 bytes with value i in the low and value
// i + 16 in the high half of byte i. value = scale · (q − 8).
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 18u;
    let q = fields16(block + 2u, 4u * (span & 1u), 0x0f0f0f0fu);
    return half(block) * (q - all16(8.0));
}
