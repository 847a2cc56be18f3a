//! Every kernel validates with the capabilities that the baseline allows, keeps to its limits, binds
//! what its table says, and translates to the languages of Metal, Vulkan and Direct3D 12.
//!
//! Not shown here: that the compilers of Metal and Direct3D accept the translations.

use carrel_shaders::{Access, Kernel};
use naga::back::{hlsl, msl, pipeline_constants::process_overrides, spv};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess};

/// What files of the baseline may use beyond plain WGSL: unpacking half precision, which every
/// driver can do (it needs no arithmetic in half precision).
const BASELINE: Capabilities = Capabilities::SHADER_FLOAT16_IN_FLOAT32;

fn parse(kernel: Kernel) -> Module {
    let source = kernel.source();
    naga::front::wgsl::parse_str(&source)
        .unwrap_or_else(|error| panic!("{}: {}", kernel.name(), error.emit_to_string(&source)))
}

fn validate(kernel: Kernel, module: &Module, capabilities: Capabilities) -> ModuleInfo {
    let mut validator = Validator::new(ValidationFlags::all(), capabilities);
    validator.validate(module).unwrap_or_else(|error| {
        panic!("{}: {}", kernel.name(), error.emit_to_string(&kernel.source()))
    })
}

#[test]
fn every_kernel_validates_and_translates() {
    for kernel in Kernel::all() {
        let module = parse(kernel);
        let info = validate(kernel, &module, BASELINE);
        let (module, info) =
            process_overrides(&module, &info, None, &Default::default()).expect("defaults");

        let options = msl::Options { lang_version: (2, 4), ..Default::default() };
        let (metal, _) = msl::write_string(&module, &info, &options, &Default::default())
            .unwrap_or_else(|error| panic!("{}: MSL: {error}", kernel.name()));
        assert!(metal.contains("kernel void"), "{}", kernel.name());

        let vulkan = [spv::Capability::Shader].into_iter().collect();
        let options = spv::Options {
            lang_version: (1, 3),
            capabilities: Some(vulkan),
            fake_missing_bindings: true,
            ..Default::default()
        };
        let words = spv::write_vec(&module, &info, &options, None)
            .unwrap_or_else(|error| panic!("{}: SPIR-V: {error}", kernel.name()));
        assert_eq!(words[0], 0x0723_0203, "{}: the magic number", kernel.name());

        let options = hlsl::Options {
            shader_model: hlsl::ShaderModel::V6_2,
            fake_missing_bindings: true,
            ..Default::default()
        };
        let (mut text, pipeline) = (String::new(), hlsl::PipelineOptions::default());
        hlsl::Writer::new(&mut text, &options, &pipeline)
            .write(&module, &info, None)
            .unwrap_or_else(|error| panic!("{}: HLSL: {error}", kernel.name()));
        assert!(text.contains("numthreads(64, 1, 1)"), "{}", kernel.name());
    }
}

#[test]
fn half_precision_is_only_unpacked_where_the_format_has_it() {
    for kernel in Kernel::all() {
        let module = parse(kernel);
        let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
        let is_plain = validator.validate(&module).is_ok();
        let source = kernel.source();
        let unpacks = source.contains("unpack2x16float") || source.contains("pack2x16float");
        assert_eq!(is_plain, !unpacks, "{}", kernel.name());
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
        let module = parse(kernel);
        let info = validate(kernel, &module, BASELINE);
        let (module, _) =
            process_overrides(&module, &info, None, &Default::default()).expect("defaults");
        let mut layouter = naga::proc::Layouter::default();
        layouter.update(module.to_ctx()).expect("a layout");
        let size = |space: AddressSpace| -> u32 {
            let variables = module.global_variables.iter().filter(|(_, v)| v.space == space);
            variables.map(|(_, variable)| layouter[variable.ty].size).sum()
        };
        let shared = size(AddressSpace::WorkGroup);
        assert!(shared <= 16 << 10, "{}: {shared} bytes of workgroup memory", kernel.name());
        assert!(u64::from(size(AddressSpace::Uniform)) <= Kernel::PARAM_BYTES, "{}", kernel.name());
        let entry = &module.entry_points[0];
        assert_eq!(entry.name, "main");
        assert_eq!(entry.workgroup_size, [Kernel::WORKGROUP, 1, 1], "{}", kernel.name());
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
