//! The way of weights to the GPU: one mapped buffer, filled and copied from again and again.
//!
//! wgpu's own way makes such a buffer for every write, and gives the whole device up where the driver has
//! no memory for one. This one is had before anything is copied, or is not had, which is an error like
//! any other.

use super::device::Gpu;
use crate::cancel::CancelFlag;
use crate::error::GpuError;

/// Bytes that go to the GPU at once.
const STAGED_BYTES: u64 = 16 << 20;

/// Bytes on their way. Whoever writes the last ones calls [`Staging::finish`].
pub(super) struct Staging<'a> {
    gpu: &'a Gpu,
    mapped: wgpu::Buffer,
    n_bytes: u64,
    copies: Vec<Copy>,
}

/// What goes where.
struct Copy {
    from: u64,
    to: wgpu::Buffer,
    start: u64,
    n_bytes: u64,
}

impl<'a> Staging<'a> {
    pub(super) fn new(gpu: &'a Gpu) -> Result<Self, GpuError> {
        let usage = wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC;
        let mapped = gpu.buffer("what is copied", STAGED_BYTES, usage)?;
        let staging = Self { gpu, mapped, n_bytes: 0, copies: Vec::new() };
        staging.map()?;
        Ok(staging)
    }

    pub(super) fn gpu(&self) -> &'a Gpu {
        self.gpu
    }

    /// Lets `bytes` go to a buffer from byte `start` on; the last word is filled up with zeros.
    pub(super) fn write(
        &mut self,
        to: &wgpu::Buffer,
        start: u64,
        bytes: &[u8],
    ) -> Result<(), GpuError> {
        let mut sent = 0;
        while sent < bytes.len() {
            if self.n_bytes == STAGED_BYTES {
                self.submit()?;
                self.map()?;
            }
            let room = (STAGED_BYTES - self.n_bytes) as usize;
            let part = &bytes[sent..bytes.len().min(sent + room)];
            let n_bytes = (part.len() as u64).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT);
            let range = self.n_bytes..self.n_bytes + n_bytes;
            let mut view = self
                .mapped
                .get_mapped_range_mut(range)
                .map_err(|error| GpuError::Lost { problem: error.to_string() })?;
            view.slice(..part.len()).copy_from_slice(part);
            view.slice(part.len()..).fill(0);
            drop(view);
            let start = start + sent as u64;
            self.copies.push(Copy { from: self.n_bytes, to: to.clone(), start, n_bytes });
            self.n_bytes += n_bytes.next_multiple_of(wgpu::MAP_ALIGNMENT);
            sent += part.len();
        }
        Ok(())
    }

    /// Sends what is left.
    pub(super) fn finish(mut self) -> Result<(), GpuError> {
        self.submit()
    }

    /// Waits until the buffer may be written again.
    fn map(&self) -> Result<(), GpuError> {
        let _turn = self.gpu.turn();
        self.gpu.map(&self.mapped, wgpu::MapMode::Write, 0..STAGED_BYTES)
    }

    fn submit(&mut self) -> Result<(), GpuError> {
        let _turn = self.gpu.turn();
        self.mapped.unmap();
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        for Copy { from, to, start, n_bytes } in self.copies.drain(..) {
            encoder.copy_buffer_to_buffer(&self.mapped, from, &to, start, n_bytes);
        }
        self.n_bytes = 0;
        let submission = self.gpu.submit(encoder.finish());
        self.gpu.wait(&submission, &CancelFlag::new()).map(|_| ())
    }
}
