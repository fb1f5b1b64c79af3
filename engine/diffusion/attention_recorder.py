"""The recorder of attention: what every pixel of a picture looked at, kept while the pipeline samples."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Any

import torch
from diffusers.models.attention_processor import Attention as AttentionLayer
from jaxtyping import Float
from torch import Tensor

from engine.diffusion.attention_record import Record
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.words import words_of
from engine.errors import BadRequest

MOST_BYTES = 2_000_000_000
"""Of a call's record in memory; a picture of 512 px of a Stable Diffusion 1.x comes there with 1,100 steps."""


def attention_probabilities(
    layer: AttentionLayer, hidden_states: Float[Tensor, "B P D"], tokens: Float[Tensor, "B N E"]
) -> Float[Tensor, "B P N"]:
    """softmax(Q K^T / sqrt(d)) in float32, averaged over the heads; each pixel's numbers sum to 1."""
    assert layer.to_k is not None  # only layers without cross-attention may lack it
    query = layer.head_to_batch_dim(layer.to_q(hidden_states).float())
    key = layer.head_to_batch_dim(layer.to_k(tokens).float())
    scores = layer.get_attention_scores(query, key)  # (B * heads, P, N)
    return scores.unflatten(0, (-1, layer.heads)).mean(1)


class RecordingProcessor:
    """An attention processor that lets another do the work, and tells `keep` of the third branch's probabilities.

    What comes out is the other's to the last bit. The batch is that of `guided`: no text, text, text and place.
    """

    def __init__(self, own: Callable[..., Tensor], keep: Callable[[Tensor], None]) -> None:
        self.own = own
        self.keep = keep

    def __call__(
        self,
        attn: AttentionLayer,
        hidden_states: Float[Tensor, "M P D"],
        encoder_hidden_states: Float[Tensor, "M N E"],
        attention_mask: Tensor | None = None,
    ) -> Float[Tensor, "M P D"]:
        with torch.no_grad():
            full, tokens = hidden_states.chunk(3)[2], encoder_hidden_states.chunk(3)[2]
            self.keep(attention_probabilities(attn, full, tokens))
        return self.own(
            attn, hidden_states, encoder_hidden_states=encoder_hidden_states, attention_mask=attention_mask
        )


class Recorder:
    """What the last call of a pipeline attended to, step by step.

    Layers of one size in one part of the UNet are averaged as they come, and a step is kept in half precision: 50
    steps of a Stable Diffusion 1.x at 512 px take 90 MB a picture. A call that begins drops what was there.
    """

    def __init__(self, pipe: PlacePipeline) -> None:
        self.record = Record()
        self._pipe = pipe
        self._prompts: list[str] = []
        self._timesteps: Tensor | None = None
        self._latents_size = (0, 0)
        self._sums: dict[str, Tensor] = {}
        self._counts: Counter[str] = Counter()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within it every call of the pipeline is recorded; afterwards the pipeline is as it was.

        BadRequest for a UNet without cross-attention, and within it for a batch that is not three branches of every
        picture and for more steps than memory has room for.
        """
        pipe, unet = self._pipe, self._pipe.unet
        processors, own_encoding = dict(unet.attn_processors), vars(pipe).get("encode_prompt")
        if not any(map(_is_cross, processors)):
            raise BadRequest(
                "this model has no cross-attention layers, so it cannot tell what it looks at; choose another model"
            )
        encode_prompt = pipe.encode_prompt

        def encode_and_note(prompts: Sequence[str]) -> Tensor:
            self._prompts = list(prompts)
            return encode_prompt(prompts)

        hooks = [unet.register_forward_pre_hook(self._begin_step), unet.register_forward_hook(self._end_step)]
        try:
            pipe.encode_prompt = encode_and_note
            unet.set_attn_processor({name: self._wrapped(name, own) for name, own in processors.items()})
            yield
        finally:
            for hook in hooks:
                hook.remove()
            unet.set_attn_processor(processors)
            if own_encoding is None:
                del pipe.encode_prompt
            else:
                pipe.encode_prompt = own_encoding

    def _wrapped(self, name: str, own: Any) -> Any:
        if not _is_cross(name):
            return own
        part = name.split("_")[0]  # of down_blocks, mid_block, up_blocks
        return RecordingProcessor(own, lambda probabilities: self._add(part, probabilities))

    def _begin_step(self, unet: Any, inputs: tuple[Any, ...]) -> None:
        timesteps = self._pipe.scheduler.timesteps
        if self._timesteps is not timesteps:  # the scheduler makes new ones for every call
            self._timesteps = timesteps
            # The pipeline encodes its negative prompts first.
            self.record.words = [words_of(prompt, self._pipe.tokenizer) for prompt in self._prompts]
            self.record.conditions = self._pipe.card.conditions
            self.record.steps = []
        if len(inputs[0]) != 3 * len(self.record.words):
            raise BadRequest(
                "attention is recorded for pictures of one place each, not for averages; make such a picture"
            )
        self._latents_size = tuple(inputs[0].shape[-2:])
        self._sums, self._counts = {}, Counter()

    def _add(self, part: str, probabilities: Float[Tensor, "B P N"]) -> None:
        height, width = self._latents_size
        while height * width > probabilities.shape[1]:
            height, width = ceil(height / 2), ceil(width / 2)
        group = f"{width} x {height} {part}"
        maps = probabilities.unflatten(1, (height, width))
        self._sums[group] = self._sums[group] + maps if group in self._sums else maps
        self._counts[group] += 1

    def _end_step(self, unet: Any, inputs: tuple[Any, ...], output: Any) -> None:
        self.record.layers = self._counts
        step = {group: (maps / self._counts[group]).half().cpu() for group, maps in self._sums.items()}
        self._sums = {}
        count = len(self._pipe.scheduler.timesteps)
        if (needed := count * sum(maps.nbytes for maps in step.values())) > MOST_BYTES:
            raise BadRequest(
                f"the attention of {count:,} steps would take {needed / 1e9:,.1f} GB of memory, and at most "
                f"{MOST_BYTES / 1e9:g} are taken; choose fewer steps or a smaller picture"
            )
        self.record.steps.append(step)


def _is_cross(processor: str) -> bool:
    """Whether the processor of that name belongs to a layer between a picture and its tokens."""
    return processor.endswith("attn2.processor")
