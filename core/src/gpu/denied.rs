//! Which drivers are not used whatever they compute: those that lack what the kernels need, and those
//! that are known to be bad.

/// Storage buffers that a kernel may see, of at least eight.
pub(super) const N_STORAGE_BUFFERS: u32 = 8;

/// What the kernels need, as a name and a number.
const WORKGROUP_BYTES: u32 = 16 << 10;
const INVOCATIONS: u32 = 256;
const BINDING_BYTES: u64 = 16 << 20;

/// A driver that is known to be bad: words that its name and its description hold, and what is wrong.
struct Bad {
    adapter: &'static str,
    driver: &'static str,
    problem: &'static str,
}

/// Words are compared without regard to case; an empty one is in every name. What is only suspected to be
/// bad is not here: the canary and the comparison with the CPU find that out on the machine itself.
const BAD: &[Bad] = &[Bad {
    adapter: "microsoft basic render driver",
    driver: "",
    problem: "it is Windows' stand-in for a missing driver, and computes on the processor",
}];

/// Why an adapter is not used; `None` if it may be.
pub(super) fn refusal(info: &wgpu::AdapterInfo, limits: &wgpu::Limits) -> Option<String> {
    let lacks = |what: &str, found: u64, least: u64| {
        (found < least).then(|| format!("it has {found} {what}, but {least} are needed"))
    };
    let driver = format!("{} {}", info.driver, info.driver_info).to_lowercase();
    let name = info.name.to_lowercase();
    let is_bad = |bad: &&Bad| name.contains(bad.adapter) && driver.contains(bad.driver);
    lacks(
        "storage buffers for a kernel",
        limits.max_storage_buffers_per_shader_stage.into(),
        N_STORAGE_BUFFERS.into(),
    )
    .or_else(|| {
        let found = limits.max_compute_workgroup_storage_size;
        lacks("bytes for a workgroup", found.into(), WORKGROUP_BYTES.into())
    })
    .or_else(|| {
        let found = limits.max_compute_invocations_per_workgroup;
        lacks("invocations in a workgroup", found.into(), INVOCATIONS.into())
    })
    .or_else(|| lacks("bytes in a binding", limits.max_storage_buffer_binding_size, BINDING_BYTES))
    .or_else(|| BAD.iter().find(is_bad).map(|bad| bad.problem.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(name: &str, driver: &str) -> wgpu::AdapterInfo {
        let mut info =
            wgpu::AdapterInfo::new(wgpu::DeviceType::IntegratedGpu, wgpu::Backend::Vulkan);
        info.name = name.into();
        info.driver = driver.into();
        info
    }

    #[test]
    fn what_lacks_something_or_is_bad_is_refused_with_the_reason() {
        let good = wgpu::Limits::default();
        assert_eq!(refusal(&info("A GPU", "a driver"), &good), None);
        let lacking = [
            (wgpu::Limits { max_storage_buffers_per_shader_stage: 4, ..good.clone() }, "4 storage"),
            (
                wgpu::Limits { max_compute_workgroup_storage_size: 8192, ..good.clone() },
                "8192 bytes",
            ),
            (
                wgpu::Limits { max_compute_invocations_per_workgroup: 128, ..good.clone() },
                "128 inv",
            ),
            (wgpu::Limits { max_storage_buffer_binding_size: 1 << 20, ..good.clone() }, "1048576"),
        ];
        for (limits, what) in lacking {
            let why = refusal(&info("A GPU", "a driver"), &limits).expect("it lacks something");
            assert!(why.contains(&format!("has {what}")), "{why}");
        }
        let stand_in = refusal(&info("Microsoft Basic Render Driver", ""), &good);
        assert!(stand_in.is_some_and(|why| why.contains("stand-in")));
    }
}
