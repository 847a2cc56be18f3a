#!/usr/bin/env bash
# Tests of the kernels on SwiftShader, the software driver of Chromium: 256 invocations, subgroups of
# four, no half precision, 256-byte offsets; it resembles a weak phone. Its library is taken out of
# Debian's package and not installed. Then those of flavours on Mesa's driver with other subgroups than
# it has by itself: of sixteen.
# Usage: tests/second_driver.sh [names of tests]
set -euo pipefail
cd "$(dirname "$0")/.."

folder="${CARGO_TARGET_DIR:-$PWD/target}/swiftshader"
library="$folder/usr/lib/chromium/libvk_swiftshader.so"
if [ ! -e "$library" ]; then
  mkdir -p "$folder"
  # Deb files are fetched as the user who owns the folder: apt's own user may not write there.
  fetch() { (cd "$folder" && apt-get download -q -o APT::Sandbox::User=root chromium-common); }
  fetch || { apt-get update -q && fetch; }
  dpkg-deb --fsys-tarfile "$folder"/chromium-common_*.deb |
    tar -x -C "$folder" ./usr/lib/chromium/libvk_swiftshader.so \
      ./usr/lib/chromium/vk_swiftshader_icd.json
  rm "$folder"/chromium-common_*.deb
fi
# The driver is there, so a test that skips for want of one has failed.
export CI=true
# The same selection of packages as for all tests, so that nothing is compiled twice.
run() { cargo test --release --workspace "$@"; }
VK_DRIVER_FILES="$folder/usr/lib/chromium/vk_swiftshader_icd.json" \
  run --test gpu_operations --test gpu_flavours --test gpu_bytes -- "$@"
# Its vectors are its subgroups, so those of 512 bits are of sixteen.
if grep -qw avx512f /proc/cpuinfo; then
  LP_NATIVE_VECTOR_WIDTH=512 run --test gpu_flavours -- "$@"
else
  echo "SKIPPED: subgroups of sixteen, as this processor has no vectors of 512 bits"
fi
