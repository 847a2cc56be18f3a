"""Trains the default model on rows from `carrel-recipe rows`; on one GPU if there is one, else on
the CPU.

    python train.py --shape small --vocabulary vocabulary.gguf --recipe carrel-recipe \
        --minutes 60 --out run

The length of training is given in minutes of computing, so that the schedule of the learning rate
and of the stages fits whatever machine it runs on. A run that was stopped goes on from its last
checkpoint; `--stop-after` ends a command earlier on purpose. Every line of the log has the share of
replies whose first token is right (for replies that point: the number of the sentence), beside the
loss: the early sign that look-ups are being learnt.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import queue
import subprocess
import threading
import time

# Threads that wait in a busy loop starve each other where other programs compute.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from model import BlockMask, Reader, Shape, rms_norm
from muon import Muon
from start import wire

SHAPES = {
    "tiny": Shape(n_vocab=640, n_layer=3, d_model=128, n_head=4, n_head_kv=4, d_ff=256, n_ctx=768),
    "small": Shape(
        n_vocab=2048, n_layer=4, d_model=192, n_head=6, n_head_kv=6, d_ff=384, n_ctx=768
    ),
    "base": Shape(
        n_vocab=8192, n_layer=8, d_model=384, n_head=6, n_head_kv=3, d_ff=1024, n_ctx=2048
    ),
}
# Stage, the share of the whole time at which it ends at the latest, tokens of a row.
STAGES = {
    "tiny": [("pairs", 0.5, 256), ("first", 1.0, 256)],
    "small": [("pairs", 0.1, 256), ("first", 0.4, 384), ("second", 0.75, 384), ("full", 1.0, 512)],
    # One length, so that a GPU's kernels are compiled once.
    "base": [
        ("pairs", 0.05, 2048),
        ("first", 0.12, 2048),
        ("second", 0.3, 2048),
        ("full", 0.65, 2048),
        ("long", 1.0, 2048),
    ],
}
# A stage ends early when so many replies begin rightly.
LEARNT = 0.9
# Id of the control token behind which the reply comes; see src/prompt.rs.
REPLY = 1
# The seed of evaluation; see src/evaluate.rs.
HELD_SEED = 0xE7A1
# Tokens of a block of the mask on a GPU.
BLOCK = 128


class Rows:
    """Batches of one stage, read ahead from the generator."""

    def __init__(self, args, stage, length, n_rows, first_chunk):
        command = [args.recipe, "rows", "--vocabulary", args.vocabulary, "--stage", stage]
        command += ["--length", str(length), "--seed", str(args.seed)]
        command += ["--first-chunk", str(first_chunk), "--threads", str(args.data_threads)]
        if args.prose:
            command += ["--prose", args.prose]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.shape = (n_rows, 5, length)
        self.queue = queue.Queue(4)
        threading.Thread(target=self._fill, daemon=True).start()

    def _fill(self):
        n_bytes = int(np.prod(self.shape)) * 2
        while data := self.process.stdout.read(n_bytes):
            if len(data) < n_bytes:
                break
            self.queue.put(np.frombuffer(data, "<u2").reshape(self.shape).astype(np.int32))
        self.queue.put(None)

    def next(self):
        batch = self.queue.get()
        if batch is None:
            raise SystemExit("the generator ended; its message stands above")
        return torch.from_numpy(batch)

    def close(self):
        self.process.kill()
        self.process.wait()


def visible(documents, questions):
    """Which token of a row sees which: what stands before it in its document, and of questions only
    its own. A mask for SDPA, or on a GPU one in blocks, of which empty ones cost nothing."""
    n_rows, n_tokens = documents.shape
    if not documents.is_cuda:
        causal = torch.ones(n_tokens, n_tokens, dtype=torch.bool).tril()
        same = documents[:, :, None] == documents[:, None, :]
        window = questions[:, None, :] == 0
        seen = window | (questions[:, :, None] == questions[:, None, :])
        return (causal & same & seen)[:, None]

    def sees(row, head, asks, has):
        same = documents[row, asks] == documents[row, has]
        theirs = questions[row, has]
        return (asks >= has) & same & ((theirs == 0) | (theirs == questions[row, asks]))

    # Documents are numbered from 1 and padding comes last, so blocks hold ranges of documents.
    ordered = torch.where(documents == 0, 1 << 15, documents).view(n_rows, -1, BLOCK)
    first, last = ordered.amin(-1), ordered.amax(-1)
    before = torch.ones(first.shape[1], first.shape[1], dtype=torch.bool, device=first.device).tril()
    needed = (before & (last[:, None, :] >= first[:, :, None]))[:, None]
    order = needed.int().argsort(dim=-1, descending=True, stable=True)
    return BlockMask.from_kv_blocks(
        needed.sum(-1, dtype=torch.int32),
        order.int(),
        BLOCK_SIZE=BLOCK,
        mask_mod=sees,
        seq_lengths=(n_tokens, n_tokens),
    )


def predictions(x, norm, table, targets):
    """The loss of every target, and whether it is what the model finds most likely."""
    logits = F.linear(rms_norm(x, norm), table).float()
    return F.cross_entropy(logits, targets, reduction="none"), logits.argmax(-1) == targets


def loss_of(model, judge, batch, device):
    ids, documents, questions, positions, weights = batch.to(device, non_blocking=True).unbind(1)
    follows = (documents[:, :-1] == documents[:, 1:]) & (questions[:, :-1] == questions[:, 1:])
    weights = weights[:, 1:] * follows / 1000
    if device == "cpu":
        # Every eighth word of the documents stands for the others: logits are dear.
        thinned = torch.where(torch.rand_like(weights) < 1 / 8, weights * 8, 0.0)
        weights = torch.where(weights == 1, weights, thinned)
    # The last token of a row predicts nothing.
    weights = F.pad(weights, (0, 1)).flatten()
    targets = ids.roll(-1, 1).flatten().long()
    first = ids.flatten() == REPLY
    x = model(ids, positions, visible(documents, questions)).flatten(0, 1)
    if device == "cpu":
        at = weights.nonzero()[:, 0]
        x, weights, targets, first = x[at], weights[at], targets[at], first[at]
    losses, right = judge(x, model.output_norm, model.token_embd, targets)
    loss = (losses * weights).sum() / weights.sum()
    with torch.no_grad():
        replies = weights == 1
        rates = torch.stack([
            (losses * replies).sum() / replies.sum(),
            (right & replies).sum() / replies.sum(),
            (right & first).sum() / first.sum(),
        ])
    return loss, rates


def go_on(model, path):
    """Gives the model the weights of a model file, whatever their type is there."""
    from gguf import GGUFReader
    from gguf.quants import dequantize

    found = {t.name: dequantize(t.data, t.tensor_type) for t in GGUFReader(path).tensors}
    with torch.no_grad():
        for name, value in model.named_parameters():
            value.copy_(torch.from_numpy(found[f"{name}.weight"].copy()))


def rate_at(share):
    """The learning rate, as a share of its peak, when this share of the time has passed."""
    warm, decay = 0.02, 0.4
    if share < warm:
        return share / warm
    return 1.0 if share < 1 - decay else max(0.02, (1 - share) / decay)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--shape", choices=SHAPES, default="small")
    parser.add_argument("--vocabulary", required=True)
    parser.add_argument("--recipe", required=True, help="the program carrel-recipe")
    parser.add_argument("--prose", help="a folder of books that some lessons are made from")
    parser.add_argument("--minutes", type=float, required=True, help="of computing, in all")
    parser.add_argument("--stop-after", type=float, help="minutes of computing of this command")
    parser.add_argument("--from", dest="start", help="a model file of this shape to go on from")
    parser.add_argument("--stage", help="the stage to begin with, where a model is gone on from")
    parser.add_argument("--only", help="a stage to stay in, for a model that is trained for one task")
    parser.add_argument("--length", type=int, help="tokens of a row, instead of what the stage has")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch-tokens", type=int, default=0, help="0: what suits the device")
    parser.add_argument("--rate", type=float, default=0.01, help="peak rate of Muon")
    parser.add_argument("--adam-rate", type=float, default=1e-3, help="peak rate of AdamW")
    parser.add_argument("--threads", type=int, default=0, help="that compute; 0: all")
    parser.add_argument("--data-threads", type=int, default=1)
    args = parser.parse_args()
    if args.seed == HELD_SEED:
        parser.error("this seed belongs to the evaluation")
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    torch.set_float32_matmul_precision("high")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    batch_tokens = args.batch_tokens or (131072 if device == "cuda" else 1024)
    shape = SHAPES[args.shape]
    model = Reader(shape).to(device)
    hidden = [p for name, p in model.named_parameters() if "blk" in name and p.ndim == 2]
    others = [p for name, p in model.named_parameters() if not ("blk" in name and p.ndim == 2)]
    optimisers = [
        Muon(hidden, lr=args.rate),
        torch.optim.AdamW(others, lr=args.adam_rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    judge, log_every = predictions, 15
    if device == "cuda":
        model.compile()
        judge, log_every = torch.compile(predictions, dynamic=False), 5
    args.out.mkdir(parents=True, exist_ok=True)
    state = {"seconds": 0.0, "steps": 0, "tokens": 0, "stage": 0, "rows": {}}
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device)
        model.load_state_dict(saved["model"])
        for optimiser, one in zip(optimisers, saved["optimisers"]):
            optimiser.load_state_dict(one)
        state = saved["state"]
    elif args.start:
        go_on(model, args.start)
        names = [name for name, _, _ in STAGES[args.shape]]
        state["stage"] = names.index(args.stage) if args.stage else 0
    else:
        command = [args.recipe, "numbers", "--vocabulary", args.vocabulary]
        wire(model, json.loads(subprocess.check_output(command)))
    n_parameters = sum(p.numel() for p in model.parameters())
    print(f"{args.shape}: {n_parameters} parameters on {device}, from step {state['steps']}", flush=True)

    def save():
        part = checkpoint.with_suffix(".part")
        optimiser_states = [optimiser.state_dict() for optimiser in optimisers]
        torch.save(
            {"model": model.state_dict(), "optimisers": optimiser_states, "state": state}, part
        )
        os.replace(part, checkpoint)
        metadata = {key: str(value) for key, value in dataclasses.asdict(shape).items()}
        metadata |= {"name": f"carrel-reader-{n_parameters / 1e6:.1f}M"}
        metadata |= {"trained": json.dumps(state)}
        save_file(model.gguf_tensors(), args.out / "weights.safetensors", metadata=metadata)

    stages = [(args.only, 1.0, 512)] if args.only else STAGES[args.shape]
    total, started = args.minutes * 60, state["seconds"]
    stop = started + (args.stop_after or args.minutes) * 60
    rows, stage_now, rates, warm, since = None, None, [], device == "cpu", time.monotonic()
    logged = saved_at = state["seconds"]
    logged_tokens = state["tokens"]
    while state["seconds"] < min(total, stop):
        share = state["seconds"] / total
        while share >= stages[state["stage"]][1]:
            state["stage"] += 1
        stage, _, length = stages[state["stage"]]
        length = args.length or length
        if stage != stage_now:
            if rows:
                rows.close()
            n_rows = max(1, batch_tokens // length)
            # Chunks of 32 rows; see src/rows.rs.
            rows = Rows(args, stage, length, n_rows, state["rows"].get(stage, 0) // 32 + 1)
            stage_now = stage
        for optimiser, peak in zip(optimisers, [args.rate, args.adam_rate]):
            optimiser.param_groups[0]["lr"] = peak * rate_at(share)
        batch = rows.next()
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            loss, measured = loss_of(model, judge, batch, device)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        rates.append(measured)
        state["steps"] += 1
        state["tokens"] += batch.shape[0] * batch.shape[2]
        state["rows"][stage] = state["rows"].get(stage, 0) + batch.shape[0]
        now = time.monotonic()
        # The first step of a command compiles kernels, which is no time of computing.
        state["seconds"] += now - since if warm else 0
        warm, since = True, now
        if state["seconds"] - logged >= log_every or state["seconds"] >= min(total, stop):
            reply_loss, right, first = torch.stack(rates).mean(0).tolist()
            speed = (state["tokens"] - logged_tokens) / (state["seconds"] - logged)
            print(
                f"{state['seconds'] / 60:6.1f} min  {stage:6}  step {state['steps']:6}  "
                f"{state['tokens'] / 1e6:7.2f}M tokens ({speed:.0f}/s)  reply loss {reply_loss:.3f}  "
                f"tokens right {right:.3f}  first right {first:.3f}",
                flush=True,
            )
            logged, logged_tokens, rates = state["seconds"], state["tokens"], []
            if first >= LEARNT and state["stage"] + 1 < len(stages):
                state["stage"] += 1
        if state["seconds"] - saved_at >= 120:
            save()
            saved_at = state["seconds"]
    save()
    if rows:
        rows.close()


if __name__ == "__main__":
    main()
