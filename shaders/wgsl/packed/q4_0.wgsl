// Packed Q4_0: see weights/q4_0.wgsl.
fn packed16(row: u32, span: u32) -> Packed {
    let block = row + (span / 2u) * 18u;
    let scale = half(block);
    return Packed(words4(block + 2u, 4u * (span & 1u), 0x0f0f0f0fu), scale, 8.0 * scale);
}
