#!/bin/sh
# Makes the report in tests/suite/report: every task at every length, without a model, and what two
# other ways of reading would show one. Ten minutes on two cores. Goes on where a stopped run was.
#
#   tests/suite/report.sh [FOLDER OF BOOKS] [MODEL.gguf]
#
# With a model the short lengths are asked with it too, in all five arms.
set -eu
cd "$(dirname "$0")/../.."
prose=${1:-../shared/fixtures/documents/prose}
model=${2:-}
out=tests/suite/report
carrel() { cargo run --quiet --release --workspace --bin carrel -- "$@"; }
suite() { carrel suite run --prose "$prose" --ladder end-to-end -o "$out/results.jsonl" "$@"; }

for length in 8K 32K 128K 1M 4M; do
    suite --arm carrel --length "$length"
done
for length in 8K 128K; do
    suite --arm truncate --arm stuff --language en --length "$length"
done
if [ -n "$model" ]; then
    suite --model "$model" --arm carrel-model --arm truncate --arm stuff --arm memory --length 8K
    suite --model "$model" --arm carrel-model --arm truncate --arm stuff --length 32K
    suite --model "$model" --arm carrel-model --length 1M
fi
carrel suite report "$out/results.jsonl" -o "$out"
