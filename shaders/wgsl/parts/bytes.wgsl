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

// Four words at any address.
fn words16(address: u32) -> vec4<u32> {
    let first = address >> 2u;
    let shift = vec4<u32>((address & 3u) * 8u);
    let low = vec4<u32>(
        weights[first], weights[first + 1u], weights[first + 2u], weights[first + 3u],
    );
    if (shift.x == 0u) {
        return low;
    }
    let high = vec4<u32>(low.yzw, weights[first + 4u]);
    return (low >> shift) | (high << (vec4<u32>(32u) - shift));
}

// Sixteen bytes, shifted right and masked as four words.
fn fields16(address: u32, shift: u32, mask: u32) -> mat4x4<f32> {
    let words = words4(address, shift, mask);
    return mat4x4<f32>(bytes4(words.x), bytes4(words.y), bytes4(words.z), bytes4(words.w));
}

// All sixteen values of a matrix equal.
fn all16(value: f32) -> mat4x4<f32> {
    let column = vec4<f32>(value);
    return mat4x4<f32>(column, column, column, column);
}

// The same sixteen bytes as words.
fn words4(address: u32, shift: u32, mask: u32) -> vec4<u32> {
    return (words16(address) >> vec4<u32>(shift)) & vec4<u32>(mask);
}
