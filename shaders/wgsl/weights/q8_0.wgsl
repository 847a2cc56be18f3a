// Weights Q8_0, 32 values in 34 bytes: scale f16, then 32 signed bytes. value = scale · q.
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 34u;
    let first = block + 2u + 16u * (span & 1u);
    let q = mat4x4<f32>(
        signed4(word(first)),
        signed4(word(first + 4u)),
        signed4(word(first + 8u)),
        signed4(word(first + 12u)),
    );
    return half(block) * q;
}
