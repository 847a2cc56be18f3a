// Weights Q8_0, 32 values in 34 bytes: scale f16, then 32 signed bytes. value = scale · q.
#include bytes

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 34u;
    let first = block + 2u + 16u * (span & 1u);
    let words = words16(first);
    let q = mat4x4<f32>(
        signed4(words.x), signed4(words.y), signed4(words.z), signed4(words.w),
    );
    return half(block) * q;
}
