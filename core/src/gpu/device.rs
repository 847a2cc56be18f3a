//! Adapter and device: chosen by kind, opened on request, with the driver's errors as values.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use super::canary;
use super::denied::{N_STORAGE_BUFFERS, refusal};
use super::ledger::{Ledger, Standing};
use super::pipelines::Pipelines;
use super::profile::Profiler;
use super::subgroups;
use super::tune::{FlavourChoice, Flavours};
use super::turnstile::{Turn, Turnstile};
use crate::cancel::CancelFlag;
use crate::error::GpuError;
use crate::ops::Outcome;

/// How often a cancelled flag is looked at while the GPU works.
const CANCEL_INTERVAL: Duration = Duration::from_millis(10);

/// Which GPU is opened, and how.
#[derive(Debug, Clone, Default)]
pub struct GpuOptions {
    /// Use a driver that computes on the CPU if there is no other: for tests, as the CPU backend
    /// is faster.
    pub allow_software: bool,
    /// Bind at most so many bytes of a matrix at once; `None` for as many as the device can.
    pub most_binding_bytes: Option<u64>,
    /// How flavours of kernels are chosen.
    pub flavours: FlavourChoice,
    /// Where is kept what is learned about drivers; `None` keeps it as long as the program runs.
    pub folder: Option<PathBuf>,
    /// Try drivers again that ended the program or computed something else.
    pub retries: bool,
    /// Ask for the driver's clock, so that kernels can be timed: see [`Gpu::start_profile`].
    pub times_kernels: bool,
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
    /// Fewest and most invocations of a subgroup, as far as the driver says.
    pub subgroup_sizes: [u32; 2],
    /// Whether kernels may calculate in half precision.
    pub has_half_precision: bool,
    /// Whether subgroups, of 32 invocations, can multiply matrices of 16 by 16, of values in half
    /// precision to sums in single.
    pub has_cooperative_matrices: bool,
    /// Most bytes that invocations of a workgroup may share.
    pub workgroup_bytes: u32,
    /// Most invocations of a workgroup.
    pub most_invocations: u32,
    /// Most buffers that a kernel may see.
    pub most_buffers: u32,
    /// Why it is never used, if so: it lacks what the kernels need, or is known to be bad.
    pub refusal: Option<String>,
}

impl Adapter {
    fn of(adapter: &wgpu::Adapter) -> Self {
        let (info, features) = (adapter.get_info(), adapter.features());
        let limits = adapter.limits();
        let refusal = refusal(&info, &limits);
        Self {
            name: info.name,
            interface: info.backend.to_string(),
            driver: format!("{} {}", info.driver, info.driver_info),
            is_software: info.device_type == wgpu::DeviceType::Cpu,
            most_binding_bytes: limits.max_storage_buffer_binding_size,
            has_subgroups: features.contains(wgpu::Features::SUBGROUP),
            subgroup_sizes: [info.subgroup_min_size, info.subgroup_max_size],
            has_half_precision: features.contains(wgpu::Features::SHADER_F16),
            has_cooperative_matrices: subgroups::are_offered(adapter),
            workgroup_bytes: limits.max_compute_workgroup_storage_size,
            most_invocations: limits.max_compute_invocations_per_workgroup,
            most_buffers: limits.max_storage_buffers_per_shader_stage,
            refusal,
        }
    }

    /// What tells this driver in this version from all others.
    fn driver_key(&self) -> String {
        format!("{} | {} | {}", self.name, self.interface, self.driver)
    }
}

/// An open GPU. Shared by the weights and runners on it.
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) pipelines: Pipelines,
    turnstile: Turnstile,
    flavours: Flavours,
    ledger: Ledger,
    adapter: Adapter,
    limits: wgpu::Limits,
    most_binding_bytes: u64,
    failure: Arc<Mutex<Option<GpuError>>>,
    pub(super) profiler: Mutex<Option<Profiler>>,
    /// Buffers until one cannot be had; 0 for never: see [`Gpu::run_short`].
    n_until_short: AtomicU64,
    n_submissions: AtomicU64,
}

impl Gpu {
    /// The adapters of this machine, best first. Asks the drivers, which takes a moment.
    pub fn adapters() -> Vec<Adapter> {
        adapters().iter().map(Adapter::of).collect()
    }

