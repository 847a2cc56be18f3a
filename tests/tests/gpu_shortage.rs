//! A GPU whose memory really runs short: the driver refuses, not a hook of ours. A limit on the addresses
//! of this process, set once the driver is open, leaves a software driver as little as a full GPU has.
//! The limit holds for the whole process, so these checks have one of their own, and are one test.

#![cfg(target_os = "linux")]

use std::process::Command;

use carrel_core::error::{GpuError, ModelError};
use carrel_core::exec::{ContextPolicy, MemoryBounds, ModelOptions};
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_tests::divergence::compare;
use carrel_tests::gpu::{WIDE, any_gpu, model as model_of, model_of_shape, options, rows, tokens};
use carrel_tests::process::size;

/// Lets this process have so many more bytes of addresses from now on, or any number.
fn leave(n_bytes: Option<u64>) {
    let limit = n_bytes
        .map_or("unlimited".into(), |n| (size("VmSize").expect("Linux tells") + n).to_string());
    let process = std::process::id().to_string();
    let set = Command::new("prlimit")
        .args(["--pid", &process, &format!("--as={limit}:unlimited")])
        .status()
        .expect("prlimit, which every Linux has");
    assert!(set.success(), "{set}");
}

#[test]
fn layers_stay_on_the_processor_until_the_rest_fits() {
    let Some(gpu) = any_gpu() else { return };
    let model = model_of_shape(&WIDE, TensorType::F16, ModelOptions::default());
    let options = options(ContextPolicy::Full(64), CacheType::F16);
    let tokens = tokens(5, model.spec().n_vocab);
    let theirs = rows(&mut model.decoder(&options).expect("a decoder"), &tokens, 2);
    // Lets the driver load what it needs.
    let small = model_of("tiny-llama", TensorType::F16);
    rows(&mut small.on_gpu(&gpu).expect("memory").decoder(&options).expect("a decoder"), &[1], 0);
    leave(Some(64 << 20));
    let full = model.on_gpu(&gpu).map(|_| ());
    let part = model.on_gpu_within(&gpu, &options, &MemoryBounds::default());
    leave(None);
    assert!(matches!(full, Err(ModelError::Gpu(GpuError::OutOfMemory))), "{full:?}");
    let part = part.expect("some layers fit");
    println!("{} of {} layers", part.n_gpu_layers(), model.plan().n_layer());
    assert!((1..model.plan().n_layer()).contains(&part.n_gpu_layers()));
    let ours = rows(&mut part.decoder(&options).expect("a decoder"), &tokens, 2);
    assert_eq!(compare(&ours, &theirs).n_different, 0);
}
