//! Adapter and device: chosen by kind, opened on request, with the driver's errors as values.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::pipelines::Pipelines;
use crate::cancel::CancelFlag;
use crate::error::GpuError;
use crate::ops::Outcome;

/// How often a cancelled flag is looked at while the GPU works.
const CANCEL_INTERVAL: Duration = Duration::from_millis(10);

/// Which GPU is opened, and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct GpuOptions {
    /// Use a driver that computes on the CPU if there is no other: for tests, as the CPU backend
    /// is faster.
    pub allow_software: bool,
    /// Bind at most so many bytes of a matrix at once; `None` for as many as the device can.
    pub most_binding_bytes: Option<u64>,
}

/// An adapter that a driver lists.
#[derive(Debug, Clone)]
pub struct Adapter {
    /// Name of the GPU.
    pub name: String,
    /// Interface: Vulkan, Metal or Direct3D 12.
    pub interface: String,
    /// Name and version of the driver.
    pub driver: String,
    /// Whether it computes on the CPU.
    pub is_software: bool,
    /// Most bytes that a kernel can see of one buffer.
    pub most_binding_bytes: u64,
    /// Whether kernels may use operations over subgroups.
    pub has_subgroups: bool,
    /// Whether kernels may calculate in half precision.
    pub has_half_precision: bool,
}

impl Adapter {
    fn of(adapter: &wgpu::Adapter) -> Self {
        let (info, features) = (adapter.get_info(), adapter.features());
        Self {
            name: info.name,
            interface: info.backend.to_string(),
            driver: format!("{} {}", info.driver, info.driver_info),
            is_software: info.device_type == wgpu::DeviceType::Cpu,
            most_binding_bytes: adapter.limits().max_storage_buffer_binding_size,
            has_subgroups: features.contains(wgpu::Features::SUBGROUP),
            has_half_precision: features.contains(wgpu::Features::SHADER_F16),
        }
    }
}

/// An open GPU. Shared by the weights and runners on it.
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) pipelines: Pipelines,
    adapter: Adapter,
    limits: wgpu::Limits,
    most_binding_bytes: u64,
    failure: Arc<Mutex<Option<GpuError>>>,
}

impl Gpu {
    /// The adapters of this machine, best first. Asks the drivers, which takes a moment.
    pub fn adapters() -> Vec<Adapter> {
        adapters().iter().map(Adapter::of).collect()
    }

