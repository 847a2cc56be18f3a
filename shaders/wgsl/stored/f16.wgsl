// Stored F16: word i of a cache holds two values of `head_values`. How pack2x16float rounds is the
// driver's choice.
fn stored_words() -> u32 {
    return params.d_head / 2u;
}

fn stored(i: u32) -> u32 {
    return pack2x16float(vec2<f32>(head_values[2u * i], head_values[2u * i + 1u]));
}
