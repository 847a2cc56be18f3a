//! `carrel inspect`: what is in a model file, how it would be run, and what that needs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anstyle::AnsiColor;
use carrel_core::engine::{EngineOptions, Fit, open_file};
use carrel_core::exec::{ContextPolicy, Model, ModelOptions};
use carrel_core::ggml::Placement;
use carrel_core::gguf::{Gguf, Value, ValueType};
use carrel_core::readable::human_bytes;
use carrel_downloads::folder::model_file;
use serde_json::{Map, Value as Json, json};

use crate::backend::BackendArgs;
use crate::failure::Failure;
use crate::model::parse_bytes;
use crate::output::{Output, paint};

/// Show a model file's metadata, tensors, plan and memory need
#[derive(clap::Args)]
pub struct Args {
    /// Model file (GGUF), or the name of a pulled one
    file: PathBuf,
    /// List every tensor
    #[arg(long)]
    tensors: bool,
    /// Print the plan: every operation of a forward pass
    #[arg(long)]
    plan: bool,
    /// Length of the context for the memory need [default: the model's, at most 4096]
    #[arg(long, value_name = "TOKENS")]
    ctx: Option<usize>,
    /// Show the memory need of settings that fit this much, for example 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    memory_budget: Option<u64>,
    #[command(flatten)]
    backend: BackendArgs,
}

/// Elements of an array that are shown.
const SHOWN: usize = 5;

pub fn run(args: &Args, output: &Output) -> Result<(), Failure> {
    let file = open_file(model_file(&args.file)?)?;
    // A vocabulary without a model is worth looking at, too.
    let model = Model::from_gguf(file.clone(), ModelOptions::default());
    if output.is_json() {
        print_json(args, output, &file, model)
    } else {
        print_text(args, output, &file, model)
    }
}

/// The length of the context, and the settings that it is part of.
fn fit(args: &Args, model: &Model) -> Result<(usize, Fit), Failure> {
    let options = EngineOptions {
        context: args.ctx.map(ContextPolicy::Full),
        placement: Some(Placement::InPlace),
        memory_budget_bytes: args.memory_budget,
        ..EngineOptions::default()
    };
    let fit = args.backend.fit(model, &options)?;
    let (ContextPolicy::Full(n_ctx) | ContextPolicy::Sliding(n_ctx)) = fit.decoder.context;
    Ok((n_ctx, fit))
}

/// Tensors and bytes by type.
fn totals(file: &Gguf) -> BTreeMap<&'static str, (usize, u64)> {
    let mut totals = BTreeMap::new();
    for tensor in file.tensors() {
        let entry = totals.entry(tensor.tensor_type.name()).or_insert((0, 0));
        entry.0 += 1;
        entry.1 += tensor.n_bytes;
    }
    totals
}

fn print_text(
    args: &Args,
    output: &Output,
    file: &Gguf,
    model: carrel_core::Result<Model>,
) -> Result<(), Failure> {
    let title = |text: &str| paint(AnsiColor::Cyan, text);
    let n_bytes = human_bytes(file.bytes().len() as u64);
    output.line(format!("{} GGUF version {}, {n_bytes}", args.file.display(), file.version()))?;
    output.line(title("metadata"))?;
    for (key, value) in file.metadata() {
        output.line(format!("  {key} = {}", show(&value)))?;
    }
    output.line(title("tensors"))?;
    for (name, (count, n_bytes)) in totals(file) {
        output.line(format!("  {name:8} {count:5} tensors {:>12}", human_bytes(n_bytes)))?;
    }
    if args.tensors {
        for tensor in file.tensors() {
            let shape = tensor.shape();
            output.line(format!(
                "  {:36} {:7} {shape:?}",
                tensor.name,
                tensor.tensor_type.name()
            ))?;
        }
    }
    let model = match model {
        Ok(model) => model,
        Err(error) => return output.line(format!("{}\n  {error}", title("cannot be run"))),
    };
    let spec = model.spec();
    output.line(title("model"))?;
    output.line(format!("  family {} ({})", spec.family.name, spec.family.models))?;
    output.line(format!(
        "  {} layers, {} query heads and {} KV heads of {}, width {}, feed-forward {}, vocabulary {}",
        spec.n_layer, spec.n_head, spec.n_head_kv, spec.d_head, spec.d_model, spec.d_ff, spec.n_vocab
    ))?;
    if spec.n_convolved > 0 {
        output.line(format!(
            "  attention in {} layers, convolutions over {} tokens in the others",
            spec.n_attention(),
            spec.n_convolved
        ))?;
    }
    let (n_ctx, fit) = fit(args, &model)?;
    let need = fit.need;
    output.line(title(&format!("memory for a context of {n_ctx} tokens")))?;
    let on_gpu = format!("{} of {} layers, on the GPU", fit.n_gpu_layers, spec.n_layer);
    for (what, n_bytes) in [
        (&on_gpu[..], need.gpu_bytes),
        ("weights, in the mapped file", need.mapped_bytes),
        ("KV cache", need.cache_bytes),
        ("activations", need.activation_bytes),
        ("logits", need.logit_bytes),
        ("vocabulary and grammars", need.text_bytes),
        ("the program itself", need.program_bytes),
        ("together", need.total_bytes()),
    ] {
        if what == on_gpu && n_bytes == 0 {
            continue;
        }
        output.line(format!("  {what:28} {:>12}", human_bytes(n_bytes)))?;
    }
    if args.plan {
        output.line(title("plan"))?;
        output.text(model.plan().to_string())?;
    }
    Ok(())
}

