#!/bin/sh
# Makes the report in tests/suite/report: every task at every length without a model, and at some lengths
# with one, beside the three other ways of reading with the same model. A quarter of an hour on two cores.
# A run that was stopped goes on where it was; one that came to its end is measured anew.
#
#   tests/suite/report.sh [FOLDER OF BOOKS] [MODEL.gguf]
#
# The model is the one that comes with Carrel if none is named.
set -eu
cd "$(dirname "$0")/../.."
prose=${1:-../shared/fixtures/documents/prose}
model=${2:-default}
out=tests/suite/report
carrel() { cargo run --quiet --release -p carrel -- "$@"; }
run() { carrel suite run --prose "$prose" -o "$out/running.jsonl" "$@"; }
suite() { run --ladder end-to-end "$@"; }

# A case has six questions, of which one is a sixth of a cell: where documents are quick to make, several
# cases tell more about a gap between what is seen and what is held out.
for length in 8K 32K 128K; do
    suite --arm carrel --length "$length" --cases 12
done
suite --arm carrel --length 1M --cases 6
suite --arm carrel --length 4M --cases 6
suite --arm truncate --arm stuff --language en --length 128K
for length in 8K 32K; do
    suite --model "$model" --arm carrel-model --arm truncate --arm stuff --length "$length"
done
suite --model "$model" --arm carrel-model --length 1M
# The needed fragments alone, and the model whatever its probe says of it: what is lost in finding, and what
# the probe saves.
run --ladder oracle --arm carrel --length 32K
run --ladder oracle --model "$model" --arm carrel-model --length 32K
suite --model "$model" --no-probe --arm carrel-model --length 8K
# A rewritten memory reads the whole document for every question, so one task has to do.
suite --model "$model" --arm memory --length 8K --task track
for length in 32K 4M; do
    carrel suite weigh --prose "$prose" --language en --task track --task kin --task common_words \
        --task sherlock --length "$length" -o "$out/weighing.jsonl"
done
mv "$out/running.jsonl" "$out/results.jsonl"
mv "$out/weighing.jsonl" "$out/weights.jsonl"
carrel suite report "$out/results.jsonl" --weights "$out/weights.jsonl" -o "$out"
