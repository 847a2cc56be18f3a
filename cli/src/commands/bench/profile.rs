//! How the time on a GPU divides among kernels.

use carrel_core::error::ModelError;
use carrel_core::exec::Model;
use carrel_core::gpu::KernelTime;
use serde::Serialize;

use super::contestants::Contestant;
use crate::failure::Failure;
use crate::output::Output;

/// Tokens that are decoded while kernels are timed.
pub const N_DECODED: usize = 4;

/// Kernels of a phase, the longest first.
#[derive(Serialize)]
pub struct Profile {
    phase: &'static str,
    depth: usize,
    #[serde(rename = "tokens")]
    n_tokens: usize,
    #[serde(flatten)]
    measured: Measured,
}

/// What was measured of some work.
#[derive(Serialize)]
pub struct Measured {
    #[serde(rename = "submissions")]
    n_submissions: u64,
    #[serde(rename = "kernels")]
    times: Vec<KernelTime>,
}

impl Profile {
    pub fn new(phase: &'static str, depth: usize, n_tokens: usize, measured: Measured) -> Self {
        Self { phase, depth, n_tokens, measured }
    }
}

/// Times the kernels of some work.
pub fn of(
    model: &Model,
    ours: &mut dyn Contestant,
    work: impl FnOnce(&mut dyn Contestant) -> Result<(), Failure>,
) -> Result<Measured, Failure> {
    let Some(gpu) = model.gpu() else {
        return Err(Failure::usage("--profile is for --backend gpu"));
    };
    gpu.start_profile().map_err(ModelError::from)?;
    let before = gpu.n_submissions();
    let done = work(ours);
    let n_submissions = gpu.n_submissions() - before;
    let times = gpu.end_profile();
    done.map(|()| Measured { n_submissions, times })
}

/// Prints them as tables.
pub fn print(profiles: &[Profile], output: &Output) -> Result<(), Failure> {
    for Profile { phase, depth, n_tokens, measured } in profiles {
        let Measured { n_submissions, times } = measured;
        let all: f64 = times.iter().map(|time| time.seconds).sum();
        let n_runs: u64 = times.iter().map(|time| time.n_runs).sum();
        let per_token = 1e6 / *n_tokens as f64;
        output.line(format!(
            "{phase} at depth {depth}: {:.1} us a token in {:.1} kernels, {n_tokens} tokens in \
             {n_submissions} submissions",
            all * per_token,
            n_runs as f64 / *n_tokens as f64
        ))?;
        for time in times {
            let KernelTime { kernel, n_runs, seconds, weight_bytes, n_products } = time;
            let work = if *weight_bytes > 0 {
                let gigabytes = *weight_bytes as f64 / 1e9 / seconds;
                let teraflops = 2.0 * *n_products as f64 / 1e12 / seconds;
                format!("  {gigabytes:7.1} GB/s of weights, {teraflops:6.2} TFLOP/s")
            } else {
                String::new()
            };
            output.line(format!(
                "  {:5.1} %  {:9.2} us a token  {:8.2} us a run  {n_runs:5} x {kernel}{work}",
                100.0 * seconds / all,
                seconds * per_token,
                1e6 * seconds / *n_runs as f64,
            ))?;
        }
    }
    Ok(())
}
