// Weights MXFP4 (OCP Microscaling Formats 1.0), 32 values in 17 bytes: an exponent, then 16 bytes
// with value i in the low and value i + 16 in the high half of byte i, as 4-bit floats of two
// exponent bits. The table holds twice their values, so value = 2^(e − 128) · TABLE[index].
#include bytes

// The sixteen values as signed bytes.
const TABLE = vec4<u32>(0x03020100u, 0x0c080604u, 0xfdfeff00u, 0xf4f8fafcu);

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

fn power_of_two(exponent: u32) -> f32 {
    if (exponent < 2u) {
        return bitcast<f32>(0x00200000u << exponent);
    }
    return bitcast<f32>((exponent - 1u) << 23u);
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let block = row + (span / 2u) * 17u;
    return power_of_two(byte(block)) * look_up16(block + 1u, 4u * (span & 1u));
}
