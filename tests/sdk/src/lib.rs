//! The library that tests in Kotlin and Swift load: the whole API, and what only tests need: models,
//! panics, and the same work without the boundary.

pub mod models;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use carrel_core::cancel::CancelFlag;
use carrel_core::service::{Host, HostOptions, Stream, TalkOptions};
use carrel_ffi::{CarrelError, ChunkStream, EngineOptions, GenerateOptions};

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

/// Milliseconds that a generation takes in Rust, without a boundary or a thread between.
#[uniffi::export]
pub fn generate_directly(
    engine: EngineOptions,
    prompt: String,
    options: GenerateOptions,
) -> Result<f64, CarrelError> {
    let host = Host::open(HostOptions::try_from(engine)?)?;
    let loaded = host.loaded().expect("just loaded");
    let mut session = loaded.engine.session()?;
    let encode = carrel_core::tokenizer::EncodeOptions { add_special: true, parse_special: false };
    let prompt = loaded.engine.tokenizer().encode(&prompt, encode)?;
    let options = TalkOptions::try_from(options)?.generate;
    let start = Instant::now();
    session.generate(&prompt, options)?.finish();
    Ok(start.elapsed().as_secs_f64() * 1e3)
}