    /// Opens the best GPU.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] if there is none that the options allow, [`GpuError::Open`] if the
    /// driver refuses.
    pub fn open(options: &GpuOptions) -> Result<Arc<Self>, GpuError> {
        let adapters = adapters();
        let usable = adapters.iter().find(|adapter| {
            options.allow_software || adapter.get_info().device_type != wgpu::DeviceType::Cpu
        });
        let adapter = usable.ok_or(GpuError::NoAdapter { n_seen: adapters.len() })?;
        let best = adapter.limits();
        // Everything else stays at what every driver has, so that a kernel that needs more fails
        // everywhere and not only on a phone.
        let limits = wgpu::Limits {
            max_storage_buffers_per_shader_stage: 8,
            max_storage_buffer_binding_size: best.max_storage_buffer_binding_size,
            max_buffer_size: best.max_buffer_size,
            ..wgpu::Limits::downlevel_defaults().using_alignment(best)
        };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("carrel"),
            required_limits: limits.clone(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))
            .map_err(|error| GpuError::Open { problem: error.to_string() })?;
        let failure = Arc::new(Mutex::new(None));
        watch(&device, &failure);
        let most_binding_bytes = options.most_binding_bytes.unwrap_or(u64::MAX);
        Ok(Arc::new(Self {
            pipelines: Pipelines::new(),
            adapter: Adapter::of(adapter),
            most_binding_bytes: most_binding_bytes.min(limits.max_storage_buffer_binding_size),
            device,
            queue,
            limits,
            failure,
        }))
    }

    /// What was opened.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// Gives the device up: every runner on it fails with [`GpuError::Lost`] from then on.
    pub fn destroy(&self) {
        self.device.destroy();
        let _ = self.device.poll(wgpu::PollType::Poll);
    }

    /// Bytes from one block of parameters to the next.
    pub(super) fn param_stride(&self) -> u64 {
        u64::from(self.limits.min_uniform_buffer_offset_alignment)
            .max(carrel_shaders::Kernel::PARAM_BYTES)
    }

    /// Most bytes of a matrix that are bound at once.
    pub(super) fn most_binding_bytes(&self) -> u64 {
        self.most_binding_bytes
    }

    /// A buffer of `n_bytes`, rounded up to whole words, filled with zeros.
    pub(super) fn buffer(
        &self,
        what: &'static str,
        n_bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<wgpu::Buffer, GpuError> {
        let most_bytes = self.limits.max_storage_buffer_binding_size;
        let n_bytes = n_bytes.next_multiple_of(4).max(16);
        if n_bytes > most_bytes {
            return Err(GpuError::TooLarge { what, n_bytes, most_bytes });
        }
        Ok(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(what),
            size: n_bytes,
            usage,
            mapped_at_creation: false,
        }))
    }

    /// The first failure since the last call. A lost device stays lost.
    pub(super) fn check(&self) -> Result<(), GpuError> {
        let mut failure = self.failure.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match &*failure {
            None => Ok(()),
            Some(lost @ GpuError::Lost { .. }) => Err(lost.clone()),
            Some(_) => Err(failure.take().unwrap_or(GpuError::OutOfMemory)),
        }
    }

    /// Waits until a submission is done or the flag is set.
    pub(super) fn wait(
        &self,
        submission: &wgpu::SubmissionIndex,
        cancel: &CancelFlag,
    ) -> Result<Outcome, GpuError> {
        loop {
            let poll = wgpu::PollType::Wait {
                submission_index: Some(submission.clone()),
                timeout: Some(CANCEL_INTERVAL),
            };
            let polled = self.device.poll(poll);
            self.check()?;
            match polled {
                Ok(_) => return Ok(Outcome::Done),
                Err(_) if cancel.is_cancelled() => return Ok(Outcome::Cancelled),
                Err(wgpu::PollError::Timeout) => {}
                Err(error) => return Err(GpuError::Lost { problem: error.to_string() }),
            }
        }
    }

    /// Copies bytes of a mappable buffer out, once the commands before have run.
    pub(super) fn read(&self, buffer: &wgpu::Buffer, bytes: &mut [u8]) -> Result<(), GpuError> {
        let range = 0..bytes.len() as u64;
        let failure = self.failure.clone();
        buffer.map_async(wgpu::MapMode::Read, range.clone(), move |mapped| {
            if let Err(error) = mapped {
                record(&failure, GpuError::Lost { problem: error.to_string() });
            }
        });
        let polled = self.device.poll(wgpu::PollType::wait_indefinitely());
        self.check()?;
        polled.map_err(|error| GpuError::Lost { problem: error.to_string() })?;
        let view = buffer
            .get_mapped_range(range)
            .map_err(|error| GpuError::Lost { problem: error.to_string() })?;
        bytes.copy_from_slice(&view);
        drop(view);
        buffer.unmap();
        Ok(())
    }
}

/// The drivers of this machine, loaded when first asked for and kept: loading takes a moment.
fn instance() -> &'static wgpu::Instance {
    static INSTANCE: OnceLock<wgpu::Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env())
    })
}

/// Every adapter, the fastest kind first.
fn adapters() -> Vec<wgpu::Adapter> {
    let mut adapters = pollster::block_on(instance().enumerate_adapters(wgpu::Backends::all()));
    adapters.sort_by_key(|adapter| match adapter.get_info().device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    });
    adapters
}

fn record(failure: &Mutex<Option<GpuError>>, error: GpuError) {
    let mut failure = failure.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let is_lost = matches!(error, GpuError::Lost { .. });
    if is_lost || failure.is_none() {
        *failure = Some(error);
    }
}

/// Records what would otherwise end the program: wgpu's default for errors is a panic.
fn watch(device: &wgpu::Device, failure: &Arc<Mutex<Option<GpuError>>>) {
    let slot = failure.clone();
    device.on_uncaptured_error(Arc::new(move |error| {
        let error = match error {
            wgpu::Error::OutOfMemory { .. } => GpuError::OutOfMemory,
            wgpu::Error::Validation { description, .. }
            | wgpu::Error::Internal { description, .. } => {
                GpuError::Refused { problem: description }
            }
        };
        record(&slot, error);
    }));
    let slot = failure.clone();
    device.set_device_lost_callback(move |_, problem| record(&slot, GpuError::Lost { problem }));
}
