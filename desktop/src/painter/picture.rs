//! What a frame shows: corners, and runs of triangles that are drawn in the same way.

use std::ops::Range;

use egui::epaint::{ClippedPrimitive, Mesh, Primitive, Vertex, WHITE_UV};
use egui::{Rect, TextureId, Vec2};

/// Area in square points from which a triangle is worth a way of its own: between two ways, the driver
/// is set up anew.
const LARGE: f32 = 1_500.0;
/// Bytes of a corner: place and place in the texture as 32-bit floats, colour in four bytes.
pub const CORNER_BYTES: u64 = 20;

/// How triangles are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// One colour, and nothing shows through.
    Opaque,
    /// One colour that something shows through.
    Translucent,
    /// With a texture.
    Textured,
}

/// A run of triangles.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The part of the window that it may change, in points.
    pub clip: Rect,
    /// How it is drawn.
    pub way: Way,
    /// Its texture.
    pub texture: TextureId,
    /// Its numbers of corners.
    pub indices: Range<u32>,
    /// What is added to these.
    pub base: i32,
}

/// What a frame shows.
#[derive(Debug, Default)]
pub struct Picture {
    /// Corners, [`CORNER_BYTES`] each; places from -1 to 1 over the window, upwards.
    pub corners: Vec<u8>,
    /// Numbers of corners as 32-bit integers, three for every triangle.
    pub indices: Vec<u8>,
    /// The runs, in order.
    pub runs: Vec<Run>,
}

impl Picture {
    /// The picture that `primitives` are in the rectangle `window`.
    pub fn of(primitives: &[ClippedPrimitive], window: Rect) -> Self {
        let mut picture = Self::default();
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            // The app has no callbacks of its own.
            if let Primitive::Mesh(mesh) = primitive {
                picture.add(mesh, *clip_rect, window);
            }
        }
        picture
    }

    fn add(&mut self, mesh: &Mesh, clip: Rect, window: Rect) {
        let base = (self.corners.len() as u64 / CORNER_BYTES) as i32;
        let scale = Vec2::new(2.0 / window.width(), 2.0 / window.height());
        for Vertex { pos, uv, color } in &mesh.vertices {
            let place = (*pos - window.min) * scale;
            for number in [place.x - 1.0, 1.0 - place.y, uv.x, uv.y] {
                self.corners.extend_from_slice(&number.to_ne_bytes());
            }
            self.corners.extend_from_slice(&color.to_array());
        }
        let mut at = (self.indices.len() / 4) as u32;
        for triangle in mesh.indices.chunks_exact(3) {
            let corners = [0, 1, 2].map(|corner| &mesh.vertices[triangle[corner] as usize]);
            let way = way(corners);
            match self.runs.last_mut() {
                Some(run) if run.way == way && run.base == base => run.indices.end += 3,
                _ => {
                    let (texture, indices) = (mesh.texture_id, at..at + 3);
                    self.runs.push(Run { clip, way, texture, indices, base });
                }
            }
            at += 3;
            for index in triangle {
                self.indices.extend_from_slice(&index.to_ne_bytes());
            }
        }
    }
}

fn way(corners: [&Vertex; 3]) -> Way {
    let [a, b, c] = corners.map(|corner| corner.pos);
    let area = ((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)).abs() / 2.0;
    let is_plain = area >= LARGE && corners.iter().all(|corner| corner.uv == WHITE_UV);
    match is_plain {
        true if corners.iter().all(|corner| corner.color.a() == 255) => Way::Opaque,
        true => Way::Translucent,
        false => Way::Textured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, pos2};

    fn square(mesh: &mut Mesh, side: f32, color: Color32) {
        mesh.add_colored_rect(Rect::from_min_max(pos2(0.0, 0.0), pos2(side, side)), color);
    }

    #[test]
    fn large_surfaces_are_drawn_without_a_texture_in_their_order() {
        let mut mesh = Mesh::default();
        square(&mut mesh, 200.0, Color32::WHITE);
        square(&mut mesh, 100.0, Color32::from_black_alpha(90));
        square(&mut mesh, 10.0, Color32::WHITE);
        let window = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 100.0));
        let primitive = ClippedPrimitive { clip_rect: window, primitive: Primitive::Mesh(mesh) };
        let picture = Picture::of(&[primitive.clone(), primitive], window);
        let found: Vec<(Way, Range<u32>, i32)> =
            picture.runs.iter().map(|run| (run.way, run.indices.clone(), run.base)).collect();
        use Way::{Opaque, Textured, Translucent};
        assert_eq!(
            found,
            [
                (Opaque, 0..6, 0),
                (Translucent, 6..12, 0),
                (Textured, 12..18, 0),
                (Opaque, 18..24, 12),
                (Translucent, 24..30, 12),
                (Textured, 30..36, 12),
            ]
        );
        assert_eq!(picture.corners.len() as u64, 24 * CORNER_BYTES);
        assert_eq!(picture.indices.len(), 36 * 4);
        let number =
            |at: usize| f32::from_ne_bytes(picture.corners[at..at + 4].try_into().unwrap());
        assert_eq!((number(0), number(4)), (-1.0, 1.0), "the upper left corner");
    }
}
