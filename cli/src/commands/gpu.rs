//! `carrel gpu doctor`: which GPUs there are, and whether the best one computes what the CPU does.
//!
//! Opening the GPU is the first test: the canary of `carrel_core::gpu` sings before a driver is used.

use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::exec::{Model, ModelOptions};
use carrel_core::gguf::Gguf;
use carrel_core::gpu::{Adapter, Gpu};
use carrel_core::quant::TensorType;
use carrel_core::readable::human_bytes;
use carrel_models::shapes::Shape;
use serde_json::{Value, json};

use crate::backend::GpuArgs;
use crate::failure::Failure;
use crate::output::Output;

/// Look at the GPUs of this machine
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the GPUs, and compare the best one with the CPU on tiny models of every common type
    Doctor {
        #[command(flatten)]
        gpu: GpuArgs,
        /// Give drivers another chance that ended the program or computed something else before
        #[arg(long)]
        retry: bool,
    },
}

/// The types that people run.
const TYPES: [TensorType; 7] = [
    TensorType::F16,
    TensorType::BF16,
    TensorType::Q8_0,
    TensorType::Q4_0,
    TensorType::Q4_K,
    TensorType::Q5_K,
    TensorType::Q6_K,
];

/// A shape of a model that has norms of heads too.
const SHAPE: &str = "tiny-qwen3";

/// What was found for one type.
struct Check {
    kind: TensorType,
    mean_divergence: f64,
    is_good: bool,
}

pub fn run(args: &Args, output: &Output) -> Result<(), Failure> {
    let Command::Doctor { gpu, retry } = &args.command;
    let adapters = Gpu::adapters();
    if !output.is_json() {
        for adapter in &adapters {
            output.line(describe(adapter))?;
        }
    }
    let gpu = gpu.open(*retry)?;
    let checks: Vec<Check> =
        TYPES.iter().map(|&kind| check(&gpu, kind)).collect::<Result<_, _>>()?;
    let n_bad = checks.iter().filter(|check| !check.is_good).count();
    if output.is_json() {
        output.json(&json!({
            "adapters": adapters.iter().map(as_json).collect::<Vec<_>>(),
            "checked": gpu.adapter().name,
            "checks": checks.iter().map(|check| json!({
                "type": check.kind.name(),
                "mean_divergence": check.mean_divergence,
                "good": check.is_good,
            })).collect::<Vec<_>>(),
            "good": n_bad == 0,
        }))?;
    } else {
        output.line(format!("checked {}:", gpu.adapter().name))?;
        for check in &checks {
            let word = if check.is_good { "good" } else { "WRONG" };
            let Check { kind, mean_divergence, .. } = check;
            output.line(format!("  {kind:6} mean divergence {mean_divergence:.1e}  {word}"))?;
        }
    }
    if n_bad == 0 {
        return Ok(());
    }
    let message = format!("the GPU computes something else than the CPU for {n_bad} types");
    Err(Failure { code: 4, kind: "gpu", message })
}

/// A tiny model of one type on both.
fn check(gpu: &std::sync::Arc<Gpu>, kind: TensorType) -> Result<Check, Failure> {
    let shape = Shape::named(SHAPE).ok_or_else(|| Failure::other("the tiny shape is missing"))?;
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape, tensor_type: kind, seed: 1 };
    write_synthetic(&options, &mut bytes, |_, _| {}).map_err(Failure::other)?;
    let model = Model::from_gguf(Gguf::from_bytes(&bytes)?, ModelOptions::default())?;
    let verdict = model.on_gpu(gpu)?.compare_with_cpu()?;
    let (mean_divergence, is_good) = (verdict.mean_divergence, verdict.is_good());
    Ok(Check { kind, mean_divergence, is_good })
}

fn describe(adapter: &Adapter) -> String {
    let yes = |has: bool| if has { "yes" } else { "no" };
    let [fewest, most] = adapter.subgroup_sizes;
    let subgroups = match adapter.has_subgroups {
        true if fewest == most => format!("of {most}"),
        true => format!("of {fewest} to {most}"),
        false => "no".into(),
    };
    let refusal = adapter.refusal.as_ref().map(|why| format!("\n  never used: {why}"));
    format!(
        "{}{}\n  {}, driver {}\n  binds {} at once, {} buffers; {} shared by at most {} invocations\n  \
         subgroups {}, half precision {}, cooperative matrices {}{}",
        adapter.name,
        if adapter.is_software { " (software)" } else { "" },
        adapter.interface,
        adapter.driver,
        human_bytes(adapter.most_binding_bytes),
        adapter.most_buffers,
        human_bytes(adapter.workgroup_bytes.into()),
        adapter.most_invocations,
        subgroups,
        yes(adapter.has_half_precision),
        yes(adapter.has_cooperative_matrices),
        refusal.unwrap_or_default(),
    )
}

fn as_json(adapter: &Adapter) -> Value {
    json!({
        "name": adapter.name,
        "interface": adapter.interface,
        "driver": adapter.driver,
        "software": adapter.is_software,
        "most_binding_bytes": adapter.most_binding_bytes,
        "subgroups": adapter.has_subgroups,
        "subgroup_sizes": adapter.subgroup_sizes,
        "half_precision": adapter.has_half_precision,
        "cooperative_matrices": adapter.has_cooperative_matrices,
        "workgroup_bytes": adapter.workgroup_bytes,
        "most_invocations": adapter.most_invocations,
        "most_buffers": adapter.most_buffers,
        "refusal": adapter.refusal,
    })
}
