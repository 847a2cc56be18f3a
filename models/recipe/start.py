"""Where training starts: weights that look things up already, roughly.

From random weights, a small model stays for millions of tokens on a plateau where it guesses the
number of the sentence, because nothing is learnt before several heads fit together. So some heads of
the first three layers are wired up beforehand, and training improves all of them:

    layer 0   label     a token finds the number of its sentence: the nearest token marked as one
              previous  a token learns which token stands before it
    layer 1   match     a token finds where it stood before, not too near, and takes that label as
                        its vote; a second head does the same for pairs of tokens
              copy      a token finds where it stood before and takes what followed
    layer 2   count     a token gathers the votes of the dozen tokens before it

A word that stands in one sentence gives its whole vote to it, one that stands everywhere gives a
little to each. The stream is divided: a constant, a mark of numbers, what token it is, label,
previous, vote. The idea of starting attention in a useful form is that of Trockman and Kolter,
Mimetic initialization of self-attention layers, arXiv 2305.09828. On a toy of
this task, 20,000 tokens were enough for 74 numbers of a hundred to be right; `base` pointed rightly to 97
pairs of a hundred after 19 million tokens, ten seconds on an H100.
"""

import torch

# Strengths of attention, for heads of 32 dimensions.
LABEL, PREVIOUS, MATCH, FAR, COUNT = 0.6, 1.8, 2.0, 0.8, 0.8
# How loudly votes are said beside what else a layer adds.
SAY = 2.0
# Size of the entries of the embedding table.
SIZE = 0.05


def wire(model, number_ids):
    """Wires up the heads of a freshly made model; `number_ids` are the tokens that number sentences."""
    shape = model.shape
    d, d_head = shape.d_model, shape.d_head
    if shape.n_layer < 3 or shape.n_head_kv < 3 or d < 4 * d_head:
        raise ValueError("too few layers or heads to be wired up")
    group = shape.n_head // shape.n_head_kv
    n_identity = d - 2 - 3 * d_head
    identity = slice(2, 2 + n_identity)
    label = slice(identity.stop, identity.stop + d_head)
    previous = slice(label.stop, label.stop + d_head)
    vote = slice(previous.stop, d)
    generator = torch.Generator().manual_seed(0)
    frequencies = model.frequencies.cpu()
    per_size = (32 / d_head) ** 0.25
    # Pairs of a head that hardly turn within a window carry content; those that turn, distance.
    slow = 2 * int((frequencies > 0.0317).sum())
    eye = torch.eye(d_head)

    def projection(n_rows, n_cols):
        random = torch.randn(max(n_rows, n_cols), min(n_rows, n_cols), generator=generator)
        q = torch.linalg.qr(random)[0]
        return q if n_rows >= n_cols else q.T

    def head(layer, index):
        """Query, key and value of a head, and its columns of the output, all zero."""
        asks = slice(index * group * d_head, (index * group + 1) * d_head)
        has = slice(index * d_head, (index + 1) * d_head)
        parts = layer.attn_q[asks], layer.attn_k[has], layer.attn_v[has], layer.attn_output[:, asks]
        for part in parts:
            part.zero_()
        return parts

    def by_distance(q, k, turns, strength, distance=0.0, key=0, sign=1):
        """Attention that is strongest at `distance`, to tokens that have the mark `key`."""
        for pair, frequency in enumerate(frequencies):
            if turns[0] <= frequency <= turns[1]:
                q[2 * pair, 0] = strength * per_size
                k[2 * pair, key] = strength * per_size * sign * torch.cos(frequency * distance)
                k[2 * pair + 1, key] = strength * per_size * sign * torch.sin(frequency * distance)

    with torch.no_grad():
        table = model.token_embd
        table.zero_()
        table[:, identity] = torch.randn(shape.n_vocab, n_identity, generator=generator) * SIZE
        table[:, 0] = 4 * SIZE
        table[number_ids, 1] = 4 * SIZE
        of_label, of_previous = projection(d_head, n_identity), projection(d_head, n_identity)

        q, k, v, out = head(model.blk[0], 0)
        by_distance(q, k, (0.017, 0.101), LABEL, key=1)
        v[:, identity] = of_label
        out[label] = eye * SIZE
        q, k, v, out = head(model.blk[0], 1)
        by_distance(q, k, (0.099, 1.0), PREVIOUS, distance=1.0)
        v[:, identity] = of_previous
        out[previous] = eye * SIZE

        for index in (0, 1):
            q, k, v, out = head(model.blk[1], index)
            # What stands near is the question itself.
            by_distance(q, k, (0.055, 0.101), FAR, sign=-1)
            like = projection(d_head - slow, n_identity) * MATCH * per_size
            q[slow:, identity] = like
            k[slow:, identity] = like
            if index == 1:
                before = projection(d_head - slow, d_head) * MATCH * per_size
                q[slow:, previous] = before
                k[slow:, previous] = before
            v[:, label] = eye
            out[vote] = eye * SIZE
        q, k, v, out = head(model.blk[1], 2)
        q[slow:, identity] = of_previous[slow:] * MATCH * per_size
        k[slow:, previous] = eye[slow:] * MATCH * per_size
        to_copy = projection(d_head, n_identity)
        v[:, identity] = to_copy
        out[identity] = to_copy.T * SIZE

        q, k, v, out = head(model.blk[2], 0)
        by_distance(q, k, (0.055, 0.179), COUNT, distance=4.0)
        v[:, vote] = eye
        out[identity] = of_label.T * SIZE * SAY
