"""Attention maps: where a picture looked at each word of its prompt and at each condition of its place."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float

from engine.diffusion.attention_record import Record
from engine.diffusion.attention_recorder import Recorder
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.words import Word
from engine.errors import BadRequest

TEXT = "text"
"""The name under which all text tokens go in a table of shares: start, words, end and padding."""


@dataclass(frozen=True)
class Share:
    """What one group of layers looked at in one step."""

    step: int
    group: str
    of: dict[str, float]
    """The part of all attention by its name: "text", then the conditions; they sum to 1."""


@dataclass(frozen=True)
class Attention:
    """What one picture of a record attended to, in the branch that has both text and place.

    Everything here raises BadRequest as long as nothing is recorded.
    """

    record: Record = field(repr=False)
    picture: int = 0

    def of_picture(self, picture: int) -> "Attention":
        """The same for another picture of the batch. Raises BadRequest."""
        other = Attention(self.record, picture)
        other._recorded()
        return other

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the prompt in their order; `map` knows them by text and by index."""
        return self._recorded().words[self.picture]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the place conditions in the order of the model's card."""
        return self._recorded().conditions

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups of layers in the order of the UNet: "16 x 16 down" (width, height, part)."""
        return tuple(self._recorded().layers)

    @property
    def num_steps(self) -> int:
        """How many timesteps are recorded; numbers of steps are those of `callback_on_step_end`."""
        return len(self._recorded().steps)

    def probabilities(self, group: str, step: int) -> Float[np.ndarray, "H W N"]:
        """How much each pixel looks at each of the N tokens, text before conditions; the N sum to 1 within 1e-3.

        Raises BadRequest.
        """
        if group not in self.groups:
            raise self._no_group([group])
        (step,) = self._chosen_steps(step)
        return self.record.steps[step][group][self.picture].float().numpy()

    def map(
        self,
        of: str | int,
        groups: str | Iterable[str] | None = None,
        steps: int | Iterable[int] | None = None,
    ) -> Float[np.ndarray, "H W"]:
        """Mean probability of a word or condition over steps and layers, in the manner of prompt-to-prompt.

        A text means the condition of that name, else every word that reads so, in capitals or not; a number is an
        index into `words`. A word is the mean of its tokens. Groups are chosen by name, by size ("16 x 16") or by
        part ("down", "mid", "up"); every layer is resized to the largest and counts alike. None takes all. Raises
        BadRequest.
        """
        tokens = self._tokens(of)
        chosen_groups, chosen_steps = self._chosen_groups(groups), self._chosen_steps(steps)
        means = {
            group: torch.stack([self._select(step, group, tokens) for step in chosen_steps]).mean(0)
            for group in chosen_groups
        }
        largest = max((mean.shape for mean in means.values()), key=lambda shape: shape.numel())
        total = torch.zeros(largest)
        for group, mean in means.items():
            resized = torch.nn.functional.interpolate(mean[None, None], tuple(largest), mode="bilinear")[0, 0]
            total += resized * self.record.layers[group]
        return (total / sum(self.record.layers[group] for group in chosen_groups)).numpy()

    def shares(
        self, groups: str | Iterable[str] | None = None, steps: int | Iterable[int] | None = None
    ) -> list[Share]:
        """How much of all attention goes to the text and to each condition, by step and group. Raises BadRequest."""
        table = []
        for step in self._chosen_steps(steps):
            for group in self._chosen_groups(groups):
                by_token = self.probabilities(group, step).mean(axis=(0, 1), dtype=np.float64)
                by_token /= by_token.sum()
                text, place = np.split(by_token, [len(by_token) - len(self.conditions)])
                parts = dict(zip(self.conditions, place.tolist(), strict=True))
                table.append(Share(step, group, {TEXT: float(text.sum())} | parts))
        return table

    def mean_shares(
        self, groups: str | Iterable[str] | None = None, steps: int | Iterable[int] | None = None
    ) -> dict[str, float]:
        """The same over all chosen steps and groups; every layer and step counts alike, as in `map`."""
        table = self.shares(groups, steps)
        layers = [self.record.layers[row.group] for row in table]
        return {
            name: sum(row.of[name] * count for row, count in zip(table, layers, strict=True)) / sum(layers)
            for name in (TEXT, *self.conditions)
        }

    def _recorded(self) -> Record:
        """The record, when it holds this picture. Raises BadRequest."""
        if not self.record.steps:
            raise BadRequest("no attention is recorded yet; make a picture while recording")
        if self.picture not in range(count := len(self.record.words)):
            raise BadRequest(f"there is no picture {self.picture}; the call made {count}, counted from 0")
        return self.record

    def _select(self, step: int, group: str, tokens: list[int]) -> torch.Tensor:
        return self.record.steps[step][group][self.picture][..., tokens].float().mean(-1)

    def _tokens(self, of: str | int) -> list[int]:
        """Indices of the tokens that `of` names."""
        words, conditions = self.words, self.conditions
        if of in conditions:
            return [conditions.index(of) - len(conditions)]
        found = [
            word
            for index, word in enumerate(words)
            if (word.text.lower() == of.lower() if isinstance(of, str) else index == of)
        ]
        if not found:
            names = [f"{word.text!r} ({index})" for index, word in enumerate(words)]
            raise BadRequest(
                f"the prompt has no word {of!r}, and the place no such condition; "
                f"choose from {', '.join([*names, *map(repr, conditions)])}"
            )
        return [token for word in found for token in word.tokens]

    def _chosen_groups(self, asked: str | Iterable[str] | None) -> list[str]:
        if asked is None:
            return list(self.groups)
        asked = [asked] if isinstance(asked, str) else list(asked)
        names = {group: {group, *group.rsplit(" ", 1)} for group in self.groups}
        unknown = [each for each in asked if not any(each in aliases for aliases in names.values())]
        if unknown or not asked:
            raise self._no_group(unknown)
        return [group for group, aliases in names.items() if aliases & set(asked)]

    def _no_group(self, unknown: list[str]) -> BadRequest:
        return BadRequest(f"{_listed(unknown)} names no group of layers; choose from {_listed(self.groups)}")

    def _chosen_steps(self, asked: int | Iterable[int] | None) -> list[int]:
        if asked is None:
            return list(range(self.num_steps))
        asked = sorted({asked} if isinstance(asked, int) else set(asked))
        unknown = [step for step in asked if step not in range(self.num_steps)]
        if unknown or not asked:
            raise BadRequest(
                f"{_listed(unknown)} names no recorded step; choose from 0 to {self.num_steps - 1}"
            )
        return asked


@contextmanager
def recorded(pipe: PlacePipeline) -> Iterator[Attention]:
    """Attention of the pictures that `pipe` makes inside the block; of the last call where there are several.

    `with recorded(pipe) as attention: pipe(prompt, place)`. The pictures are the same as without, and afterwards
    the pipeline is as it was, also after an exception; the attention may be read inside and after the block.
    Averages of a region cannot be recorded, nor a model without cross-attention, nor more steps than memory has room
    for: BadRequest.
    """
    recorder = Recorder(pipe)
    with recorder.listening():
        yield Attention(recorder.record)


def _listed(names: Iterable[str | int]) -> str:
    return ", ".join(map(repr, names)) or "an empty choice"
