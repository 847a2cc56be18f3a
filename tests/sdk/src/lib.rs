//! The library that tests in Kotlin and Swift load: the whole API, and what only tests need: models,
//! panics, and the same work without the boundary.

pub mod cost;
pub mod models;

use std::path::Path;
use std::sync::Arc;

use carrel_core::cancel::CancelFlag;
use carrel_core::service::Stream;
use carrel_ffi::{CarrelError, ChunkStream};

carrel_ffi::uniffi_reexport_scaffolding!();
uniffi::setup_scaffolding!();

/// Writes a model of seeded random weights in the shape `shape` to `path`; it knows how to chat.
#[uniffi::export]
pub fn write_model(path: String, shape: String) {
    models::write(Path::new(&path), &shape);
}

/// Panics in a call. Swift lets a panic end the process where a call throws nothing.
#[uniffi::export]
pub fn panic_in_a_call() -> Result<(), CarrelError> {
    panic!("on purpose, in a call");
}

/// A stream whose work panics after it has said something.
#[uniffi::export]
pub fn panicking_stream() -> Result<Arc<ChunkStream>, CarrelError> {
    ChunkStream::of(Stream::start(CancelFlag::new(), |outlet| {
        outlet.send(carrel_core::service::Chunk::Text("before".to_owned()));
        panic!("on purpose, in a stream");
    }))
}
