//! The GPU that tests run on, or a loud skip.

use std::sync::{Arc, OnceLock};

use carrel_core::gpu::{Gpu, GpuOptions};

/// The GPU of this machine, or a software driver, or `None` after printing SKIPPED. Opened once, so
/// that kernels are compiled once.
///
/// # Panics
/// If there is none and `CI` is `true`.
pub fn any_gpu() -> Option<Arc<Gpu>> {
    static GPU: OnceLock<Option<Arc<Gpu>>> = OnceLock::new();
    GPU.get_or_init(|| open_gpu(&GpuOptions { allow_software: true, ..Default::default() })).clone()
}

/// A GPU opened for one test only.
///
/// # Panics
/// If there is none and `CI` is `true`.
pub fn open_gpu(options: &GpuOptions) -> Option<Arc<Gpu>> {
    match Gpu::open(options) {
        Ok(gpu) => {
            println!("on {} ({})", gpu.adapter().name, gpu.adapter().driver);
            Some(gpu)
        }
        Err(error) => {
            let required = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!required, "{error}, and CI=true");
            eprintln!("SKIPPED: {error}");
            None
        }
    }
}
