// Weights BF16: the upper half of single precision.
fn value(address: u32) -> f32 {
    return bitcast<f32>((weights[address >> 2u] >> ((address & 2u) * 8u)) << 16u);
}

fn value4(address: u32) -> vec4<f32> {
    return vec4<f32>(
        value(address), value(address + 2u), value(address + 4u), value(address + 6u),
    );
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let first = row + span * 32u;
    return mat4x4<f32>(
        value4(first), value4(first + 8u), value4(first + 16u), value4(first + 24u),
    );
}
