// Part: sixteen values of a row of `input`, zeros behind its end.
fn input_at(base: u32, column: u32) -> f32 {
    return select(0.0, input[base + column], column < params.n_cols);
}

fn input4(base: u32, column: u32) -> vec4<f32> {
    return vec4<f32>(
        input_at(base, column),
        input_at(base, column + 1u),
        input_at(base, column + 2u),
        input_at(base, column + 3u),
    );
}

fn whole4(first: u32) -> vec4<f32> {
    return vec4<f32>(input[first], input[first + 1u], input[first + 2u], input[first + 3u]);
}

fn inputs16(row: u32, span: u32) -> mat4x4<f32> {
    let base = row * params.n_cols;
    let column = 16u * span;
    if (column + 16u <= params.n_cols) {
        let first = base + column;
        return mat4x4<f32>(
            whole4(first), whole4(first + 4u), whole4(first + 8u), whole4(first + 12u),
        );
    }
    return mat4x4<f32>(
        input4(base, column),
        input4(base, column + 4u),
        input4(base, column + 8u),
        input4(base, column + 12u),
    );
}
