// Weights IQ4_NL, 32 values in 18 bytes: scale f16, then 16 bytes with the index of value i in the
// low and of value i + 16 in the high half of byte i. value = scale · TABLE[index].
#include bytes

// The sixteen values as signed bytes.
const TABLE = vec4<u32>(0xbfad9881u, 0xf6eaddcfu, 0x26190d01u, 0x71594535u);

fn look_up(index: u32) -> f32 {
    return signed4(TABLE[index >> 2u] >> (8u * (index & 3u))).x;
}

fn look_up4(word: u32) -> vec4<f32> {
    return vec4<f32>(
        look_up(word & 15u),
        look_up((word >> 8u) & 15u),
        look_up((word >> 16u) & 15u),
        look_up((word >> 24u) & 15u),
    );
}

fn look_up16(address: u32, shift: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        look_up4(word(address) >> shift),
        look_up4(word(address + 4u) >> shift),
        look_up4(word(address + 8u) >> shift),
        look_up4(word(address + 12u) >> shift),
    );
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 18u;
    return half(block) * look_up16(block + 2u, 4u * (span & 1u));
}
