// Cache F16: [n_cells, d_kv] in half precision, two values a word.
alias Stored = vec2<u32>;

fn halves4(words: vec2<u32>) -> vec4<f32> {
    return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}

fn key4(cell: u32, column: u32) -> vec4<f32> {
    return halves4(keys[(cell * params.d_kv + column) >> 2u]);
}

fn value4(cell: u32, column: u32) -> vec4<f32> {
    return halves4(values[(cell * params.d_kv + column) >> 2u]);
}
