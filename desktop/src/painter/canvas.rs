//! The picture that stays: what the window shows, of which every frame redraws only what changed.

use std::sync::Arc;

use eframe::egui_wgpu::wgpu;
use egui::emath::GuiRounding as _;
use egui::epaint::ClippedShape;
use egui::{Context, Rect, Shape};

use super::damage::{Piece, differences};
use super::picture::Picture;
use super::pipelines::{Held, Pipelines};

/// What one frame shows.
pub struct Scene {
    /// Turns shapes into triangles.
    pub ctx: Context,
    /// Its shapes, in order.
    pub pieces: Arc<Vec<Piece>>,
    /// The window in points.
    pub window: Rect,
    /// Pixels of a point.
    pub pixels_per_point: f32,
}

impl Scene {
    /// The triangles that are seen in `places`.
    fn picture(&self, places: &[Rect]) -> Picture {
        let fill = self.ctx.global_style().visuals.panel_fill;
        let mut shapes = Vec::new();
        for place in places {
            // Its soft edge lies outside.
            let ground = Shape::rect_filled(place.expand(2.0), 0.0, fill);
            shapes.push(ClippedShape::new(*place, ground));
            for Piece { shape, bounds } in self.pieces.iter() {
                if bounds.intersects(*place) {
                    let clip_rect = shape.clip_rect.intersect(*place);
                    shapes.push(ClippedShape { clip_rect, ..shape.clone() });
                }
            }
        }
        let primitives = self.ctx.tessellate(shapes, self.pixels_per_point);
        Picture::of(&primitives, self.window)
    }
}

/// The picture, and what was drawn into it.
pub struct Canvas {
    /// Its pixels.
    pub held: Held,
    view: wgpu::TextureView,
    size: [u32; 2],
    pixels_per_point: f32,
    shown: Arc<Vec<Piece>>,
    /// Whether nothing was drawn yet, or the letters changed since.
    is_stale: bool,
}

impl Canvas {
    /// An empty picture of `size` pixels.
    pub fn new(device: &wgpu::Device, pipelines: &Pipelines, size: [u32; 2]) -> Self {
        let (held, view) = pipelines.canvas(device, size);
        Self { held, view, size, pixels_per_point: 0.0, shown: Arc::default(), is_stale: true }
    }

    /// Whether it has `size` pixels.
    pub fn is(&self, size: [u32; 2]) -> bool {
        self.size == size
    }

    /// Says that it is to be drawn anew.
    pub fn spoil(&mut self) {
        self.is_stale = true;
    }

    /// Draws what is different in `scene`.
    pub fn draw(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        encoder: &mut wgpu::CommandEncoder,
        pipelines: &mut Pipelines,
        scene: &Scene,
    ) {
        let is_whole = self.is_stale || self.pixels_per_point != scene.pixels_per_point;
        let places = match is_whole {
            true => vec![scene.window],
            false => differences(&self.shown, &scene.pieces),
        };
        self.shown = Arc::clone(&scene.pieces);
        (self.is_stale, self.pixels_per_point) = (false, scene.pixels_per_point);
        // Whole pixels, so that the edge of a place is not drawn twice.
        let pixel = 1.0 / scene.pixels_per_point;
        let whole = |place: Rect| place.expand(pixel / 2.0).round_to_pixels(scene.pixels_per_point);
        let places: Vec<Rect> = places.into_iter().map(whole).collect();
        if places.is_empty() {
            return;
        }
        let picture = scene.picture(&places);
        pipelines.upload(device, queue, &picture);
        let attachment = wgpu::RenderPassColorAttachment {
            view: &self.view,
            resolve_target: None,
            ops: wgpu::Operations { load: wgpu::LoadOp::Load, store: wgpu::StoreOp::Store },
            depth_slice: None,
        };
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("painter"),
            color_attachments: &[Some(attachment)],
            ..Default::default()
        });
        pipelines.draw(&mut pass, &picture, scene.pixels_per_point, self.size);
    }
}
