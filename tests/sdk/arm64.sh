#!/usr/bin/env bash
# The native library of a release as phones get it, but for arm64 Linux, whose compilers Debian has:
#
#   1. built without GPU, with ggml and SQLite, and linked as the NDK links: at most 12 MB, segments
#      aligned to pages of 16 KB, stripped, no library needed but those of C, C++ and the system
#   2. the tests of the API in Rust, under qemu, as on a processor of the year 2018 (Cortex-A76)
#
# `arm64.sh size` and `arm64.sh tests` do one of the two, ten minutes each on two cores. Needs
# g++-aarch64-linux-gnu, qemu-user, libclang and rustup's target aarch64-unknown-linux-gnu; what is
# missing is named, and nothing is done then.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=aarch64-unknown-linux-gnu
missing=()
command -v aarch64-linux-gnu-g++ >/dev/null || missing+=(g++-aarch64-linux-gnu)
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
sysroot=$(rustc --print sysroot)/lib/rustlib
[ -d "$sysroot/$target" ] || missing+=("rustup target add $target")
lld=$sysroot/$(rustc --print host-tuple)/bin/gcc-ld
[ -x "$lld/ld.lld" ] || missing+=("rust-lld, which rustup installs for x86-64 Linux")
if [ ${#missing[@]} -gt 0 ]; then
  printf 'SKIPPED: the API on arm64; missing: %s\n' "${missing[*]}"
  exit 77
fi

export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export BINDGEN_EXTRA_CLANG_ARGS_aarch64_unknown_linux_gnu="--target=aarch64-linux-gnu --sysroot=/usr/aarch64-linux-gnu -I/usr/aarch64-linux-gnu/include"

if [ "${1:-size}" = size ]; then
  # In a shell of its own, because tests are built without what a release is built with.
  (
    source ffi/release.sh
    # The linker of the NDK is lld; ffi/build.rs gives it the same three options for Android.
    cargo rustc --profile dist -p carrel-ffi --crate-type cdylib --target "$target" -- \
      -C link-arg=-fuse-ld=lld -C link-arg="-B$lld" \
      -C link-arg=-Wl,--pack-dyn-relocs=android -C link-arg=-Wl,--icf=safe \
      -C link-arg="-Wl,--version-script=$PWD/ffi/unexported.ld"
  )
  library=${CARGO_TARGET_DIR:-target}/$target/dist/libcarrel_ffi.so
  android/check_aar.py "$library" --host --most-mb 12
fi

if [ "${1:-tests}" = tests ]; then
  # qemu says nothing about time, and cannot start itself for a process within a test.
  export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
  QEMU_CPU=cortex-a76 cargo test --release -p carrel-sdk-tests --target "$target" \
    --test engines --test libraries --test streams -- \
    --skip thousand --skip killed --skip tenth --skip at_once
fi
