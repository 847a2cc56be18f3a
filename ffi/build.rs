//! Aligns the segments of the shared library to pages of 16 KB: devices with Android 15 and such pages
//! load no others, and before r28 the NDK's linker does so only when it is told.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let system = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if ["android", "linux"].contains(&system.as_str()) {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
    }
}
