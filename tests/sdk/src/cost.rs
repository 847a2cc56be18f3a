//! What the boundary costs: the same work without it, clocks, and the row of a record.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::Engine;
use carrel_core::quant::TensorType;
use carrel_core::service::{Chunk, Host, HostOptions, Stream, TalkOptions};
use carrel_core::tokenizer::EncodeOptions;
use carrel_ffi::{CarrelError, ChunkStream, EngineOptions, GenerateOptions};

use crate::models;

/// The shape of the model that is measured, as small as the models that phones run get.
const SHAPE: &str = "SmolLM2-135M";

/// Writes the model that is measured to `path`.
#[uniffi::export]
pub fn write_measured_model(path: String) {
    models::write_as(Path::new(&path), SHAPE, TensorType::Q4_0);
}

/// What a piece of work took.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct Cost {
    /// Milliseconds by the clock.
    pub wall_ms: f64,
    /// Milliseconds of processors, in all threads of the process.
    pub cpu_ms: f64,
}

/// The same work in Rust directly and through a language.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Comparison {
    /// How much longer the language takes by the clock, 0.03 for 3 %: the median of all rounds,
    /// because computers get faster and slower from minute to minute.
    pub share: f64,
    /// How much more of processors it takes, in the same way.
    pub cpu_share: f64,
    /// All of it as a JSON object.
    pub row: String,
}

/// Begins to measure.
#[derive(uniffi::Object)]
pub struct Meter {
    start: Instant,
    cpu_ms: f64,
}

#[uniffi::export]
impl Meter {
    /// Begins now.
    #[uniffi::constructor(name = "new")]
    #[allow(clippy::new_without_default)] // For other languages only.
    pub fn new() -> Self {
        Self { start: Instant::now(), cpu_ms: cpu_ms() }
    }

    /// What was taken since.
    pub fn read(&self) -> Cost {
        let wall_ms = self.start.elapsed().as_secs_f64() * 1e3;
        Cost { wall_ms, cpu_ms: cpu_ms() - self.cpu_ms }
    }
}

/// What a generation takes in Rust, without a boundary or a thread between.
#[uniffi::export]
pub fn generate_directly(
    engine: EngineOptions,
    prompt: String,
    options: GenerateOptions,
) -> Result<Cost, CarrelError> {
    let host = Host::open(HostOptions::try_from(engine)?)?;
    let loaded = host.loaded().expect("just loaded");
    let engine: &Engine = &loaded.engine;
    let options = TalkOptions::try_from(options)?.generate;
    // As in a conversation, the cache is made and the text encoded within the time.
    let meter = Meter::new();
    let mut session = engine.session()?;
    let encode = EncodeOptions { add_special: true, parse_special: false };
    let prompt = engine.tokenizer().encode(&prompt, encode)?;
    session.generate(&prompt, options)?.finish();
    Ok(meter.read())
}

/// A stream that says a word every two milliseconds, `n` times, and computes nothing: what it takes
/// of processors is what it takes to hand words over.
#[uniffi::export]
pub fn ticking_stream(n: u32) -> Result<Arc<ChunkStream>, CarrelError> {
    ChunkStream::of(Stream::start(CancelFlag::new(), move |outlet| {
        for _ in 0..n {
            std::thread::sleep(Duration::from_millis(2));
            outlet.send(Chunk::Text(" word".to_owned()));
        }
        Ok(Chunk::Cancelled)
    }))
}

/// What that stream takes in Rust.
#[uniffi::export]
pub fn tick_directly(n: u32) -> Result<Cost, CarrelError> {
    let stream = ticking_stream(n)?;
    let meter = Meter::new();
    while !stream.next(64)?.is_empty() {}
    Ok(meter.read())
}

/// Compares rounds of the same work in Rust directly and through `language`.
#[uniffi::export]
pub fn compared(
    language: String,
    options: EngineOptions,
    n_tokens: u32,
    directly: Vec<Cost>,
    through: Vec<Cost>,
) -> Comparison {
    let wall = |costs: &[Cost]| costs.iter().map(|cost| cost.wall_ms).collect::<Vec<f64>>();
    let cpu = |costs: &[Cost]| costs.iter().map(|cost| cost.cpu_ms).collect::<Vec<f64>>();
    let more = |through: Vec<f64>, directly: Vec<f64>| {
        median(through.iter().zip(directly).map(|(through, directly)| through / directly - 1.0))
    };
    let share = more(wall(&through), wall(&directly));
    let cpu_share = more(cpu(&through), cpu(&directly));
    let list = |values: Vec<f64>| {
        let values: Vec<String> = values.iter().map(|value| format!("{value:.0}")).collect();
        format!("[{}]", values.join(", "))
    };
    let threads = options.threads.map_or("null".to_owned(), |threads| threads.to_string());
    let row = format!(
        "{{\"language\": \"{language}\", \"model\": \"{SHAPE}\", \"type\": \"Q4_0\", \
         \"threads\": {threads}, \"tokens\": {n_tokens}, \"rust_ms\": {}, \"through_ms\": {}, \
         \"rust_cpu_ms\": {}, \"through_cpu_ms\": {}, \"share\": {share:.4}, \
         \"cpu_share\": {cpu_share:.4}}}",
        list(wall(&directly)),
        list(wall(&through)),
        list(cpu(&directly)),
        list(cpu(&through)),
    );
    Comparison { share, cpu_share, row }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Milliseconds of processors that this process has taken, from Linux.
fn cpu_ms() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // After the name in brackets, which may hold anything: state is the first field.
    let fields = status.rsplit_once(')').expect("a name").1.split_whitespace();
    let ticks: u64 =
        fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
    // A hundred a second on all that Linux runs on.
    ticks as f64 * 10.0
}
