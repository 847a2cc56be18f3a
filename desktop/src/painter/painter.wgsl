// Triangles of one colour, triangles with a texture, and a picture as it is, in the colours of the
// picture itself. Places come as they leave: from -1 to 1 over the window, so no uniforms are needed.

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(linear) uv: vec2<f32>,
    @location(1) @interpolate(linear) color: vec4<f32>,
}

@group(0) @binding(0) var letters: texture_2d<f32>;
@group(0) @binding(1) var between: sampler;

@vertex
fn corner(
    @location(0) place: vec2<f32>,
    @location(1) uv: vec2<f32>,
    @location(2) color: vec4<f32>,
) -> Corner {
    return Corner(vec4<f32>(place, 0.0, 1.0), uv, color);
}

@fragment
fn plain(at: Corner) -> @location(0) vec4<f32> {
    return at.color;
}

@fragment
fn textured(at: Corner) -> @location(0) vec4<f32> {
    return at.color * textureSample(letters, between, at.uv);
}

// One triangle over the whole picture.
@vertex
fn cover(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    let x = f32(i32(index & 1u) * 4 - 1);
    let y = f32(i32(index >> 1u) * 4 - 1);
    return vec4<f32>(x, y, 0.0, 1.0);
}

@fragment
fn copied(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return textureLoad(letters, vec2<i32>(at.xy), 0);
}
