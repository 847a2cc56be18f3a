// Part: what products of one to four tokens share, whatever their input looks like.
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

// Writes the product of a token with a row to the result that the row belongs to, and answers what is
// there then.
fn put_by_row(token: u32, row: u32, product: f32) -> f32 {
    let column = params.first_row + row;
    if (column < params.d_out) {
        return put(token, row, product);
    }
    let value = biased(column, product);
    let after = column - params.d_out;
    if (after < params.d_second) {
        second[token * params.d_second + after] = value;
    } else {
        let d_third = params.n_rows - params.d_out - params.d_second;
        third[token * d_third + after - params.d_second] = value;
    }
    return value;
}
