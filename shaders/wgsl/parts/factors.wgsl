// Part: a span of values times the factors of a norm; those behind the end of a row are zeros.
fn factor_at(column: u32) -> f32 {
    let place = min(column, params.n_cols - 1u);
    return factors[place >> 2u][place & 3u];
}

fn factors4(column: u32) -> vec4<f32> {
    if (column + 4u <= params.n_cols) {
        return factors[column >> 2u];
    }
    return vec4<f32>(
        factor_at(column),
        factor_at(column + 1u),
        factor_at(column + 2u),
        factor_at(column + 3u),
    );
}

fn times_factors(x: mat4x4<f32>, span: u32) -> mat4x4<f32> {
    let column = 16u * span;
    return mat4x4<f32>(
        x[0] * factors4(column),
        x[1] * factors4(column + 4u),
        x[2] * factors4(column + 8u),
        x[3] * factors4(column + 12u),
    );
}
