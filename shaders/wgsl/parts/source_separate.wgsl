// Part: the operand lies in a buffer of its own.
@group(0) @binding(3) var<storage, read> input: array<f32>;

fn source(index: u32) -> f32 {
    return input[index];
}
