//! Every kernel, with every choice of its override constants together, validates with exactly the
//! capabilities that it declares, keeps to the limits of the baseline, binds what its table says, and
//! translates to the languages of Metal, Vulkan and Direct3D 12. Khronos' validator reads the result
//! for Vulkan.
//!
//! Kernels with cooperative matrices are the exception: they are for Vulkan only, as naga translates
//! blocks of 16 by 16 to neither MSL nor HLSL. A validator that is older than SPIR-V's extension for
//! them, as Debian 12's is, cannot read them.
//!
//! Not shown here: that the compilers of Metal and Direct3D accept the translations.

use std::path::{Path, PathBuf};
use std::process::Command;

use carrel_shaders::{Access, Flavour, Kernel, Need};
use naga::back::pipeline_constants::process_overrides;
use naga::back::{PipelineConstants, hlsl, msl, spv};
use naga::front::wgsl;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess};

fn capability(need: Need) -> Capabilities {
    match need {
        Need::HalfStorage => Capabilities::SHADER_FLOAT16_IN_FLOAT32,
        Need::HalfArithmetic => Capabilities::SHADER_FLOAT16,
        Need::Subgroups => Capabilities::SUBGROUP,
        Need::CooperativeMatrices => Capabilities::COOPERATIVE_MATRIX,
    }
}

fn capabilities(kernel: Kernel) -> Capabilities {
    kernel.needs().into_iter().map(capability).fold(Capabilities::empty(), |all, one| all | one)
}

fn parse(kernel: Kernel) -> Module {
    let source = kernel.source();
    let options = wgsl::Options { capabilities: capabilities(kernel), ..wgsl::Options::new() };
    wgsl::Frontend::new_with_options(options)
        .parse(&source)
        .unwrap_or_else(|error| panic!("{}: {}", kernel.name(), error.emit_to_string(&source)))
}

fn validated(module: &Module, capabilities: Capabilities) -> Result<ModuleInfo, String> {
    let mut validator = Validator::new(ValidationFlags::all(), capabilities);
    validator.validate(module).map_err(|error| format!("{error:?}"))
}

fn validate(kernel: Kernel, module: &Module) -> ModuleInfo {
    validated(module, capabilities(kernel))
        .unwrap_or_else(|error| panic!("{}: {error}\n{}", kernel.name(), kernel.source()))
}

/// Every choice of values for the constants of a kernel, those at their defaults left out.
fn choices(kernel: Kernel) -> Vec<Vec<(&'static str, u32)>> {
    let mut choices: Vec<Vec<(&str, u32)>> = vec![Vec::new()];
    for (name, value) in kernel.constants() {
        let others = choices.iter().filter(|chosen| chosen.iter().all(|(known, _)| *known != name));
        let more: Vec<_> = others.map(|chosen| [&chosen[..], &[(name, value)]].concat()).collect();
        choices.extend(more);
    }
    choices
}

/// A kernel in every choice of constants, as the executor combines them.
fn variants(kernel: Kernel) -> Vec<(String, Module, ModuleInfo)> {
    let (module, name) = (parse(kernel), kernel.name());
    let info = validate(kernel, &module);
    let variant = |chosen: Vec<(&str, u32)>| {
        let values = chosen.iter().map(|(name, value)| ((*name).to_owned(), f64::from(*value)));
        let values: PipelineConstants = values.collect();
        let (module, info) = process_overrides(&module, &info, None, &values)
            .unwrap_or_else(|error| panic!("{name} {chosen:?}: {error:?}"));
        (format!("{name} {chosen:?}"), module.into_owned(), info.into_owned())
    };
    choices(kernel).into_iter().map(variant).collect()
}

/// What `spirv-val` must accept for Vulkan 1.1.
fn to_spirv(kernel: Kernel, name: &str, module: &Module, info: &ModuleInfo) -> Vec<u32> {
    use spv::Capability::{
        Float16, GroupNonUniform, GroupNonUniformArithmetic, Shader, StorageBuffer16BitAccess,
    };
    // What the features that wgpu asks for bring along.
    let mut vulkan = vec![Shader];
    for need in kernel.needs() {
        match need {
            Need::HalfStorage => {}
            Need::HalfArithmetic => vulkan.extend([Float16, StorageBuffer16BitAccess]),
            Need::Subgroups => vulkan.extend([GroupNonUniform, GroupNonUniformArithmetic]),
            Need::CooperativeMatrices => {
                vulkan.extend([
                    spv::Capability::CooperativeMatrixKHR,
                    spv::Capability::VulkanMemoryModel,
                ]);
            }
        }
    }
    let options = spv::Options {
        lang_version: (1, 3),
        capabilities: Some(vulkan.into_iter().collect()),
        fake_missing_bindings: true,
        ..Default::default()
    };
    spv::write_vec(module, info, &options, None)
        .unwrap_or_else(|error| panic!("{name}: SPIR-V: {error}"))
}

/// `CooperativeMatrixKHR` of SPV_KHR_cooperative_matrix.
const COOPERATIVE_MATRIX: u32 = 6022;

/// Whether a module declares a capability: instructions of two words, of which the first says so.
fn declares(words: &[u32], capability: u32) -> bool {
    words.windows(2).any(|pair| pair == [2 << 16 | 17, capability])
}

