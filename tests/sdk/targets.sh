#!/usr/bin/env bash
# Compiles the Rust half of the API for phones, as far as that goes without their toolchains:
#
#   aarch64-linux-android   cargo check
#   aarch64-apple-ios       the static library of a release, packed into an XCFramework and checked
#
# Fifteen minutes on two cores. C and C++ of ggml and SQLite need the NDK or Xcode. Here their build
# scripts do not run: declarations that they wrote for this computer stand in, and what they would
# compile is missing from the result. So this shows that our Rust, NEON kernels included, compiles for
# phones, and nothing else. A target that is not installed (`rustup target add TARGET`) is SKIPPED.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "${CARGO_TARGET_DIR:-target}/phones"
folder=$(realpath "${CARGO_TARGET_DIR:-target}")
# Nobody debugs these.
export CARGO_PROFILE_DEV_DEBUG=false

skipped() { printf 'SKIPPED %s\n' "$*"; }

is_installed() { [ -d "$(rustc --print sysroot)/lib/rustlib/$1" ]; }

# stand_ins TARGET: options of cargo that replace the build scripts, and the compilers they look for.
stand_ins() {
  local target=$1
  local name=${target//-/_}
  export "CXX_$name=c++" "BINDGEN_EXTRA_CLANG_ARGS_$name=--target=$(rustc --print host-tuple)"
  # Where the cc crate would ask Xcode; it wants a folder, whichever.
  export SDKROOT=/usr
  # Through files, so that a build that fails ends the script: within <( ) nobody would hear of it.
  cargo build --release -p carrel-ffi -p carrel-bindgen --message-format=json >"$folder/phones/built.json"
  python3 tests/sdk/stand_ins.py "$target" <"$folder/phones/built.json" >"$folder/phones/options"
  mapfile -t stand_ins <"$folder/phones/options"
  [ "${#stand_ins[@]}" -gt 0 ] || { echo "WRONG: no build script of a C library ran" >&2; exit 1; }
}

compile_for_android() {
  is_installed aarch64-linux-android || { skipped "Android: the target aarch64-linux-android"; return; }
  skipped "Android: C and C++ of ggml and SQLite, for which the NDK is needed; Rust follows"
  stand_ins aarch64-linux-android
  cargo check -p carrel-ffi --target aarch64-linux-android --target-dir "$folder/phones" "${stand_ins[@]}"
}

compile_for_ios() {
  is_installed aarch64-apple-ios || { skipped "iOS: the target aarch64-apple-ios"; return; }
  skipped "iOS: C and C++ of ggml and SQLite, for which Xcode is needed; Rust follows"
  stand_ins aarch64-apple-ios
  # One of the crates asks for a shared library of itself, too, which only Xcode could link and nobody
  # needs: an empty file will do.
  local linker=$folder/phones/linker.sh
  printf '#!/bin/sh\nwhile [ $# -gt 0 ]; do [ "$1" = -o ] && : >"$2"; shift; done\n' >"$linker"
  chmod +x "$linker"
  export CARGO_TARGET_AARCH64_APPLE_IOS_LINKER=$linker IPHONEOS_DEPLOYMENT_TARGET=16.0
  # As ios/build-native.sh does. Optimised as a whole, so that what no function of ours reaches is not
  # in it, and is not checked.
  source ffi/release.sh
  CARGO_PROFILE_DIST_STRIP=debuginfo cargo rustc --profile dist -p carrel-ffi --crate-type staticlib \
    --target aarch64-apple-ios --target-dir "$folder/phones" "${stand_ins[@]}"
  local built=$folder/phones/aarch64-apple-ios/dist/libcarrel_ffi.a out=$folder/phones/xcframework
  "$folder/release/carrel-bindgen" generate "$built" --language swift --no-format --out-dir "$out/bindings"
  python3 ios/package_xcframework.py "$out/CarrelFFI.xcframework" "$out/bindings" "$built"
  python3 ios/check_xcframework.py "$out/CarrelFFI.xcframework" --platforms ios --rust-only
}

compile_for_android
compile_for_ios
