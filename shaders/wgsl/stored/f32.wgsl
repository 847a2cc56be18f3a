// Stored F32: the word of a cache that holds value i of `head_values`.
fn stored_words() -> u32 {
    return params.d_head;
}

fn stored(i: u32) -> u32 {
    return bitcast<u32>(head_values[i]);
}
