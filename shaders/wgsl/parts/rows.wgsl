// Part: which rows of a shard a workgroup multiplies one to four tokens by, and what becomes of the
// products.
//
//   GATED   the matrix is two of n_rows rows each, the second one twin_bytes behind the first;
//           out = activation(first · input) · (second · input)
//
// A matrix may be up to three, one after the other: of its rows, d_out belong to `out`, d_second to
// `second` and the others to `third`.
override N_TOKENS: u32 = 1u;
override GATED: bool = false;

#include grid
#include shard
#include activation

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

// Writes the product of a token with a row to the result that the row belongs to.
fn put_by_row(token: u32, row: u32, product: f32) {
    let column = params.first_row + row;
    if (column < params.d_out) {
        put(token, row, product);
        return;
    }
    let after = column - params.d_out;
    if (after < params.d_second) {
        second[token * params.d_second + after] = biased(column, product);
    } else {
        let d_third = params.n_rows - params.d_out - params.d_second;
        third[token * d_third + after - params.d_second] = biased(column, product);
    }
}
