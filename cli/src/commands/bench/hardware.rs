//! What this machine can do at most: bytes read a second, and 8-bit products a second.
//!
//! Measured anew whenever it is asked for: what neighbours leave of a machine, and the clock of its processors,
//! change within seconds.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

#[cfg(feature = "gpu")]
use carrel_core::error::ModelError;
use carrel_core::exec::Model;
use memmap2::MmapMut;

use super::Phase;
use crate::failure::Failure;

/// What computes a model, of which limits can be measured.
pub enum Hardware {
    /// A GPU, which reads so many bytes a second.
    #[cfg(feature = "gpu")]
    Gpu(f64),
    /// As many threads of the processor, and memory for them to read.
    Processor(usize, Arc<MmapMut>),
}

/// Twice the largest cache that we know of.
const BUFFER_BYTES: usize = 1 << 30;
/// How often it is read in a row: a cache as large as some servers' keeps a part of it, as it does of weights.
const PASSES: usize = 3;

impl Hardware {
    /// What computes the model: its GPU, if it has one, else the processor, with each of the numbers of threads.
    pub fn of(model: &Model, n_threads: &[usize]) -> Result<Vec<Self>, Failure> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = model.gpu() {
            let bytes_per_s = gpu.measure_bandwidth().map_err(ModelError::from)?;
            return Ok(n_threads.iter().map(|_| Self::Gpu(bytes_per_s)).collect());
        }
        let _ = model;
        let memory = Arc::new(buffer()?);
        Ok(n_threads.iter().map(|n| Self::Processor(*n, memory.clone())).collect())
    }

    /// What bounds a phase: bytes read a second in decoding; in a prefill 8-bit multiplications and additions a
    /// second, where this program has a loop for the processor.
    pub fn limit(&self, phase: Phase) -> Option<f64> {
        match (self, phase) {
            #[cfg(feature = "gpu")]
            (Self::Gpu(bytes_per_s), Phase::Decode) => Some(*bytes_per_s),
            #[cfg(feature = "gpu")]
            (Self::Gpu(_), Phase::Prefill) => None,
            (Self::Processor(n_threads, memory), Phase::Decode) => {
                Some(bytes_per_s(memory, *n_threads))
            }
            (Self::Processor(n_threads, _), Phase::Prefill) => integer_peak(*n_threads),
        }
    }
}

/// Reads all of the memory a few times, as decoding reads its weights, each thread its part; the fastest counts.
fn bytes_per_s(memory: &[u8], n_threads: usize) -> f64 {
    let numbers = memory.as_chunks::<8>().0;
    let pass = |_| {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for part in numbers.chunks(numbers.len().div_ceil(n_threads)) {
                scope.spawn(|| black_box(sum(part)));
            }
        });
        memory.len() as f64 / start.elapsed().as_secs_f64()
    };
    (0..PASSES).map(pass).fold(0.0, f64::max)
}

/// Memory in large pages, where the system has them, as that is read fastest.
fn buffer() -> Result<MmapMut, Failure> {
    let no_memory = |error| Failure::other(format!("no memory to measure: {error}"));
    let mut buffer = MmapMut::map_anon(BUFFER_BYTES).map_err(no_memory)?;
    #[cfg(target_os = "linux")]
    let _ = buffer.advise(memmap2::Advice::HugePage);
    buffer.fill(1);
    Ok(buffer)
}

/// Adds up in eight independent sums, so that the loop waits for memory only.
fn sum(part: &[[u8; 8]]) -> u64 {
    let mut sums = [0u64; 8];
    for eight in part.chunks_exact(8) {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*value));
        }
    }
    sums.iter().fold(0, |total, sum| total.wrapping_add(*sum))
}

/// 8-bit operations a second of the instruction that our kernels are made of on this processor.
#[cfg(target_arch = "x86_64")]
fn integer_peak(n_threads: usize) -> Option<f64> {
    // Operations of a step: chains, times products and additions of an instruction.
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
        // SAFETY: the processor has both extensions.
        Some(operations_per_s(n_threads, 16.0 * 128.0, || unsafe { products_of_64(STEPS) }))
    } else if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        Some(operations_per_s(n_threads, 12.0 * 64.0, || unsafe { products_of_32(STEPS) }))
    } else {
        None
    }
}

#[cfg(target_arch = "x86_64")]
const STEPS: usize = 10_000_000;

/// Runs `steps` on as many threads.
#[cfg(target_arch = "x86_64")]
fn operations_per_s(n_threads: usize, operations: f64, steps: impl Fn() -> i32 + Sync) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| black_box(steps()));
        }
    });
    n_threads as f64 * STEPS as f64 * operations / start.elapsed().as_secs_f64()
}

/// Independent chains of AVX-512 VNNI's sum of four products: 64 products an instruction. Sixteen of
/// them hide that each takes four or five cycles.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
fn products_of_64(steps: usize) -> i32 {
    use std::arch::x86_64::{_mm512_dpbusd_epi32, _mm512_reduce_add_epi32, _mm512_set1_epi8};
    let mut sums = [_mm512_set1_epi8(0); 16];
    let factor = black_box(_mm512_set1_epi8(1));
    for _ in 0..steps {
        for sum in &mut sums {
            *sum = _mm512_dpbusd_epi32(*sum, factor, factor);
        }
    }
    sums.iter().fold(0, |total, sum| total.wrapping_add(_mm512_reduce_add_epi32(*sum)))
}

/// Independent chains of AVX2's sum of two products, and the addition that it needs: 32 products an
/// instruction.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn products_of_32(steps: usize) -> i32 {
    use std::arch::x86_64::{
        _mm256_add_epi16, _mm256_extract_epi16, _mm256_maddubs_epi16, _mm256_set1_epi8,
    };
    let mut sums = [_mm256_set1_epi8(0); 12];
    let factor = black_box(_mm256_set1_epi8(1));
    for _ in 0..steps {
        for sum in &mut sums {
            *sum = _mm256_add_epi16(*sum, _mm256_maddubs_epi16(factor, *sum));
        }
    }
    sums.iter().map(|sum| _mm256_extract_epi16::<0>(*sum)).sum()
}

#[cfg(not(target_arch = "x86_64"))]
fn integer_peak(_: usize) -> Option<f64> {
    None
}
