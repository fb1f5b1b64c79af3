"""Vocabulary: the words that a judge knows, and captions as bags of their numbers."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Int
from torch import Tensor

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_MOST_WORDS = 4096
_LEAST_OCCURRENCES = 5
_LONGEST = 48


@dataclass(frozen=True)
class Vocabulary:
    """Known words; word k has the number k + 1, and 0 fills a short bag up."""

    words: tuple[str, ...]

    def __len__(self) -> int:
        """How many words there are."""
        return len(self.words)

    def bags(self, captions: Sequence[str]) -> Int[Tensor, "N 48"]:
        """Numbers of the known words of each caption, the first 48 of them, zeros behind; all zeros where none is."""
        bags = torch.zeros(len(captions), _LONGEST, dtype=torch.long)
        for row, caption in enumerate(captions):
            found = [self._numbers[word] for word in _words_of(caption) if word in self._numbers][:_LONGEST]
            bags[row, : len(found)] = torch.tensor(found, dtype=torch.long)
        return bags

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, start=1)}


def vocabulary_of(captions: Sequence[str]) -> Vocabulary:
    """The words that captions use at least five times, the most frequent first, 4,096 at most."""
    counts = Counter(word for caption in captions for word in _words_of(caption))
    known = [word for word, count in counts.items() if count >= _LEAST_OCCURRENCES]
    return Vocabulary(tuple(sorted(known, key=lambda word: (-counts[word], word))[:_MOST_WORDS]))


def _words_of(caption: str) -> list[str]:
    return _WORD.findall(caption.lower())
