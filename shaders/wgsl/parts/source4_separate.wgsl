// Part: the operand lies in a buffer of its own, in fours.
@group(0) @binding(3) var<storage, read> input: array<vec4<f32>>;

fn source4(index: u32) -> vec4<f32> {
    return input[index];
}
