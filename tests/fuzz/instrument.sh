#!/usr/bin/env bash
# A wrapper around rustc that cargo uses for the crates of this repository only: it adds the coverage
# counters that libFuzzer steers by. Other crates stay as they are, so nothing of them, and none of
# ggml, is built a second time.
compiler=$1
shift
case " $* " in
*" --crate-name build_script_"* | *" --crate-type proc-macro "*) exec "$compiler" "$@" ;;
esac
exec "$compiler" "$@" \
  --cfg fuzzing -C debug-assertions=on -C overflow-checks=on \
  -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
  -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
  -C llvm-args=-sanitizer-coverage-pc-table \
  -C llvm-args=-sanitizer-coverage-trace-compares
