// Part: sixteen values of a row of `input`, whose elements are fours of them; zeros behind its end.
fn input_at(index: u32) -> f32 {
    return input[index >> 2u][index & 3u];
}

fn input4(base: u32, column: u32) -> vec4<f32> {
    let columns = vec4<u32>(column) + vec4<u32>(0u, 1u, 2u, 3u);
    let values = vec4<f32>(
        input_at(base + columns.x),
        input_at(base + columns.y),
        input_at(base + columns.z),
        input_at(base + columns.w),
    );
    return select(vec4<f32>(0.0), values, columns < vec4<u32>(params.n_cols));
}

fn inputs16(row: u32, span: u32) -> mat4x4<f32> {
    let base = row * params.n_cols;
    let column = 16u * span;
    if ((params.n_cols & 3u) == 0u && column + 16u <= params.n_cols) {
        let first = (base + column) >> 2u;
        return mat4x4<f32>(input[first], input[first + 1u], input[first + 2u], input[first + 3u]);
    }
    return mat4x4<f32>(
        input4(base, column),
        input4(base, column + 4u),
        input4(base, column + 8u),
        input4(base, column + 12u),
    );
}
