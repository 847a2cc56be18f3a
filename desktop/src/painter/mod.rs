//! Drawing where no GPU does it.
//!
//! egui's own shader reads its texture in two ways and chooses by a branch; a driver that computes on
//! the processor walks both for every pixel, which made nine tenths of a frame. So where such a driver
//! draws, this room takes the shapes of every frame and draws them in three ways:
//!
//! ```text
//! shapes ──tessellated──> triangles ─┬─ large, one colour, nothing shows through:  colour only
//!                                    ├─ large, one colour:                         colour, blended
//!                                    └─ the rest, letters above all:               texture, blended
//! ```
//! Of a frame only what differs from the one before is drawn, into a picture that stays; that is copied
//! to the window. On a GPU egui draws as it always does.

mod canvas;
mod damage;
mod picture;
mod pipelines;

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, RenderState};
use eframe::egui_wgpu::{ScreenDescriptor, wgpu};
use egui::epaint::{ClippedShape, ImageDelta, PaintCallbackInfo};
use egui::{Context, FullOutput, Shape, TextureId};

use canvas::{Canvas, Scene};
use damage::Piece;
use pipelines::Pipelines;

/// Takes over the drawing of `ctx` if its device computes on the processor, and stores colours as they
/// are shown. Whether it did.
pub fn take_over(ctx: &Context, state: &RenderState) -> bool {
    let format = state.target_format;
    let is_processor = state.adapter.get_info().device_type == wgpu::DeviceType::Cpu;
    let takes_over = is_processor && !format.is_srgb();
    if takes_over {
        ctx.add_plugin(Painter { format, textures: Arc::default(), freed: Vec::new() });
    }
    takes_over
}

/// A change of a texture.
enum Change {
    Set(TextureId, ImageDelta),
    Free(TextureId),
}

/// Changes of textures in their order, until a frame is drawn.
type Changes = Arc<Mutex<Vec<Change>>>;

/// Takes what every frame shows.
struct Painter {
    format: wgpu::TextureFormat,
    textures: Changes,
    /// What the frame before does not need any more.
    freed: Vec<TextureId>,
}

impl egui::Plugin for Painter {
    fn debug_name(&self) -> &'static str {
        "painter"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let mut changes = self.textures.lock().unwrap_or_else(PoisonError::into_inner);
        changes.extend(self.freed.drain(..).map(Change::Free));
        for (id, images) in output.textures_delta.set.drain() {
            changes.extend(images.into_iter().map(|image| Change::Set(id, image)));
        }
        self.freed.extend(output.textures_delta.free.drain());
        let window = ctx.viewport_rect();
        let scene = Scene {
            ctx: ctx.clone(),
            pieces: Arc::new(Piece::all(std::mem::take(&mut output.shapes), window)),
            window,
            pixels_per_point: output.pixels_per_point,
        };
        let frame = Frame { scene, format: self.format, textures: self.textures.clone() };
        let shape = Shape::Callback(Callback::new_paint_callback(window, frame));
        output.shapes = vec![ClippedShape::new(window, shape)];
    }
}

/// A frame that is to be drawn.
struct Frame {
    scene: Scene,
    format: wgpu::TextureFormat,
    textures: Changes,
}

/// What the device holds.
struct Drawn {
    pipelines: Pipelines,
    canvas: Canvas,
}

impl CallbackTrait for Frame {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        let size = screen.size_in_pixels;
        if resources.get::<Drawn>().is_none() {
            let pipelines = Pipelines::new(device, self.format);
            let canvas = Canvas::new(device, &pipelines, size);
            resources.insert(Drawn { pipelines, canvas });
        }
        if let Some(Drawn { pipelines, canvas }) = resources.get_mut::<Drawn>() {
            if !canvas.is(size) {
                *canvas = Canvas::new(device, pipelines, size);
            }
            let mut changes = self.textures.lock().unwrap_or_else(PoisonError::into_inner);
            for change in changes.drain(..) {
                if pipelines.change(device, queue, change) {
                    canvas.spoil();
                }
            }
            canvas.draw(device, queue, encoder, pipelines, &self.scene);
        }
        Vec::new()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(Drawn { pipelines, canvas }) = resources.get::<Drawn>() {
            pipelines.copy(pass, &canvas.held);
        }
    }
}
