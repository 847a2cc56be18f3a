// Weights F32: single precision.
fn value(address: u32) -> f32 {
    return bitcast<f32>(weights[address >> 2u]);
}

fn value4(address: u32) -> vec4<f32> {
    return vec4<f32>(
        value(address), value(address + 4u), value(address + 8u), value(address + 12u),
    );
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let first = row + span * 64u;
    return mat4x4<f32>(
        value4(first), value4(first + 16u), value4(first + 32u), value4(first + 48u),
    );
}
