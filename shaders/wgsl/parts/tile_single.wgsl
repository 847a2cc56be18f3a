// Part: four values of a tile in single precision.
alias Tile = vec4<f32>;

fn tile(x: vec4<f32>) -> Tile {
    return x;
}
