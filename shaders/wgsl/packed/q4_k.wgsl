// Packed Q4_K: see weights/q4_k.wgsl.
fn packed16(row: u32, span: u32) -> Packed {
    let block = row + (span / 16u) * 144u;
    let part = span & 15u;
    let scale = scale_and_minimum(block + 4u, part >> 1u) * vec2<f32>(half(block), half(block + 2u));
    let first = block + 16u + 32u * (part >> 2u) + 16u * (part & 1u);
    return Packed(words4(first, 4u * ((part >> 1u) & 1u), 0x0f0f0f0fu), scale.x, scale.y);
}
