// Part: four values of a tile in half precision; those beyond its range are cut off.
alias Tile = vec4<f16>;

fn tile(x: vec4<f32>) -> Tile {
    return Tile(clamp(x, vec4<f32>(-65504.0), vec4<f32>(65504.0)));
}
