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
//! On a GPU egui draws as it always does.

mod picture;
mod pipelines;

use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, RenderState};
use eframe::egui_wgpu::{ScreenDescriptor, wgpu};
use egui::epaint::{ClippedShape, ImageDelta, PaintCallbackInfo};
use egui::{Context, FullOutput, Shape, TextureId};

use picture::Picture;
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
        let shapes = std::mem::take(&mut output.shapes);
        let primitives = ctx.tessellate(shapes, output.pixels_per_point);
        let window = ctx.viewport_rect();
        let picture = Picture::of(&primitives, window);
        let frame = Frame { picture, format: self.format, textures: self.textures.clone() };
        let shape = Shape::Callback(Callback::new_paint_callback(window, frame));
        output.shapes = vec![ClippedShape::new(window, shape)];
    }
}

/// A frame that is to be drawn.
struct Frame {
    picture: Picture,
    format: wgpu::TextureFormat,
    textures: Changes,
}

impl CallbackTrait for Frame {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if resources.get::<Pipelines>().is_none() {
            resources.insert(Pipelines::new(device, self.format));
        }
        if let Some(pipelines) = resources.get_mut::<Pipelines>() {
            let mut changes = self.textures.lock().unwrap_or_else(PoisonError::into_inner);
            changes.drain(..).for_each(|change| pipelines.change(device, queue, change));
            pipelines.upload(device, queue, &self.picture);
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        if let Some(pipelines) = resources.get::<Pipelines>() {
            pipelines.draw(pass, &self.picture, info.pixels_per_point, info.screen_size_px);
        }
    }
}
