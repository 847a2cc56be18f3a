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
suite() { carrel suite run --prose "$prose" --ladder end-to-end -o "$out/running.jsonl" "$@"; }

# A case has six questions, of which one is a sixth of a cell: where documents are quick to make, several
# cases tell more about a gap between what is seen and what is held out.
for length in 8K 32K 128K; do
    suite --arm carrel --length "$length" --cases 4
done
suite --arm carrel --length 1M --cases 3
suite --arm carrel --length 4M --cases 2
suite --arm truncate --arm stuff --language en --length 128K
for length in 8K 32K; do
    suite --model "$model" --arm carrel-model --arm truncate --arm stuff --length "$length"
done
suite --model "$model" --arm carrel-model --length 1M
# A rewritten memory reads the whole document for every question, so one task has to do.
suite --model "$model" --arm memory --length 8K --task track
mv "$out/running.jsonl" "$out/results.jsonl"
carrel suite report "$out/results.jsonl" -o "$out"
