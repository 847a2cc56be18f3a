"""The model that train.py trains: a Llama in the form that GGUF files of that family have.

Parameters have their GGUF names. RMSNorm before attention and feed-forward, rotary positions on
adjacent pairs, grouped queries, SwiGLU, tied embeddings. Positions and masks come with the data,
because every question of a row stands right behind its window and sees nothing of the others.
"""

import dataclasses

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention.flex_attention import BlockMask, flex_attention


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
    """The parameters of one layer."""

    def __init__(self, shape):
        super().__init__()
        d, kv = shape.d_model, shape.n_head_kv * shape.d_head
        self.attn_norm = nn.Parameter(torch.ones(d))
        self.ffn_norm = nn.Parameter(torch.ones(d))
        self.attn_q = nn.Parameter(matrix(d, d))
        self.attn_k = nn.Parameter(matrix(kv, d))
        self.attn_v = nn.Parameter(matrix(kv, d))
        self.attn_output = nn.Parameter(torch.zeros(d, d))
        self.ffn_gate = nn.Parameter(matrix(shape.d_ff, d))
        self.ffn_up = nn.Parameter(matrix(shape.d_ff, d))
        self.ffn_down = nn.Parameter(torch.zeros(d, shape.d_ff))


def layer_forward(weights, d_head, x, cos, sin, mask):
    """The stream `x` with what one layer adds to it: attention, then the feed-forward part.

    A function of the parameters, so that all layers share what a compiler makes of it. `mask` is a
    tensor that says which tokens see which, or on a GPU a block mask.
    """
    attn_norm, ffn_norm, wq, wk, wv, attn_output, gate, up, down = weights
    n_rows, n_tokens, _ = x.shape
    normed = rms_norm(x, attn_norm)

    def heads(weight):
        return F.linear(normed, weight).view(n_rows, n_tokens, -1, d_head).transpose(1, 2)

    v = heads(wv)
    q = rotate(heads(wq), cos, sin).type_as(v)
    k = rotate(heads(wk), cos, sin).type_as(v)
    if isinstance(mask, BlockMask):
        y = flex_attention(q, k, v, block_mask=mask, enable_gqa=True)
    else:
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    x = x + F.linear(y.transpose(1, 2).reshape(x.shape), attn_output)
    normed = rms_norm(x, ffn_norm)
    y = F.silu(F.linear(normed, gate)) * F.linear(normed, up)
    return x + F.linear(y, down)


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
        self.layer_forward = layer_forward

    def forward(self, ids, positions, mask):
        """The stream behind the last layer, of which `logits` makes predictions."""
        angles = positions[:, None, :, None].float() * self.frequencies
        x = F.embedding(ids, self.token_embd)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        for layer in self.blk:
            weights = list(layer.parameters())
            x = self.layer_forward(weights, self.shape.d_head, x, cos, sin, mask)
        return x

    def compile(self):
        """Compiles a layer, once for all of them."""
        self.layer_forward = torch.compile(layer_forward, dynamic=False)

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
