//! Compiled kernels, made when first needed and kept as long as the device is open; and in a file, if
//! there is a folder and the driver can give away what it compiled.

use std::collections::HashMap;
use std::io::Write;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use carrel_shaders::{Access, Kernel};
use sha2::{Digest, Sha256};

use super::device::Gpu;
use crate::whole_file::write_whole;

/// Values of a kernel's override constants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Constants {
    /// Tokens of a product with a vector; 0 for other kernels.
    pub(super) n_tokens: u32,
    pub(super) is_normed: bool,
    pub(super) is_gated: bool,
    pub(super) is_gelu: bool,
    pub(super) is_split: bool,
}

impl Constants {
    /// Names and values of those that are not at their defaults.
    fn named(self) -> Vec<(&'static str, f64)> {
        let flags = [
            ("NORMED", self.is_normed),
            ("GATED", self.is_gated),
            ("GELU", self.is_gelu),
            ("SPLIT", self.is_split),
        ];
        let n_tokens = (self.n_tokens > 0).then(|| ("N_TOKENS", f64::from(self.n_tokens)));
        let flags = flags.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| (name, 1.0));
        n_tokens.into_iter().chain(flags).collect()
    }
}

/// A kernel with its constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Variant {
    pub(super) kernel: Kernel,
    pub(super) constants: Constants,
}

impl From<Kernel> for Variant {
    fn from(kernel: Kernel) -> Self {
        Self { kernel, constants: Constants::default() }
    }
}

/// Pipelines by variant, and layouts by what they bind.
pub(super) struct Pipelines {
    compiled: Mutex<HashMap<Variant, wgpu::ComputePipeline>>,
    layouts: Mutex<Vec<(&'static [Access], wgpu::BindGroupLayout)>>,
    saved: Option<Saved>,
}

/// What the driver compiled, on disk.
struct Saved {
    file: PathBuf,
    cache: wgpu::PipelineCache,
    /// Whether there is more now than on disk.
    has_more: AtomicBool,
}

impl Pipelines {
    /// No pipelines; the driver may have compiled them before, if the file says so.
    pub(super) fn new(device: &wgpu::Device, file: Option<PathBuf>) -> Self {
        let can_save = device.features().contains(wgpu::Features::PIPELINE_CACHE);
        let saved = file.filter(|_| can_save).map(|file| {
            let data = std::fs::read(&file).ok().and_then(|bytes| unsealed(&bytes));
            let descriptor = wgpu::PipelineCacheDescriptor {
                label: Some("carrel"),
                data: data.as_deref(),
                fallback: true,
            };
            // SAFETY: the data came from the same driver, in whose name and version the file is kept,
            // and a hash in front of it says that it is whole.
            let cache = unsafe { device.create_pipeline_cache(&descriptor) };
            Saved { file, cache, has_more: AtomicBool::new(false) }
        });
        Self { compiled: Mutex::default(), layouts: Mutex::default(), saved }
    }

    /// Writes what was compiled since the file was read. Not being able to costs time only.
    pub(super) fn save(&self) {
        let Some(saved) = &self.saved else { return };
        if !saved.has_more.swap(false, Ordering::Relaxed) {
            return;
        }
        let Some(data) = saved.cache.get_data() else { return };
        let written =
            write_whole(&saved.file, |_, error| error, |out| out.write_all(&sealed(&data)));
        if let Err(error) = written {
            log::warn!("{} could not be written: {error}", saved.file.display());
        }
    }
}

/// Data with its hash in front.
fn sealed(data: &[u8]) -> Vec<u8> {
    let mut bytes = Sha256::digest(data).to_vec();
    bytes.extend_from_slice(data);
    bytes
}

/// Data whose hash is right.
fn unsealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let (hash, data) = bytes.split_at_checked(32)?;
    (Sha256::digest(data).as_slice() == hash).then(|| data.to_vec())
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
        let constants = variant.constants.named();
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(&name),
            layout: Some(&layout),
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &constants,
                ..Default::default()
            },
            cache: self.pipelines.saved.as_ref().map(|saved| {
                saved.has_more.store(true, Ordering::Relaxed);
                &saved.cache
            }),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_seal_is_noticed() {
        let mut bytes = sealed(b"compiled");
        assert_eq!(unsealed(&bytes).as_deref(), Some(&b"compiled"[..]));
        bytes[35] ^= 1;
        assert_eq!(unsealed(&bytes), None);
        assert_eq!(unsealed(&bytes[..20]), None);
    }
}
