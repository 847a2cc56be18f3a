#!/usr/bin/env bash
# Tests the kernels of 64-bit Arm processors under qemu, as three generations of them. qemu shows that
# they are right and that none runs where its instructions are missing; it says nothing about speed.
set -euo pipefail
cd "$(dirname "$0")/../.."

target=aarch64-unknown-linux-gnu
missing=()
command -v aarch64-linux-gnu-gcc >/dev/null || missing+=("gcc-aarch64-linux-gnu")
command -v qemu-aarch64 >/dev/null || missing+=("qemu-user")
rustup target add "$target" >/dev/null 2>&1 || missing+=("rustup's target $target")
if [ ${#missing[@]} -gt 0 ]; then
  printf 'SKIPPED: the kernels of Arm processors; missing: %s\n' "${missing[*]}"
  [ "${CI:-}" = true ] && exit 1
  exit 0
fi

export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
while read -r processor kernels; do
  printf '== %s as on %s\n' "$kernels" "$processor"
  QEMU_CPU=$processor CARREL_BEST_KERNELS=$kernels \
    cargo test --release --target "$target" --package carrel-kernels --lib
done <<'PROCESSORS'
cortex-a72 neon
cortex-a76 dotprod
max,sve=off i8mm
PROCESSORS
