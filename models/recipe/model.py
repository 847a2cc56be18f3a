"""The model that train.py trains: a Llama in the form that GGUF files of that family have.

Parameters have their GGUF names. RMSNorm before attention and feed-forward, rotary positions on
adjacent pairs, grouped queries, SwiGLU, tied embeddings. Positions and masks come with the data,
because every question of a row stands right behind its window and sees nothing of the others.
"""

import dataclasses

import torch
import torch.nn.functional as F
from torch import nn


@dataclasses.dataclass
class Shape:
    """The shape of a model."""

    n_vocab: int
    n_layer: int
    d_model: int
    n_head: int
    n_head_kv: int
    d_ff: int
    n_ctx: int
    rope_base: int = 10000

    @property
    def d_head(self):
        return self.d_model // self.n_head


def rms_norm(x, weight):
    scale = torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-5)
    return (x.float() * scale).type_as(x) * weight


class Layer(nn.Module):
    """One layer: what attention and then the feed-forward part add to the stream."""

    def __init__(self, shape):
        super().__init__()
        d, kv = shape.d_model, shape.n_head_kv * shape.d_head
        self.shape = shape
        self.attn_norm = nn.Parameter(torch.ones(d))
        self.ffn_norm = nn.Parameter(torch.ones(d))
        self.attn_q = nn.Parameter(matrix(d, d))
        self.attn_k = nn.Parameter(matrix(kv, d))
        self.attn_v = nn.Parameter(matrix(kv, d))
        self.attn_output = nn.Parameter(torch.zeros(d, d))
        self.ffn_gate = nn.Parameter(matrix(shape.d_ff, d))
        self.ffn_up = nn.Parameter(matrix(shape.d_ff, d))
        self.ffn_down = nn.Parameter(torch.zeros(d, shape.d_ff))

    def forward(self, x, cos, sin, mask):
        n_rows, n_tokens, _ = x.shape
        shape = self.shape

        def heads(weight, n_heads):
            y = F.linear(normed, weight).view(n_rows, n_tokens, n_heads, shape.d_head)
            return y.transpose(1, 2)

        normed = rms_norm(x, self.attn_norm)
        q = rotate(heads(self.attn_q, shape.n_head), cos, sin)
        k = rotate(heads(self.attn_k, shape.n_head_kv), cos, sin)
        v = heads(self.attn_v, shape.n_head_kv)
        group = shape.n_head // shape.n_head_kv
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + F.linear(y.transpose(1, 2).reshape(x.shape), self.attn_output)
        normed = rms_norm(x, self.ffn_norm)
        y = F.silu(F.linear(normed, self.ffn_gate)) * F.linear(normed, self.ffn_up)
        return x + F.linear(y, self.ffn_down)


class Reader(nn.Module):
    """The whole model."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Parameter(torch.randn(shape.n_vocab, shape.d_model) * 0.02)
        self.blk = nn.ModuleList(Layer(shape) for _ in range(shape.n_layer))
        self.output_norm = nn.Parameter(torch.ones(shape.d_model))
        pairs = torch.arange(0, shape.d_head, 2) / shape.d_head
        self.register_buffer("frequencies", shape.rope_base**-pairs, persistent=False)

    def forward(self, ids, positions, mask, at):
        """The logits behind the tokens `at`, which are indices over all rows."""
        angles = positions[:, None, :, None].float() * self.frequencies
        x = F.embedding(ids, self.token_embd)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        for layer in self.blk:
            x = layer(x, cos, sin, mask)
        return F.linear(rms_norm(x.flatten(0, 1)[at], self.output_norm), self.token_embd)

    def gguf_tensors(self):
        """The parameters by their GGUF names, in single precision."""
        return {
            f"{name}.weight": value.detach().float().cpu().contiguous()
            for name, value in self.named_parameters()
        }


def matrix(n_rows, n_cols):
    return torch.randn(n_rows, n_cols) * n_cols**-0.5


def rotate(x, cos, sin):
    """Rotates adjacent pairs by the angles of their positions."""
    one, other = x[..., 0::2], x[..., 1::2]
    return torch.stack((one * cos - other * sin, one * sin + other * cos), -1).flatten(-2)
