// Cache F32: [n_cells, d_kv] in single precision.
alias Stored = vec4<f32>;

fn key4(cell: u32, column: u32) -> vec4<f32> {
    return keys[(cell * params.d_kv + column) >> 2u];
}

fn value4(cell: u32, column: u32) -> vec4<f32> {
    return values[(cell * params.d_kv + column) >> 2u];
}
