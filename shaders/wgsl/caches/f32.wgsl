// Cache F32: [n_cells, d_kv] in single precision.
fn key4(cell: u32, column: u32) -> vec4<f32> {
    let first = cell * params.d_kv + column;
    return vec4<f32>(
        bitcast<f32>(keys[first]),
        bitcast<f32>(keys[first + 1u]),
        bitcast<f32>(keys[first + 2u]),
        bitcast<f32>(keys[first + 3u]),
    );
}

fn value_at(cell: u32, column: u32) -> f32 {
    return bitcast<f32>(values[cell * params.d_kv + column]);
}