    /// Opens the best GPU. Before a driver is used for the first time, it computes a layer in
    /// miniature: one that computes something else, or ends the program meanwhile, is not used again
    /// in this version.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`] if there is none that the options allow, [`GpuError::Denied`] if the
    /// last of those is known to be bad, [`GpuError::Open`] if the driver refuses.
    pub fn open(options: &GpuOptions) -> Result<Arc<Self>, GpuError> {
        let adapters = adapters();
        let mut problem = GpuError::NoAdapter { n_seen: adapters.len() };
        for found in &adapters {
            let adapter = Adapter::of(found);
            if adapter.is_software && !options.allow_software {
                continue;
            }
            let opened = match &adapter.refusal {
                Some(reason) => Err(denied(&adapter, reason)),
                None => Self::open_adapter(found, adapter, options),
            };
            match opened {
                Ok(gpu) => return Ok(gpu),
                Err(error) => {
                    log::warn!("{error}");
                    problem = error;
                }
            }
        }
        Err(problem)
    }

    fn open_adapter(
        found: &wgpu::Adapter,
        adapter: Adapter,
        options: &GpuOptions,
    ) -> Result<Arc<Self>, GpuError> {
        let ledger = || Ledger::open(options.folder.as_deref(), adapter.driver_key());
        if ledger().standing() == Standing::Good {
            return Self::request(found, &adapter, ledger(), options);
        }
        ledger().exclusively(|| Self::try_adapter(found, &adapter, options))
    }

    /// The first use of a driver. Nobody else tries it meanwhile, so `Trying` is what a program left
    /// behind that did not come to the end.
    fn try_adapter(
        found: &wgpu::Adapter,
        adapter: &Adapter,
        options: &GpuOptions,
    ) -> Result<Arc<Self>, GpuError> {
        let ledger = || Ledger::open(options.folder.as_deref(), adapter.driver_key());
        match ledger().standing() {
            Standing::Trying if !options.retries => {
                return Err(denied(adapter, "its first use ended the program"));
            }
            Standing::Wrong if !options.retries => {
                return Err(denied(adapter, "it computed something else than plain loops"));
            }
            Standing::Good => return Self::request(found, adapter, ledger(), options),
            _ => {}
        }
        ledger().set_standing(Standing::Trying);
        // With kernels that round to single precision only: flavours that round more come after.
        let plain = GpuOptions { flavours: FlavourChoice::Baseline, ..options.clone() };
        let tried = Self::request(found, adapter, ledger(), &plain);
        match tried.and_then(|gpu| canary::sings(&gpu)) {
            Ok(true) => {
                ledger().set_standing(Standing::Good);
                Self::request(found, adapter, ledger(), options)
            }
            Ok(false) => {
                ledger().set_standing(Standing::Wrong);
                Err(denied(adapter, "it computes something else than plain loops"))
            }
            Err(error) => {
                // An error is no crash: the next program may try again.
                ledger().set_standing(Standing::Unknown);
                Err(error)
            }
        }
    }

    fn request(
        found: &wgpu::Adapter,
        adapter: &Adapter,
        ledger: Ledger,
        options: &GpuOptions,
    ) -> Result<Arc<Self>, GpuError> {
        let best = found.limits();
        // Everything else stays at what every driver has, so that a kernel that needs more fails
        // everywhere and not only on a phone.
        let limits = wgpu::Limits {
            max_storage_buffers_per_shader_stage: N_STORAGE_BUFFERS,
            max_storage_buffer_binding_size: best.max_storage_buffer_binding_size,
            max_buffer_size: best.max_buffer_size,
            ..wgpu::Limits::downlevel_defaults().using_alignment(best)
        };
        let mut wanted = Flavours::wanted_features(options.flavours);
        if options.folder.is_some() {
            wanted |= wgpu::Features::PIPELINE_CACHE;
        }
        if options.times_kernels {
            wanted |= wgpu::Features::TIMESTAMP_QUERY;
        }
        let features = wanted & found.features();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("carrel"),
            required_features: features,
            required_limits: limits.clone(),
            experimental_features: subgroups::leave(features),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(found.request_device(&descriptor))
            .map_err(|error| GpuError::Open { problem: error.to_string() })?;
        let failure = Arc::new(Mutex::new(None));
        watch(&device, &failure);
        let most_binding_bytes = options.most_binding_bytes.unwrap_or(u64::MAX);
        let pipeline_file = ledger.pipeline_file();
        Ok(Arc::new(Self {
            pipelines: Pipelines::new(&device, pipeline_file),
            turnstile: Turnstile::default(),
            flavours: Flavours::new(options.flavours, features, adapter.has_cooperative_matrices),
            ledger,
            adapter: adapter.clone(),
            most_binding_bytes: most_binding_bytes.min(limits.max_storage_buffer_binding_size),
            device,
            queue,
            limits,
            failure,
            profiler: Mutex::default(),
            n_until_short: AtomicU64::new(0),
            n_submissions: AtomicU64::new(0),
        }))
    }

