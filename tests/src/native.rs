//! llama.cpp compiled for this processor, as its own build does where it is not told otherwise; but for AMX, the
//! units for matrices that only servers have: what Carrel is for has none, and it has no kernels for them.
//!
//! The crate that builds it for us stays with AVX2, so that programs run elsewhere. A comparison of speeds
//! asks for more: a program that lacks what the processor has is built again in a folder of its own, with
//! ggml's options set in the environment, from where that crate takes them.

use std::path::Path;
use std::process::Command;

/// Set for a program that was built again, so that it is not built for ever.
const IS_BUILT: &str = "CARREL_BUILT_FOR_THIS_PROCESSOR";

/// ggml's options for what this processor has, each with its name among llama.cpp's instruction sets.
fn options() -> Vec<(&'static str, &'static str)> {
    let mut options = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! option {
            ($option:literal, $name:literal, $($feature:tt)*) => {
                if $(is_x86_feature_detected!($feature))&&* {
                    options.push(($option, $name));
                }
            };
        }
        option!("GGML_AVX512", "AVX512", "avx512f" "avx512cd" "avx512vl" "avx512dq" "avx512bw");
        option!("GGML_AVX512_VBMI", "AVX512_VBMI", "avx512vbmi");
        option!("GGML_AVX512_VNNI", "AVX512_VNNI", "avx512vnni");
        option!("GGML_AVX512_BF16", "AVX512_BF16", "avx512bf16");
        option!("GGML_AVX_VNNI", "AVX_VNNI", "avxvnni");
    }
    options
}

/// Runs this program again with llama.cpp compiled for this processor, if it is not; whether it did.
///
/// # Errors
/// If the program cannot be built or fails, or still lacks an instruction set.
pub fn run_again(root: &Path, program: &str) -> Result<bool, String> {
    let found = carrel_referee::instructions();
    let mut missing = options();
    missing.retain(|(_, name)| !found.iter().any(|found| found == name));
    if missing.is_empty() {
        return Ok(false);
    }
    if std::env::var_os(IS_BUILT).is_some() {
        return Err(format!("llama.cpp was compiled without {missing:?}, only for {found:?}"));
    }
    let folder = root.join("target/native");
    eprintln!(
        "llama.cpp lacks {missing:?}: building it for this processor in {}",
        folder.display()
    );
    let mut build = Command::new("cargo");
    build.current_dir(root).args(["build", "--release", "--workspace", "--bin", program]);
    build.arg("--target-dir").arg(&folder);
    let mut again = Command::new(folder.join("release").join(program));
    again.args(std::env::args_os().skip(1)).env(IS_BUILT, "1");
    for command in [&mut build, &mut again] {
        // The program builds others itself, for the same processor.
        command.envs(missing.iter().map(|(option, _)| (option, "ON")));
        let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
        if !status.success() {
            return Err(format!("{command:?}: {status}"));
        }
    }
    Ok(true)
}
