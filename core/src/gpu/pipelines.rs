//! Compiled kernels, made when first needed and kept as long as the device is open.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::{Mutex, PoisonError};

use carrel_shaders::{Access, Kernel};

use super::device::Gpu;

/// A kernel with the value of its override constant, if it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Variant {
    pub(super) kernel: Kernel,
    /// Name and value.
    pub(super) constant: Option<(&'static str, u32)>,
}

impl From<Kernel> for Variant {
    fn from(kernel: Kernel) -> Self {
        Self { kernel, constant: None }
    }
}

/// Pipelines by variant, and layouts by what they bind.
pub(super) struct Pipelines {
    compiled: Mutex<HashMap<Variant, wgpu::ComputePipeline>>,
    layouts: Mutex<Vec<(&'static [Access], wgpu::BindGroupLayout)>>,
}

impl Pipelines {
    pub(super) fn new() -> Self {
        Self { compiled: Mutex::default(), layouts: Mutex::default() }
    }
}

impl Gpu {
    /// The pipeline of a kernel.
    pub(super) fn pipeline(&self, variant: Variant) -> wgpu::ComputePipeline {
        let mut compiled = self.pipelines.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.entry(variant).or_insert_with(|| self.compile(variant)).clone()
    }

    fn compile(&self, variant: Variant) -> wgpu::ComputePipeline {
        let name = variant.kernel.name();
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(&name),
            source: wgpu::ShaderSource::Wgsl(variant.kernel.source().into()),
        });
        let group = self.layout(variant.kernel);
        let layout = self.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(&name),
            bind_group_layouts: &[Some(&group)],
            immediate_size: 0,
        });
        let constants = variant.constant.map(|(name, value)| (name, f64::from(value)));
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(&name),
            layout: Some(&layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: constants.as_slice(),
                ..Default::default()
            },
            cache: None,
        })
    }

    fn layout(&self, kernel: Kernel) -> wgpu::BindGroupLayout {
        let mut layouts = self.pipelines.layouts.lock().unwrap_or_else(PoisonError::into_inner);
        let bindings = kernel.bindings();
        if let Some((_, layout)) = layouts.iter().find(|(known, _)| *known == bindings) {
            return layout.clone();
        }
        let entry = |(binding, access): (usize, &Access)| wgpu::BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: match access {
                    Access::Params => wgpu::BufferBindingType::Uniform,
                    Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
                    Access::Write => wgpu::BufferBindingType::Storage { read_only: false },
                },
                has_dynamic_offset: *access == Access::Params,
                min_binding_size: None,
            },
            count: None,
        };
        let entries: Vec<_> = bindings.iter().enumerate().map(entry).collect();
        let layout = self.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: None,
            entries: &entries,
        });
        layouts.push((bindings, layout.clone()));
        layout
    }

    /// Binds one block of `params` at a dynamic offset, and `buffers` in the kernel's order.
    pub(super) fn bind(
        &self,
        kernel: Kernel,
        params: &wgpu::Buffer,
        buffers: &[&wgpu::Buffer],
    ) -> wgpu::BindGroup {
        let block = wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: params,
            offset: 0,
            size: NonZeroU64::new(Kernel::PARAM_BYTES),
        });
        let mut entries = vec![wgpu::BindGroupEntry { binding: 0, resource: block }];
        entries.extend(buffers.iter().enumerate().map(|(index, buffer)| wgpu::BindGroupEntry {
            binding: index as u32 + 1,
            resource: buffer.as_entire_binding(),
        }));
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &self.layout(kernel),
            entries: &entries,
        })
    }
}