    /// Waits for what the GPU does, and lets nothing begin until [`Gpu::resume`]: for apps that go to
    /// the background. Whoever wants to compute meanwhile waits, or is cancelled.
    pub fn suspend(&self) {
        self.turnstile.close();
        // What was cancelled may still be under way. A lost device has nothing to wait for.
        let _ = self.poll(wgpu::PollType::wait_indefinitely());
    }

    /// Lets work go on.
    pub fn resume(&self) {
        self.turnstile.open();
    }

    /// Mean divergence from the CPU of a model, if it was remembered for the same choice of kernels.
    pub(crate) fn remembered_divergence(&self, model: &str) -> Option<f64> {
        self.ledger.divergence(&self.with_choice(model))
    }

    /// Remembers it.
    pub(crate) fn remember_divergence(&self, model: &str, nats: f64) {
        self.ledger.set_divergence(&self.with_choice(model), nats);
    }

    fn with_choice(&self, model: &str) -> String {
        format!("{model}, {:?} kernels", self.flavours.choice())
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub(super) fn flavours(&self) -> &Flavours {
        &self.flavours
    }

    /// A turn at the queue, as soon as there is one; `None` if the flag is set before.
    pub(super) fn turn_unless(&self, cancel: &CancelFlag) -> Option<Turn<'_>> {
        self.turnstile.enter(cancel)
    }

    /// A turn at the queue, as soon as there is one.
    pub(super) fn turn(&self) -> Option<Turn<'_>> {
        self.turn_unless(&CancelFlag::new())
    }

    /// What was opened.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// Gives the device up: every runner on it fails with [`GpuError::Lost`] from then on.
    pub fn destroy(&self) {
        self.device.destroy();
        // Whoever has a turn polls, and hears of it.
        if let Some(_turn) = self.turnstile.enter_at_once() {
            let _ = self.poll(wgpu::PollType::Poll);
        }
    }

    /// Lets memory run short for a moment, as if another program held it: so many buffers from now on
    /// one cannot be had, or, for 0, what is computed now or next fails. Either ends with
    /// [`GpuError::OutOfMemory`]. What lies on the GPU stays there.
    pub fn run_short(&self, n_buffers: u64) {
        self.n_until_short.store(n_buffers, Ordering::SeqCst);
        if n_buffers == 0 {
            record(&self.failure, GpuError::OutOfMemory);
        }
    }

    /// Bytes from one block of parameters to the next.
    pub(super) fn param_stride(&self) -> u64 {
        let alignment = u64::from(self.limits.min_uniform_buffer_offset_alignment);
        carrel_shaders::Kernel::PARAM_BYTES.next_multiple_of(alignment)
    }

    /// Most bytes of a matrix that are bound at once.
    pub(super) fn most_binding_bytes(&self) -> u64 {
        self.most_binding_bytes
    }

    /// A buffer of `n_bytes`, rounded up to whole fours of words, filled with zeros.
    pub(super) fn buffer(
        &self,
        what: &'static str,
        n_bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<wgpu::Buffer, GpuError> {
        let most_bytes = self.limits.max_storage_buffer_binding_size;
        let n_bytes = rounded(n_bytes);
        if n_bytes > most_bytes {
            return Err(GpuError::TooLarge { what, n_bytes, most_bytes });
        }
        let one_less = |left: u64| left.checked_sub(1);
        let left = self.n_until_short.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        if left == Ok(1) {
            return Err(GpuError::OutOfMemory);
        }
        // Of this thread only, so that nobody else takes this failure for one of theirs.
        let scope = self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(what),
            size: n_bytes,
            usage,
            mapped_at_creation: false,
        });
        match pollster::block_on(scope.pop()) {
            None => Ok(buffer),
            Some(_) => Err(GpuError::OutOfMemory),
        }
    }

    /// Lets wgpu look at what the device has done.
    pub(super) fn poll(
        &self,
        poll: wgpu::PollType,
    ) -> Result<Result<wgpu::PollStatus, wgpu::PollError>, GpuError> {
        unless_it_panics(|| self.device.poll(poll))
    }

    /// The first failure since the last call. A lost device stays lost. Whoever has a turn asks before
    /// the turn ends, so that nobody else hears of a failure instead.
    pub(super) fn check(&self) -> Result<(), GpuError> {
        let mut failure = self.failure.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match &*failure {
            None => Ok(()),
            Some(lost @ GpuError::Lost { .. }) => Err(lost.clone()),
            Some(_) => Err(failure.take().unwrap_or(GpuError::OutOfMemory)),
        }
    }

    /// Hands commands to the driver.
    pub(super) fn submit(&self, commands: wgpu::CommandBuffer) -> wgpu::SubmissionIndex {
        self.n_submissions.fetch_add(1, Ordering::Relaxed);
        self.queue.submit([commands])
    }

    /// How often commands were handed to the driver since it was opened: each time costs a good part of
    /// what a small model's token takes.
    pub fn n_submissions(&self) -> u64 {
        self.n_submissions.load(Ordering::Relaxed)
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
            let polled = self.poll(poll);
            self.check()?;
            match polled? {
                Ok(_) => return Ok(Outcome::Done),
                Err(_) if cancel.is_cancelled() => return Ok(Outcome::Cancelled),
                Err(wgpu::PollError::Timeout) => {}
                Err(error) => return Err(GpuError::Lost { problem: error.to_string() }),
            }
        }
    }

    /// Maps a range of a buffer, once the commands before that use it have run.
    pub(super) fn map(
        &self,
        buffer: &wgpu::Buffer,
        mode: wgpu::MapMode,
        range: Range<u64>,
    ) -> Result<(), GpuError> {
        let failure = self.failure.clone();
        buffer.map_async(mode, range, move |mapped| {
            if let Err(error) = mapped {
                record(&failure, GpuError::Lost { problem: error.to_string() });
            }
        });
        let polled = self.poll(wgpu::PollType::wait_indefinitely());
        self.check()?;
        polled?.map_err(|error| GpuError::Lost { problem: error.to_string() })?;
        Ok(())
    }

    /// Copies bytes of a mappable buffer out, once the commands before have run.
    pub(super) fn read(&self, buffer: &wgpu::Buffer, bytes: &mut [u8]) -> Result<(), GpuError> {
        let range = 0..bytes.len() as u64;
        self.map(buffer, wgpu::MapMode::Read, range.clone())?;
        let view = buffer
            .get_mapped_range(range)
            .map_err(|error| GpuError::Lost { problem: error.to_string() })?;
        bytes.copy_from_slice(&view);
        drop(view);
        buffer.unmap();
        Ok(())
    }
}

