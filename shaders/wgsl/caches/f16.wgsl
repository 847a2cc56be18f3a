// Cache F16: [n_cells, d_kv] in half precision, two values a word.
fn key4(cell: u32, column: u32) -> vec4<f32> {
    let first = (cell * params.d_kv + column) >> 1u;
    return vec4<f32>(unpack2x16float(keys[first]), unpack2x16float(keys[first + 1u]));
}

fn value_at(cell: u32, column: u32) -> f32 {
    let index = cell * params.d_kv + column;
    return unpack2x16float(values[index >> 1u] >> (16u * (index & 1u))).x;
}
