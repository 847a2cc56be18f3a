#!/usr/bin/env bash
# Fuzzes all targets at once for some seconds, 60 unless said otherwise: `tests/fuzz/run.sh 60 [target]…`.
# `tests/fuzz/run.sh build` only compiles them.
# Works with the stable compiler. With cargo-fuzz and a nightly one, this does the same:
# `cargo fuzz run --fuzz-dir tests/fuzz --features fuzz fuzz-gguf`.
# What was found lies in tests/fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(gguf tokenizer template)

# With the same features as all tests, so that nothing is compiled twice.
cargo build --release --workspace --features carrel-fuzz/as-tested --bin fuzz-seeds
seeds=target/release/fuzz-seeds
folder=tests/fuzz
for target in "${targets[@]}"; do
  mkdir -p "$folder/corpus/$target" "$folder/artifacts/$target"
  "$seeds" "$target" "$folder/corpus/$target-seeds"
done
bins=()
for target in "${targets[@]}"; do bins+=(--bin "fuzz-$target"); done
RUSTC_WORKSPACE_WRAPPER=$PWD/tests/fuzz/instrument.sh \
  cargo build --release --workspace --features carrel-fuzz/fuzz,carrel-fuzz/as-tested "${bins[@]}"
[ "$seconds" = build ] && exit
running=()
for target in "${targets[@]}"; do
  target/release/fuzz-"$target" "$folder/corpus/$target" "$folder/corpus/$target-seeds" \
    -artifact_prefix="$folder/artifacts/$target/" -max_total_time="$seconds" -max_len=65536 \
    -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=512 -print_final_stats=1 \
    >"$folder/artifacts/$target.log" 2>&1 &
  running+=($!)
done
failed=0
for index in "${!targets[@]}"; do
  wait "${running[$index]}" || failed=1
  printf '\n-- %s\n' "${targets[$index]}"
  tail -n 40 "$folder/artifacts/${targets[$index]}.log"
done
exit "$failed"