fn print_json(
    args: &Args,
    output: &Output,
    file: &Gguf,
    model: carrel_core::Result<Model>,
) -> Result<(), Failure> {
    let metadata: Map<String, Json> =
        file.metadata().map(|(key, value)| (key.to_owned(), to_json(&value))).collect();
    let tensors: Vec<Json> = file
        .tensors()
        .iter()
        .map(|tensor| {
            json!({
                "name": tensor.name,
                "type": tensor.tensor_type.name(),
                "shape": tensor.shape(),
                "offset": tensor.start,
                "bytes": tensor.n_bytes,
            })
        })
        .collect();
    let mut report = json!({
        "file": args.file.display().to_string(),
        "bytes": file.bytes().len(),
        "version": file.version(),
        "alignment": file.alignment(),
        "metadata": metadata,
        "tensors": tensors,
    });
    match model {
        Ok(model) => {
            let (n_ctx, fit) = fit(args, &model)?;
            let need = fit.need;
            let plan: Vec<String> =
                model.plan().ops.iter().map(|op| model.plan().describe(op)).collect();
            report["family"] = json!(model.spec().family.name);
            report["plan"] = json!(plan);
            report["memory"] = json!({
                "n_ctx": n_ctx,
                "mapped_bytes": need.mapped_bytes,
                "cache_bytes": need.cache_bytes,
                "activation_bytes": need.activation_bytes,
                "logit_bytes": need.logit_bytes,
                "text_bytes": need.text_bytes,
                "program_bytes": need.program_bytes,
                "gpu_layers": fit.n_gpu_layers,
                "gpu_bytes": need.gpu_bytes,
                "total_bytes": need.total_bytes(),
            });
        }
        Err(error) => report["cannot_be_run"] = json!(error.to_string()),
    }
    output.json(&report)
}

/// A value as text; long strings and arrays are cut.
fn show(value: &Value<'_>) -> String {
    match to_json(value) {
        Json::String(text) if text.chars().count() > 80 => {
            let start: String = text.chars().take(80).collect();
            format!("{:?}… ({} characters)", start, text.chars().count())
        }
        Json::Object(array) => {
            let elements = array.get("first").map(Json::to_string).unwrap_or_default();
            format!("{elements}… ({} elements)", array.get("length").unwrap_or(&Json::Null))
        }
        other => other.to_string(),
    }
}

fn to_json(value: &Value<'_>) -> Json {
    match value {
        Value::String(bytes) => json!(String::from_utf8_lossy(bytes)),
        Value::Bool(value) => json!(value),
        Value::F32(value) => json!(value),
        Value::F64(value) => json!(value),
        Value::Array(array) => {
            let shown: Vec<Json> =
                array.iter().take(SHOWN).map(|element| to_json(&element)).collect();
            if array.n_elements <= SHOWN && array.element_type != ValueType::Array {
                return json!(shown);
            }
            let kind = array.element_type.name();
            json!({ "type": kind, "length": array.n_elements, "first": shown })
        }
        integer => match integer.as_integer() {
            Some(integer) => serde_json::from_str(&integer.to_string()).unwrap_or(Json::Null),
            None => Json::Null,
        },
    }
}
