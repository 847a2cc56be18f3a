// Weights F16: half precision.
fn value(address: u32) -> f32 {
    return unpack2x16float(weights[address >> 2u] >> ((address & 2u) * 8u)).x;
}

fn value4(address: u32) -> vec4<f32> {
    return vec4<f32>(
        value(address), value(address + 2u), value(address + 4u), value(address + 6u),
    );
}

// The same of two words.
fn pair2(place: u32) -> vec4<f32> {
    return vec4<f32>(unpack2x16float(weights[place]), unpack2x16float(weights[place + 1u]));
}

// Values 16 span .. 16 span + 16 of the row at this address.
fn decode16(row: u32, span: u32) -> mat4x4<f32> {
    let first = row + span * 32u;
    if ((first & 3u) == 0u) {
        let place = first >> 2u;
        return mat4x4<f32>(
            pair2(place), pair2(place + 2u), pair2(place + 4u), pair2(place + 6u),
        );
    }
    return mat4x4<f32>(
        value4(first), value4(first + 8u), value4(first + 16u), value4(first + 24u),
    );
}
