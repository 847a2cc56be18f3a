#!/usr/bin/env bash
# Runs the tests of the plain loops under Miri, which notices every read and write out of place. The
# nightly toolchain brings it: rustup toolchain install nightly --component miri,rust-src
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! cargo +nightly miri --version >/dev/null 2>&1; then
  echo "SKIPPED: the plain loops under Miri; missing: the nightly toolchain with miri and rust-src"
  exit 0
fi
cargo +nightly miri test --package carrel-kernels --lib
