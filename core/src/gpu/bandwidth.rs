//! How fast a GPU reads and writes its memory: the bound of decoding, as every weight is read for every
//! token.

use std::time::{Duration, Instant};

use super::device::Gpu;
use crate::cancel::CancelFlag;
use crate::error::GpuError;

/// Bytes that are copied at once, larger than caches of most GPUs; and how often.
const BUFFER_BYTES: u64 = 64 << 20;
const N_COPIES: u64 = 8;
const N_RUNS: usize = 4;

impl Gpu {
    /// Bytes that the GPU reads and writes a second when it copies one buffer to another: the best of a
    /// few runs.
    ///
    /// # Errors
    /// If memory cannot be had, or the GPU is lost.
    pub fn measure_bandwidth(&self) -> Result<f64, GpuError> {
        let n_bytes = BUFFER_BYTES.min(self.most_binding_bytes());
        let usage = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let from = self.buffer("bytes to copy", n_bytes, usage)?;
        let to = self.buffer("bytes that are copied", n_bytes, usage)?;
        let n_bytes = from.size();
        let mut fastest = Duration::MAX;
        for _ in 0..N_RUNS {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            for _ in 0..N_COPIES {
                encoder.copy_buffer_to_buffer(&from, 0, &to, 0, n_bytes);
            }
            let _turn = self.turn();
            let commands = encoder.finish();
            let start = Instant::now();
            let submission = self.queue.submit([commands]);
            self.wait(&submission, &CancelFlag::new())?;
            fastest = fastest.min(start.elapsed());
        }
        Ok((2 * N_COPIES * n_bytes) as f64 / fastest.as_secs_f64())
    }
}
