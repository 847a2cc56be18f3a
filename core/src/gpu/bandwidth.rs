//! How fast a GPU reads and writes its memory: the bound of decoding, as every weight is read for every
//! token.

use std::time::{Duration, Instant};

use super::device::Gpu;
use crate::cancel::CancelFlag;
use crate::error::GpuError;

/// Bytes that are copied at once, larger than caches of most GPUs; and how often at first.
const BUFFER_BYTES: u64 = 256 << 20;
const N_COPIES: u64 = 1;
const N_RUNS: usize = 3;

/// What a submission must take, so that the time around it does not count.
const LEAST: Duration = Duration::from_millis(25);

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
        let copy = |n_copies: u64| -> Result<Duration, GpuError> {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            for _ in 0..n_copies {
                encoder.copy_buffer_to_buffer(&from, 0, &to, 0, n_bytes);
            }
            let _turn = self.turn();
            let commands = encoder.finish();
            let start = Instant::now();
            let submission = self.submit(commands);
            self.wait(&submission, &CancelFlag::new())?;
            Ok(start.elapsed())
        };
        let mut n_copies = N_COPIES;
        let mut fastest = copy(n_copies)?;
        while fastest < LEAST {
            n_copies *= 2;
            fastest = copy(n_copies)?;
        }
        for _ in 1..N_RUNS {
            fastest = fastest.min(copy(n_copies)?);
        }
        Ok((2 * n_copies * n_bytes) as f64 / fastest.as_secs_f64())
    }
}
