//! The ways of drawing, and what the device holds for them.

use std::collections::HashMap;

use eframe::egui_wgpu::wgpu;
use egui::TextureId;
use egui::epaint::{ImageData, ImageDelta};

use super::Change;
use super::picture::{CORNER_BYTES, Picture, Run, Way};

/// A texture, and how the shader sees it.
pub struct Held {
    texture: wgpu::Texture,
    group: wgpu::BindGroup,
}

/// Everything that the device holds.
pub struct Pipelines {
    opaque: wgpu::RenderPipeline,
    translucent: wgpu::RenderPipeline,
    textured: wgpu::RenderPipeline,
    copied: wgpu::RenderPipeline,
    format: wgpu::TextureFormat,
    sampler: wgpu::Sampler,
    textures: HashMap<TextureId, Held>,
    corners: wgpu::Buffer,
    indices: wgpu::Buffer,
}

impl Pipelines {
    /// Pipelines that draw into pictures of this format, whose colours are stored as they are shown.
    pub fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("painter"),
            source: wgpu::ShaderSource::Wgsl(include_str!("painter.wgsl").into()),
        });
        let corners = wgpu::VertexBufferLayout {
            array_stride: CORNER_BYTES,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes: &wgpu::vertex_attr_array![0 => Float32x2, 1 => Float32x2, 2 => Unorm8x4],
        };
        let pipeline = |vertex: &str, fragment: &str, blend: Option<wgpu::BlendState>| {
            let buffers = [Some(corners.clone())];
            device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
                label: Some(fragment),
                layout: None,
                vertex: wgpu::VertexState {
                    module: &module,
                    entry_point: Some(vertex),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    buffers: if vertex == "corner" { &buffers } else { &[] },
                },
                primitive: wgpu::PrimitiveState::default(),
                depth_stencil: None,
                multisample: wgpu::MultisampleState::default(),
                fragment: Some(wgpu::FragmentState {
                    module: &module,
                    entry_point: Some(fragment),
                    compilation_options: wgpu::PipelineCompilationOptions::default(),
                    targets: &[Some(wgpu::ColorTargetState {
                        format,
                        blend,
                        write_mask: wgpu::ColorWrites::ALL,
                    })],
                }),
                multiview_mask: None,
                cache: None,
            })
        };
        let over = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        Self {
            opaque: pipeline("corner", "plain", None),
            translucent: pipeline("corner", "plain", over),
            textured: pipeline("corner", "textured", over),
            copied: pipeline("cover", "copied", None),
            format,
            sampler: device.create_sampler(&wgpu::SamplerDescriptor {
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                ..Default::default()
            }),
            textures: HashMap::new(),
            corners: buffer(device, wgpu::BufferUsages::VERTEX, 1 << 16),
            indices: buffer(device, wgpu::BufferUsages::INDEX, 1 << 16),
        }
    }

    /// Changes a texture. Whether what was drawn with it is wrong now.
    pub fn change(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, change: Change) -> bool {
        match change {
            Change::Free(id) => {
                self.textures.remove(&id);
                false
            }
            Change::Set(id, ImageDelta { image: ImageData::Color(image), pos, .. }) => {
                let [width, height] = image.size.map(|side| side as u32);
                let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
                if pos.is_none() {
                    self.textures.insert(id, self.hold(device, size));
                }
                let Some(held) = self.textures.get(&id) else { return false };
                let [x, y] = pos.unwrap_or_default().map(|place| place as u32);
                let bytes: Vec<u8> =
                    image.pixels.iter().flat_map(|pixel| pixel.to_array()).collect();
                queue.write_texture(
                    wgpu::TexelCopyTextureInfo {
                        texture: &held.texture,
                        mip_level: 0,
                        origin: wgpu::Origin3d { x, y, z: 0 },
                        aspect: wgpu::TextureAspect::All,
                    },
                    &bytes,
                    wgpu::TexelCopyBufferLayout {
                        offset: 0,
                        bytes_per_row: Some(4 * width),
                        rows_per_image: Some(height),
                    },
                    size,
                );
                // Letters that join the others change none of them.
                pos.is_none()
            }
        }
    }

    fn hold(&self, device: &wgpu::Device, size: wgpu::Extent3d) -> Held {
        let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST;
        let texture = texture(device, size, wgpu::TextureFormat::Rgba8Unorm, usage);
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("painter"),
            layout: &self.textured.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::TextureView(&view),
                },
                wgpu::BindGroupEntry {
                    binding: 1,
                    resource: wgpu::BindingResource::Sampler(&self.sampler),
                },
            ],
        });
        Held { texture, group }
    }

    /// A picture of `size` pixels that is drawn into and copied.
    pub fn canvas(&self, device: &wgpu::Device, size: [u32; 2]) -> (Held, wgpu::TextureView) {
        let [width, height] = size;
        let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
        let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::RENDER_ATTACHMENT;
        let texture = texture(device, size, self.format, usage);
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("painter"),
            layout: &self.copied.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::TextureView(&view),
            }],
        });
        (Held { texture, group }, view)
    }

    /// Copies a picture to where the pass draws, which has its size.
    pub fn copy(&self, pass: &mut wgpu::RenderPass<'_>, picture: &Held) {
        let size = picture.texture.size();
        pass.set_viewport(0.0, 0.0, size.width as f32, size.height as f32, 0.0, 1.0);
        pass.set_scissor_rect(0, 0, size.width, size.height);
        pass.set_pipeline(&self.copied);
        pass.set_bind_group(0, &picture.group, &[]);
        pass.draw(0..3, 0..1);
    }

    /// Brings the triangles of a picture to the device.
    pub fn upload(&mut self, device: &wgpu::Device, queue: &wgpu::Queue, picture: &Picture) {
        for (held, usage, bytes) in [
            (&mut self.corners, wgpu::BufferUsages::VERTEX, &picture.corners),
            (&mut self.indices, wgpu::BufferUsages::INDEX, &picture.indices),
        ] {
            if (bytes.len() as u64) > held.size() {
                *held = buffer(device, usage, (bytes.len() as u64).next_power_of_two());
            }
            queue.write_buffer(held, 0, bytes);
        }
    }

    /// Draws a picture that was uploaded.
    pub fn draw(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        picture: &Picture,
        pixels_per_point: f32,
        size: [u32; 2],
    ) {
        pass.set_viewport(0.0, 0.0, size[0] as f32, size[1] as f32, 0.0, 1.0);
        pass.set_vertex_buffer(0, self.corners.slice(..));
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        for Run { clip, way, texture, indices, base } in &picture.runs {
            let pixels =
                |points: f32, most: u32| ((points * pixels_per_point).round() as u32).min(most);
            let (left, top) = (pixels(clip.min.x, size[0]), pixels(clip.min.y, size[1]));
            let (right, bottom) = (pixels(clip.max.x, size[0]), pixels(clip.max.y, size[1]));
            if right <= left || bottom <= top {
                continue;
            }
            pass.set_scissor_rect(left, top, right - left, bottom - top);
            match way {
                Way::Opaque => pass.set_pipeline(&self.opaque),
                Way::Translucent => pass.set_pipeline(&self.translucent),
                Way::Textured => {
                    let Some(held) = self.textures.get(texture) else { continue };
                    pass.set_pipeline(&self.textured);
                    pass.set_bind_group(0, &held.group, &[]);
                }
            }
            pass.draw_indexed(indices.clone(), *base, 0..1);
        }
    }
}

fn texture(
    device: &wgpu::Device,
    size: wgpu::Extent3d,
    format: wgpu::TextureFormat,
    usage: wgpu::TextureUsages,
) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("painter"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    })
}

fn buffer(device: &wgpu::Device, usage: wgpu::BufferUsages, size: u64) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("painter"),
        size,
        usage: usage | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}
