"""The file of attention: all maps of one picture, kept small, and read back by word, condition, layer and step."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float16
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from engine.atomic import write_bytes
from engine.diffusion.attention import Attention
from engine.diffusion.attention_record import Record
from engine.diffusion.words import Word
from engine.errors import BadFile

_HEAD: Final = "attention"
_VERSION: Final = 1


def write_attention(path: Path, attention: Attention, request: Mapping[str, Any] | None = None) -> None:
    """Nothing; `path` holds the attention of the picture, and the JSON form of the `request` that it was made by.

    It is a safetensors file with a tensor (steps, H, W, N) in half precision for each group of layers. The first of the
    N is the sum of all tokens that belong to no word (start, end, padding), then come those of the words and of the
    conditions. The same attention is written as the same bytes. Raises DiskFull and BadRequest.
    """
    kept = sorted({token for word in attention.words for token in word.tokens})
    tensors = {
        group: np.stack(
            [_kept(attention.probabilities(group, step), kept, len(attention.conditions)) for step in steps]
        )
        for steps in [range(attention.num_steps)]
        for group in attention.groups
    }
    head = {
        "version": _VERSION,
        "words": [[word.text, [kept.index(token) + 1 for token in word.tokens]] for word in attention.words],
        "conditions": attention.conditions,
        "layers": {group: attention.record.layers[group] for group in attention.groups},
        "request": request,
    }
    # One entry alone, because several would come in any order.
    write_bytes(path, save(tensors, {_HEAD: json.dumps(head)}))


def read_attention(path: Path) -> Attention:
    """The attention that `write_attention` was given, its maps as they were recorded and its shares to 1e-3.

    Raises BadFile for a file of another kind or a damaged one.
    """
    try:
        with safe_open(path, "pt") as file:
            head = json.loads((file.metadata() or {})[_HEAD])
            groups = file.keys()  # the file itself cannot be gone through
            tensors = {group: file.get_tensor(group) for group in groups}
        record = _record(head, tensors)
    except (
        OSError,
        SafetensorError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise BadFile(
            f"{path.name} holds no attention of a picture ({error}); choose a file that `attend` made"
        ) from error
    return Attention(record)


def _kept(probabilities: np.ndarray, tokens: list[int], conditions: int) -> Float16[np.ndarray, "H W N"]:
    """The sum of the other text tokens, these tokens, and the conditions."""
    text, place = np.split(probabilities, [probabilities.shape[-1] - conditions], axis=-1)
    others = np.delete(text, tokens, axis=-1).sum(-1, keepdims=True)
    return np.concatenate([others, text[..., tokens], place], axis=-1).astype(np.float16)


def _record(head: Any, tensors: Mapping[str, torch.Tensor]) -> Record:
    """The record of a file. Raises ValueError, LookupError, TypeError or ArithmeticError where it is none."""
    if head["version"] != _VERSION:
        raise ValueError(f"it is of version {head['version']}, and this program reads {_VERSION}")
    words = tuple(Word(str(text), tuple(map(int, tokens))) for text, tokens in head["words"])
    conditions = tuple(map(str, head["conditions"]))
    layers = {str(group): int(count) for group, count in dict(head["layers"]).items()}
    shapes = {(tensor.shape[0], tensor.shape[-1]) for tensor in tensors.values()}
    if not layers or set(layers) != set(tensors) or min(layers.values()) < 1 or len(shapes) != 1:
        raise ValueError("its groups of layers do not fit together")
    if any(
        tensor.ndim != 4 or tensor.dtype != torch.float16 or 0 in tensor.shape for tensor in tensors.values()
    ):
        raise ValueError("its maps have the wrong form")
    ((steps, columns),) = shapes
    last = columns - len(conditions)
    if last < 1 or any(not word.tokens or min(word.tokens) < 1 or max(word.tokens) >= last for word in words):
        raise ValueError("its words or conditions lie outside of its maps")
    return Record(
        words=[words],
        conditions=conditions,
        layers=layers,
        steps=[{group: tensors[group][step, None] for group in layers} for step in range(steps)],
    )
