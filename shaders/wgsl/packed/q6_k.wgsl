// Packed Q6_K: see weights/q6_k.wgsl.
fn packed16(row: u32, span: u32) -> Packed {
    let block = row + (span / 16u) * 210u;
    let part = span & 15u;
    let group = (part >> 1u) & 3u;
    let half_block = part >> 3u;
    let first = block + 64u * half_block + 32u * (group & 1u) + 16u * (part & 1u);
    let low = words4(first, 4u * (group >> 1u), 0x0f0f0f0fu);
    let high = words4(block + 128u + 32u * half_block + 16u * (part & 1u), 2u * group, 0x03030303u);
    let scale = half(block + 208u) * signed4(byte(block + 192u + part)).x;
    return Packed(low | (high << vec4<u32>(4u)), scale, 32.0 * scale);
}
