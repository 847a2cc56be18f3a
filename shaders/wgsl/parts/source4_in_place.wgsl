// Part: the operand is what the result replaces, in fours.
fn source4(index: u32) -> vec4<f32> {
    return out[index];
}
