#!/usr/bin/env bash
# Builds the native library for Android and writes the Kotlin bindings, into carrel/build/, where
# Gradle looks for them. Needs Rust, the NDK (ANDROID_NDK_HOME) and cargo-ndk:
#
#   rustup target add aarch64-linux-android armv7-linux-androideabi x86_64-linux-android
#   cargo install cargo-ndk --locked
set -euo pipefail
cd "$(dirname "$0")/.."

abis=(arm64-v8a armeabi-v7a x86_64)
out=$PWD/android/carrel/build
features=${CARREL_FEATURES:-}

targets=()
for abi in "${abis[@]}"; do targets+=(-t "$abi"); done
rm -rf "$out/native" "$out/generated/bindings"
# Small and whole-program optimised, but with symbols, because bindings are generated from them; Gradle
# strips the libraries.
export CARGO_PROFILE_DIST_STRIP=debuginfo
source ffi/release.sh
# The shared library alone: with the Rust library beside it cargo would not optimise it as a whole.
cargo ndk "${targets[@]}" --platform 24 -o "$out/native" rustc --profile dist -p carrel-ffi \
  --crate-type cdylib ${features:+--features "$features"}

cargo run --release -p carrel-bindgen --bin carrel-bindgen -- generate "$out/native/arm64-v8a/libcarrel_ffi.so" \
  --language kotlin --no-format --out-dir "$out/generated/bindings"
echo "Ready for: gradle -p android :carrel:assembleRelease"
