// Cache Q8_0: [n_cells, d_kv / 32] blocks of nine words, the scale f16 in the first, then 32 signed
// bytes. Blocks of whole words, so that no two invocations write the same word.
alias Stored = u32;

fn signed4(word: u32) -> vec4<f32> {
    return vec4<f32>(vec4<i32>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}

fn key4(cell: u32, column: u32) -> vec4<f32> {
    let index = cell * params.d_kv + column;
    let block = (index >> 5u) * 9u;
    let scale = unpack2x16float(keys[block]).x;
    return scale * signed4(keys[block + 1u + ((index & 31u) >> 2u)]);
}

fn value4(cell: u32, column: u32) -> vec4<f32> {
    let index = cell * params.d_kv + column;
    let block = (index >> 5u) * 9u;
    let scale = unpack2x16float(values[block]).x;
    return scale * signed4(values[block + 1u + ((index & 31u) >> 2u)]);
}
