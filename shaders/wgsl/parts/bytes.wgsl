// Part: reads at any byte address of `weights`, whose blocks are not multiples of four bytes.
// The buffer is padded by a word, so that the second word of an unaligned read exists.
fn word(address: u32) -> u32 {
    let shift = (address & 3u) * 8u;
    let low = weights[address >> 2u] >> shift;
    if (shift == 0u) {
        return low;
    }
    return low | (weights[(address >> 2u) + 1u] << (32u - shift));
}

fn byte(address: u32) -> u32 {
    return (weights[address >> 2u] >> ((address & 3u) * 8u)) & 0xffu;
}

// A half-precision value at an even address.
fn half(address: u32) -> f32 {
    return unpack2x16float(weights[address >> 2u] >> ((address & 2u) * 8u)).x;
}

// The four bytes of a word as values.
fn bytes4(word: u32) -> vec4<f32> {
    return vec4<f32>((vec4<u32>(word) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(0xffu));
}

// The same for bytes with a sign.
fn signed4(word: u32) -> vec4<f32> {
    return vec4<f32>(vec4<i32>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}

// Sixteen bytes, shifted right and masked as four words.
fn fields16(address: u32, shift: u32, mask: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        bytes4((word(address) >> shift) & mask),
        bytes4((word(address + 4u) >> shift) & mask),
        bytes4((word(address + 8u) >> shift) & mask),
        bytes4((word(address + 12u) >> shift) & mask),
    );
}

// All sixteen values of a matrix equal.
fn all16(value: f32) -> mat4x4<f32> {
    let column = vec4<f32>(value);
    return mat4x4<f32>(column, column, column, column);
}

// The same sixteen bytes as words.
fn words4(address: u32, shift: u32, mask: u32) -> vec4<u32> {
    return vec4<u32>(
        (word(address) >> shift) & mask,
        (word(address + 4u) >> shift) & mask,
        (word(address + 8u) >> shift) & mask,
        (word(address + 12u) >> shift) & mask,
    );
}