impl Drop for Gpu {
    fn drop(&mut self) {
        if self.check().is_ok() {
            self.pipelines.save();
        }
    }
}

/// Bytes of a buffer that is to hold so many.
pub(super) fn rounded(n_bytes: u64) -> u64 {
    n_bytes.next_multiple_of(16).max(16)
}

fn denied(adapter: &Adapter, reason: &str) -> GpuError {
    GpuError::Denied { adapter: adapter.name.clone(), reason: reason.to_owned() }
}

const INTERFACES: wgpu::Backends =
    wgpu::Backends::VULKAN.union(wgpu::Backends::METAL).union(wgpu::Backends::DX12);

/// The drivers of this machine, loaded when first asked for and kept: loading takes a moment.
fn instance() -> &'static wgpu::Instance {
    static INSTANCE: OnceLock<wgpu::Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
        // Interfaces with everything that the kernels need; others are not even looked at.
        descriptor.backends &= INTERFACES;
        wgpu::Instance::new(descriptor)
    })
}

/// Every adapter, the fastest kind first.
fn adapters() -> Vec<wgpu::Adapter> {
    let mut adapters = pollster::block_on(instance().enumerate_adapters(INTERFACES));
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

/// What a call answers; a lost device if it panics. wgpu 30 panics where a driver says, while it is
/// waited for, that the device is gone or its memory is full. Nothing of ours is locked meanwhile.
fn unless_it_panics<T>(call: impl FnOnce() -> T) -> Result<T, GpuError> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        GpuError::Lost { problem: text.unwrap_or("wgpu panicked").trim_end().to_owned() }
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_driver_is_a_lost_device() {
        assert_eq!(unless_it_panics(|| 7), Ok(7));
        let lost = unless_it_panics(|| -> u32 { panic!("Error in {}: gone\n", "Device::poll") });
        let problem = "Error in Device::poll: gone".to_owned();
        assert_eq!(lost, Err(GpuError::Lost { problem }));
    }

    #[test]
    fn a_lost_device_is_not_forgotten_and_the_first_failure_counts() {
        let slot = Mutex::new(None);
        let refused = GpuError::Refused { problem: "it follows from the first".into() };
        record(&slot, GpuError::OutOfMemory);
        record(&slot, refused);
        assert_eq!(*slot.lock().expect("not poisoned"), Some(GpuError::OutOfMemory));
        let lost = GpuError::Lost { problem: "reset".into() };
        record(&slot, lost.clone());
        record(&slot, GpuError::OutOfMemory);
        assert_eq!(*slot.lock().expect("not poisoned"), Some(lost));
    }
}