#[test]
fn every_kernel_translates() {
    for kernel in Kernel::all() {
        for (name, module, info) in variants(kernel) {
            let words = to_spirv(kernel, &name, &module, &info);
            assert_eq!(words[0], 0x0723_0203, "{name}: the magic number");
            let is_cooperative = kernel.needs().contains(&Need::CooperativeMatrices);
            assert_eq!(declares(&words, COOPERATIVE_MATRIX), is_cooperative, "{name}");
            if is_cooperative {
                continue;
            }
            let options = msl::Options { lang_version: (2, 4), ..Default::default() };
            let (metal, _) = msl::write_string(&module, &info, &options, &Default::default())
                .unwrap_or_else(|error| panic!("{name}: MSL: {error}"));
            assert!(metal.contains("kernel void"), "{name}");

            let options = hlsl::Options {
                shader_model: hlsl::ShaderModel::V6_2,
                fake_missing_bindings: true,
                ..Default::default()
            };
            let (mut text, pipeline) = (String::new(), hlsl::PipelineOptions::default());
            hlsl::Writer::new(&mut text, &options, &pipeline)
                .write(&module, &info, None)
                .unwrap_or_else(|error| panic!("{name}: HLSL: {error}"));
            let size = format!("numthreads({}, 1, 1)", kernel.workgroup());
            assert!(text.contains(&size), "{name}");
        }
    }
}

/// Khronos' validator, or `None` after printing SKIPPED.
fn spirv_validator() -> Option<PathBuf> {
    let program = std::env::var_os("SPIRV_VAL").map_or("spirv-val".into(), PathBuf::from);
    if Command::new(&program).arg("--version").output().is_ok() {
        return Some(program);
    }
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!required, "spirv-val (of the package spirv-tools) is missing and CI=true");
    eprintln!("SKIPPED: spirv-val (of the package spirv-tools) is missing");
    None
}

#[test]
fn the_validator_of_vulkan_accepts_every_kernel() {
    let Some(program) = spirv_validator() else { return };
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kernel.spv");
    for kernel in Kernel::all() {
        for (name, module, info) in variants(kernel) {
            let words = to_spirv(kernel, &name, &module, &info);
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            std::fs::write(&path, bytes).expect("written");
            let is_cooperative = kernel.needs().contains(&Need::CooperativeMatrices);
            let target = if is_cooperative { "vulkan1.3" } else { "vulkan1.1" };
            let mut validator = Command::new(&program);
            let output = validator.args(["--target-env", target]).arg(&path).output();
            let output = output.expect("it runs");
            let complaint = String::from_utf8_lossy(&output.stderr);
            let unknown = format!("Invalid capability operand: {COOPERATIVE_MATRIX}");
            let is_too_old = is_cooperative && complaint.contains(&unknown);
            assert!(output.status.success() || is_too_old, "{name}: {complaint}");
        }
    }
}

#[test]
fn kernels_need_exactly_what_they_declare() {
    for kernel in Kernel::all() {
        let module = parse(kernel);
        validate(kernel, &module);
        for need in kernel.needs() {
            let less = capabilities(kernel) - capability(need);
            assert!(validated(&module, less).is_err(), "{} without {need:?}", kernel.name());
        }
    }
}

#[test]
fn bindings_are_those_of_the_table() {
    for kernel in Kernel::all() {
        let module = parse(kernel);
        let mut found = vec![None; kernel.bindings().len()];
        for (_, variable) in module.global_variables.iter() {
            let Some(binding) = &variable.binding else { continue };
            assert_eq!(binding.group, 0, "{}", kernel.name());
            let access = match variable.space {
                AddressSpace::Uniform => Access::Params,
                AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => {
                    Access::Write
                }
                _ => Access::Read,
            };
            found[binding.binding as usize] = Some(access);
        }
        let wanted: Vec<_> = kernel.bindings().iter().copied().map(Some).collect();
        assert_eq!(found, wanted, "{}", kernel.name());
        let n_storage = wanted.iter().filter(|access| **access != Some(Access::Params)).count();
        assert!(n_storage <= 8, "{}: {n_storage} storage buffers", kernel.name());
    }
}

#[test]
fn kernels_keep_to_the_limits_of_the_baseline() {
    for kernel in Kernel::all() {
        for (name, module, _) in variants(kernel) {
            let mut layouter = naga::proc::Layouter::default();
            layouter.update(module.to_ctx()).expect("a layout");
            let size = |space: AddressSpace| -> u32 {
                let variables = module.global_variables.iter().filter(|(_, v)| v.space == space);
                variables.map(|(_, variable)| layouter[variable.ty].size).sum()
            };
            let shared = size(AddressSpace::WorkGroup);
            // What wgpu's limits for every driver leave of 16 KiB.
            assert!(shared <= 16_352, "{name}: {shared} bytes of workgroup memory");
            assert!(u64::from(size(AddressSpace::Uniform)) <= Kernel::PARAM_BYTES, "{name}");
            let entry = &module.entry_points[0];
            assert_eq!(entry.name, "main");
            assert_eq!(entry.workgroup_size, [kernel.workgroup(), 1, 1], "{name}");
            assert!(kernel.workgroup() <= 256, "{name}");
        }
    }
}

#[test]
fn only_flavours_need_more_than_every_driver_has() {
    for kernel in Kernel::all() {
        let is_more = matches!(
            kernel,
            Kernel::MatVec(_, Flavour::Subgroups)
                | Kernel::MatMul(_, Flavour::Half | Flavour::Cooperative)
        );
        let needs_more = kernel.needs().iter().any(|&need| need != Need::HalfStorage);
        assert_eq!(needs_more, is_more, "{}", kernel.name());
    }
}

#[test]
fn every_file_opens_with_its_contract_and_is_short() {
    for kernel in Kernel::all() {
        let file = kernel.file();
        let heads = ["// Op:", "// Bindings:", "// Grid:", "// Limits:", "// Twin:"];
        for (line, head) in file.lines().zip(heads) {
            assert!(line.starts_with(head), "{}: `{line}` is not `{head}`", kernel.name());
        }
        assert!(file.lines().count() <= 250, "{}", kernel.name());
    }
}
