// Part: which rows of a shard a workgroup multiplies that has four slots for them, and what becomes of
// the products.

// Rows whose results a workgroup writes.
fn slots() -> u32 {
    return select(4u, 2u, GATED);
}

// The row of the matrix that one of four slots computes: gated, slots 2 and 3 are twins of 0 and 1.
fn row_of(group: u32, slot: u32) -> u32 {
    return group * slots() + slot % slots();
}

// Where that row begins; behind the last one, that of the last one, whose product is not written.
fn address_of(group: u32, slot: u32) -> u32 {
    let twin = select(0u, params.twin_bytes, slot >= slots());
    let row = min(row_of(group, slot), params.n_rows - 1u);
    return params.first_byte + row * params.row_bytes + twin;
}

// Products of the tokens with a row, and with its twin.
fn write(row: u32, products: vec4<f32>, twins: vec4<f32>) {
    if (row >= params.n_rows) {
        return;
    }
    var values = products;
    var others = twins;
    for (var token = 0u; token < N_TOKENS; token++) {
        var value = values[token];
        if (GATED) {
            value = activate(value) * others[token];
        }
        put_by_row(token, row, value);
    }
}
