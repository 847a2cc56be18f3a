#!/usr/bin/env bash
# Builds the native library for iOS, its simulator and macOS, assembles build/CarrelFFI.xcframework, and
# writes the Swift bindings into Sources/, where Package.swift looks for them. Needs a Mac with Xcode
# 16 or newer, Rust, CMake and libclang, and the targets:
#
#   rustup target add aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios \
#     aarch64-apple-darwin x86_64-apple-darwin
set -euo pipefail
cd "$(dirname "$0")/.."

targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin)
features=${CARREL_FEATURES:-}
# As in Package.swift.
export IPHONEOS_DEPLOYMENT_TARGET=16.0 MACOSX_DEPLOYMENT_TARGET=13.0
# Small and whole-program optimised, but with symbols, because bindings are generated from them; Xcode
# strips the app.
export CARGO_PROFILE_DIST_STRIP=debuginfo
source ffi/release.sh

libraries=()
for target in "${targets[@]}"; do
  cargo rustc --profile dist -p carrel-ffi --crate-type staticlib --target "$target" \
    ${features:+--features "$features"}
  libraries+=("${CARGO_TARGET_DIR:-target}/$target/dist/libcarrel_ffi.a")
done

out=ios/build
rm -rf "$out/bindings"
cargo run --release -p carrel-bindgen --bin carrel-bindgen -- generate "${libraries[0]}" \
  --language swift --no-format --out-dir "$out/bindings"
mkdir -p ios/Sources/Carrel/Generated
cp "$out/bindings/Carrel.swift" ios/Sources/Carrel/Generated/
python3 ios/package_xcframework.py "$out/CarrelFFI.xcframework" "$out/bindings" "${libraries[@]}"
python3 ios/check_xcframework.py "$out/CarrelFFI.xcframework"
echo "Ready: open ios/Package.swift or ios/Sample/Sample.xcodeproj"
