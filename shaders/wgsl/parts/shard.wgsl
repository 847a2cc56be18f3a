// Part: what products with a shard of a matrix share, whatever their input looks like.
struct Params {
    n_tokens: u32,
    n_cols: u32,
    row_bytes: u32,
    first_byte: u32,
    first_row: u32,
    n_rows: u32,
    d_out: u32,
    has_bias: u32,
    adds: u32,
    twin_bytes: u32,
    epsilon: f32,
    first_bias: u32,
    d_second: u32,
    rounds: u32,
    has_factors: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;

// A product with the bias of its column.
fn biased(column: u32, product: f32) -> f32 {
    if (params.has_bias != 0u) {
        return product + bias[params.first_bias + column];
    }
    return product;
}

// Writes the product of a token with a row of the shard, with the bias, and added to what is there.
// Answers what is there then.
fn put(token: u32, row: u32, product: f32) -> f32 {
    let column = params.first_row + row;
    let place = token * params.d_out + column;
    var value = biased(column, product);
    if (params.adds != 0u) {
        value += out[place];
    }
    out[place] = value;
    return value;
}
