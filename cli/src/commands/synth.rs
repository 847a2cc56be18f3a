//! `carrel synth`: seeded random weights in the exact shape of a known model.

use std::io::Write;
use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::quant::TensorType;
use carrel_core::readable::human_bytes;
use carrel_core::whole_file::write_whole;
use carrel_models::shapes::{SHAPES, Shape};
use serde_json::json;

use super::quantize::parse_type;
use crate::failure::Failure;
use crate::output::Output;

/// Write a model with seeded random weights, for measuring speed and memory
#[derive(clap::Args)]
pub struct Args {
    /// Shape: SmolLM2-135M, SmolLM2-360M, Qwen2.5-0.5B, Qwen3-0.6B, Llama-3.2-1B, Gemma-3-1B, or a
    /// tiny one of a family, such as tiny-llama
    #[arg(long, value_parser = parse_shape)]
    shape: &'static Shape,
    /// Type of the matrices
    #[arg(long = "type", value_parser = parse_type, default_value = "Q8_0")]
    tensor_type: TensorType,
    /// Seed of the weights
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Model file to write
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

fn parse_shape(name: &str) -> Result<&'static Shape, String> {
    Shape::named(name).ok_or_else(|| {
        let names: Vec<&str> = SHAPES.iter().map(|shape| shape.name).collect();
        format!("not a shape; there are {}", names.join(", "))
    })
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let options =
        SyntheticOptions { shape: args.shape, tensor_type: args.tensor_type, seed: args.seed };
    let bar = output.byte_bar("writing", 0);
    let written = write_whole(&args.output, Failure::file, |out| {
        let progress = |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        };
        write_synthetic(&options, &mut Interruptible { out, cancel }, progress)
            .map_err(|source| Failure::file(&args.output, source))
    });
    bar.finish_and_clear();
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    written?;
    let written = std::fs::metadata(&args.output);
    let n_bytes = written.map_err(|source| Failure::file(&args.output, source))?.len();
    if output.is_json() {
        return output.json(&json!({
            "output": args.output.display().to_string(),
            "shape": args.shape.name,
            "type": args.tensor_type.name(),
            "seed": args.seed,
            "bytes": n_bytes,
        }));
    }
    output.line(format!("{}: {}", args.output.display(), human_bytes(n_bytes)))
}

/// An output that fails when the user asks to stop.
struct Interruptible<'a, W> {
    out: &'a mut W,
    cancel: &'a CancelFlag,
}

impl<W: Write> Write for Interruptible<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.cancel.is_cancelled() {
            // Of another kind than `Interrupted`, which means to try again.
            return Err(std::io::Error::other("cancelled"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
