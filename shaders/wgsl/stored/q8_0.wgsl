// Stored Q8_0: blocks of 32 values of `head_values` in nine words: scale = max |x| / 127 in half
// precision, then q = x / scale as signed bytes. d_head is a multiple of 32.
fn stored_words() -> u32 {
    return params.d_head / 32u * 9u;
}

fn stored(i: u32) -> u32 {
    let first = i / 9u * 32u;
    var largest = 0.0;
    for (var k = 0u; k < 32u; k++) {
        largest = max(largest, abs(head_values[first + k]));
    }
    if (i % 9u == 0u) {
        return pack2x16float(vec2<f32>(largest / 127.0, 0.0));
    }
    var inverse = 0.0;
    if (largest > 0.0) {
        inverse = 127.0 / largest;
    }
    var packed = 0u;
    for (var k = 0u; k < 4u; k++) {
        let q = i32(round(head_values[first + 4u * (i % 9u - 1u) + k] * inverse));
        packed |= (bitcast<u32>(q) & 0xffu) << (8u * k);
    }
    return packed;
}
