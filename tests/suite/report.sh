#!/bin/sh
# Makes the report in tests/suite/report: every task at every length, without a model, and what two
# other ways of reading would show one. Four minutes on two cores. A run that was stopped goes on where
# it was; one that came to its end is measured anew.
#
#   tests/suite/report.sh [FOLDER OF BOOKS] [MODEL.gguf]
#
# With a model the short lengths are asked with it too, in all five arms.
set -eu
cd "$(dirname "$0")/../.."
prose=${1:-../shared/fixtures/documents/prose}
model=${2:-}
out=tests/suite/report
carrel() { cargo run --quiet --release -p carrel -- "$@"; }
suite() { carrel suite run --prose "$prose" --ladder end-to-end -o "$out/running.jsonl" "$@"; }

for length in 8K 32K 128K 1M 4M; do
    suite --arm carrel --length "$length"
done
suite --arm truncate --arm stuff --language en --length 128K
if [ -n "$model" ]; then
    suite --model "$model" --arm carrel-model --arm truncate --arm stuff --arm memory --length 8K
    suite --model "$model" --arm carrel-model --arm truncate --arm stuff --length 32K
    suite --model "$model" --arm carrel-model --length 1M
fi
mv "$out/running.jsonl" "$out/results.jsonl"
carrel suite report "$out/results.jsonl" -o "$out"
