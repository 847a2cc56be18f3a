//! What the shared library is linked with.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=unexported.ld");
    let variable = |name| std::env::var(name).unwrap_or_default();
    let system = variable("CARGO_CFG_TARGET_OS");
    let mut options = Vec::new();
    if ["android", "linux"].contains(&system.as_str()) {
        // Devices with Android 15 and pages of 16 KB load no libraries with smaller ones, and before
        // r28 the NDK's linker makes them only when it is told.
        options.push("-z,max-page-size=16384".to_owned());
    }
    if system == "android" {
        // A megabyte of addresses that are filled in at loading shrinks to a seventh; Android reads
        // that from 6 on (API 23). Functions with the same machine code are kept once.
        options.extend(["--pack-dyn-relocs=android", "--icf=safe"].map(str::to_owned));
        options.push(format!("--version-script={}/unexported.ld", variable("CARGO_MANIFEST_DIR")));
    }
    for option in options {
        println!("cargo::rustc-cdylib-link-arg=-Wl,{option}");
    }
}
