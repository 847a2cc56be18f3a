// Part: a span of values times the factors of a norm of `width` values; those behind its end are zeros.
fn factor_at(column: u32, width: u32) -> f32 {
    let place = min(column, width - 1u);
    return factors[place >> 2u][place & 3u];
}

fn factors4(column: u32, width: u32) -> vec4<f32> {
    if (column + 4u <= width) {
        return factors[column >> 2u];
    }
    return vec4<f32>(
        factor_at(column, width),
        factor_at(column + 1u, width),
        factor_at(column + 2u, width),
        factor_at(column + 3u, width),
    );
}

fn times_factors(x: mat4x4<f32>, span: u32, width: u32) -> mat4x4<f32> {
    let column = 16u * span;
    return mat4x4<f32>(
        x[0] * factors4(column, width),
        x[1] * factors4(column + 4u, width),
        x[2] * factors4(column + 8u, width),
        x[3] * factors4(column + 12u, width),
    );
}
