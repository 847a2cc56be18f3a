//! `carrel quantize`: a copy of a model file with its matrices in another type.

use std::path::PathBuf;

use carrel_core::Error;
use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{QuantiseOptions, quantise_file};
use carrel_core::gguf::Gguf;
use carrel_core::quant::TensorType;
use carrel_core::readable::human_bytes;
use carrel_core::whole_file::write_whole;
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;

/// Write a copy of a model with quantised matrices
#[derive(clap::Args)]
pub struct Args {
    /// Model file to read
    input: PathBuf,
    /// Model file to write
    output: PathBuf,
    /// Type of the matrices, for example Q8_0, Q4_0 or Q4_K
    #[arg(value_parser = parse_type)]
    tensor_type: TensorType,
    /// Give the output matrix the same type, instead of a finer one
    #[arg(long)]
    pure: bool,
    /// Quantise matrices again that are quantised already
    #[arg(long)]
    allow_requantize: bool,
}

/// A tensor type by name.
pub fn parse_type(name: &str) -> Result<TensorType, String> {
    TensorType::from_name(name).ok_or_else(|| {
        let weights = TensorType::ALL.iter().filter(|kind| kind.is_weight());
        let names: Vec<&str> = weights.map(|kind| kind.name()).collect();
        format!("not a type; there are {}", names.join(", "))
    })
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    // The finer weights would be gone.
    if let (Ok(input), Ok(output)) = (args.input.canonicalize(), args.output.canonicalize())
        && input == output
    {
        return Err(Failure::usage("the output is the input; give the copy another name"));
    }
    let file = Gguf::open(&args.input)?;
    let options = QuantiseOptions {
        tensor_type: args.tensor_type,
        pure: args.pure,
        requantise: args.allow_requantize,
    };
    let bar = output.byte_bar("quantising", file.bytes().len() as u64);
    let report = write_whole(&args.output, Failure::file, |out| {
        let progress = |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        };
        quantise_file(&file, &options, out, cancel, progress).map_err(|error| match error {
            // The input is mapped; the output is the only file that is touched.
            Error::File { source, .. } => Failure::file(&args.output, source),
            other => other.into(),
        })
    });
    bar.finish_and_clear();
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    let report = report?;
    if output.is_json() {
        return output.json(&json!({
            "output": args.output.display().to_string(),
            "type": args.tensor_type.name(),
            "tensors": report.n_tensors,
            "changed": report.n_changed,
            "bytes_before": report.bytes_before,
            "bytes_after": report.bytes_after,
        }));
    }
    let (before, after) = (human_bytes(report.bytes_before), human_bytes(report.bytes_after));
    output.line(format!(
        "{}: {} of {} tensors changed, {before} → {after}",
        args.output.display(),
        report.n_changed,
        report.n_tensors
    ))
}
