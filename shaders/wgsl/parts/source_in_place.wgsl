// Part: the operand is what the result replaces.
fn source(index: u32) -> f32 {
    return out[index];
}
