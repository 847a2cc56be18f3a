// Packed Q8_0: see weights/q8_0.wgsl.
fn packed16(row: u32, span: u32) -> Packed {
    let block = row + (span / 2u) * 34u;
    return Packed(words4(block + 2u + 16u * (span & 1u), 0u, 0xffffffffu), half(block), 0.0);
}
