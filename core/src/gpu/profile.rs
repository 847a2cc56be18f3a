//! How long each kernel takes: while a profile is made, every dispatch has a pass of its own, and the
//! driver's clock is read before and after it.
//!
//! Passes of their own cost time that is between kernels and not in them: what a profile says is how
//! the time divides, and not how long a token takes.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use carrel_shaders::Kernel;
use serde::Serialize;

use super::device::Gpu;
use super::steps::{Sized, Step};
use crate::error::GpuError;

/// Readings of the clock in a submission: as many as WebGPU allows.
const N_READINGS: u32 = 4096;

/// All runs of a kernel on one shape.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KernelTime {
    /// Name of the kernel and, of a product, rows and columns.
    pub kernel: String,
    /// How often it ran.
    pub n_runs: u64,
    /// Seconds of all runs.
    pub seconds: f64,
    /// Bytes of weights that all runs read.
    pub weight_bytes: u64,
    /// Multiply-adds with weights, of all runs.
    pub n_products: u64,
}

/// What is known about a dispatch before it runs.
struct Timed {
    kernel: String,
    weight_bytes: u64,
    n_products: u64,
}

/// A profile that is being made.
pub(super) struct Profiler {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    staging: wgpu::Buffer,
    /// Dispatches of the submission, two readings each.
    timed: Vec<Timed>,
    sums: BTreeMap<String, KernelTime>,
}

impl Gpu {
    /// From now on, kernels are timed.
    ///
    /// # Errors
    /// [`GpuError::Unsupported`] if the GPU was not opened for it or its driver has no clock, or if
    /// memory cannot be had.
    pub fn start_profile(&self) -> Result<(), GpuError> {
        if !self.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            return Err(GpuError::Unsupported {
                what: "a profile".into(),
                found: "no clock".into(),
                expected: "a driver that tells when a kernel begins and ends",
            });
        }
        let n_bytes = 8 * u64::from(N_READINGS);
        let copied = wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC;
        let read = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let profiler = Profiler {
            queries: self.device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("readings of the clock"),
                ty: wgpu::QueryType::Timestamp,
                count: N_READINGS,
            }),
            resolved: self.buffer("readings of the clock", n_bytes, copied)?,
            staging: self.buffer("readings to read", n_bytes, read)?,
            timed: Vec::new(),
            sums: BTreeMap::new(),
        };
        *self.profiler() = Some(profiler);
        Ok(())
    }

    /// What was measured since, the longest first. Kernels are no longer timed.
    pub fn end_profile(&self) -> Vec<KernelTime> {
        let profiler = self.profiler().take();
        let sums = profiler.map(|profiler| profiler.sums).unwrap_or_default();
        let mut times: Vec<KernelTime> = sums.into_values().collect();
        times.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        times
    }

    pub(super) fn profiler(&self) -> MutexGuard<'_, Option<Profiler>> {
        self.profiler.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends to a submission that what was timed in it is copied to where it can be read.
    pub(super) fn resolve_profile(&self, encoder: &mut wgpu::CommandEncoder) {
        let Some(profiler) = &*self.profiler() else { return };
        let n_readings = 2 * profiler.timed.len() as u32;
        if n_readings > 0 {
            let Profiler { queries, resolved, staging, .. } = profiler;
            encoder.resolve_query_set(queries, 0..n_readings, resolved, 0);
            encoder.copy_buffer_to_buffer(resolved, 0, staging, 0, 8 * u64::from(n_readings));
        }
    }

    /// Adds up what was timed in a submission that is done.
    pub(super) fn collect_profile(&self) -> Result<(), GpuError> {
        let Some(profiler) = &mut *self.profiler() else { return Ok(()) };
        let mut readings = vec![[0u64; 2]; profiler.timed.len()];
        if readings.is_empty() {
            return Ok(());
        }
        self.read(&profiler.staging, bytemuck::cast_slice_mut(&mut readings))?;
        let tick_s = f64::from(self.queue.get_timestamp_period()) * 1e-9;
        for (timed, [begin, end]) in profiler.timed.drain(..).zip(readings) {
            let Timed { kernel, weight_bytes, n_products } = timed;
            let sum = profiler.sums.entry(kernel.clone()).or_insert_with(|| KernelTime {
                kernel,
                n_runs: 0,
                seconds: 0.0,
                weight_bytes: 0,
                n_products: 0,
            });
            sum.n_runs += 1;
            sum.seconds += end.saturating_sub(begin) as f64 * tick_s;
            sum.weight_bytes += weight_bytes;
            sum.n_products += n_products;
        }
        Ok(())
    }
}

impl Profiler {
    /// Forgets dispatches of a submission that did not come to its end.
    pub(super) fn begin(&mut self) {
        self.timed.clear();
    }

    /// Where the clock is read around a dispatch; `None` if there is no room for more readings.
    pub(super) fn readings(
        &mut self,
        step: &Step,
        sized: &Sized,
    ) -> Option<wgpu::ComputePassTimestampWrites<'_>> {
        let first = 2 * self.timed.len() as u32;
        if first + 2 > N_READINGS {
            return None;
        }
        self.timed.push(Timed::of(step, sized));
        Some(wgpu::ComputePassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(first),
            end_of_pass_write_index: Some(first + 1),
        })
    }
}

impl Timed {
    fn of(step: &Step, sized: &Sized) -> Self {
        let mut kernel = step.variant.kernel.name();
        if !matches!(
            step.variant.kernel,
            Kernel::MatVec(..) | Kernel::MatVecStore(..) | Kernel::MatMul(..)
        ) {
            if step.variant.constants.is_split {
                kernel += ", split";
            }
            return Self { kernel, weight_bytes: 0, n_products: 0 };
        }
        // Parameters of products: parts/shard.wgsl, matvec_store.wgsl.
        let [n_tokens, n_cols, row_bytes, _, _, n_rows, ..] = sized.params;
        let constants = step.variant.constants;
        let n_twins = 1 + u64::from(constants.is_gated);
        kernel += &format!(" {n_rows}x{n_cols}");
        for (is_so, word) in [(constants.is_normed, ", norm"), (constants.is_gated, ", gate")] {
            kernel += if is_so { word } else { "" };
        }
        let n_rows = n_twins * u64::from(n_rows);
        Self {
            kernel,
            weight_bytes: n_rows * u64::from(row_bytes),
            n_products: n_rows * u64::from(n_cols) * u64::from(n_tokens),
        }
    }
}
