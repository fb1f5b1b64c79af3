"""Words: which tokens of a prompt stand for which of its words."""

import re
import string
from dataclasses import dataclass

from transformers import CLIPTokenizer

_PUNCTUATION = string.punctuation + "“”„‘’«»…–—¿¡。，、！？"


@dataclass(frozen=True)
class Word:
    """One word of a prompt."""

    text: str
    """The word as it is written, without the punctuation around it."""
    tokens: tuple[int, ...]
    """Positions of its tokens in the prompt's row of tokens: several where the tokenizer takes the word apart."""


def words_of(prompt: str, tokenizer: CLIPTokenizer) -> tuple[Word, ...]:
    """The words between the spaces of `prompt`, as far as the tokenizer's longest prompt reaches."""
    encoded = tokenizer(
        prompt, truncation=True, max_length=tokenizer.model_max_length, return_offsets_mapping=True
    )
    spans = [
        (position, start, end)
        for position, (token, (start, end)) in enumerate(
            zip(encoded.input_ids, encoded.offset_mapping, strict=True)
        )
        if token not in tokenizer.all_special_ids
    ]
    words = []
    for match in re.finditer(r"\S+", prompt):
        text = match[0].strip(_PUNCTUATION)
        first = match.start() + match[0].find(text)
        last = first + len(text)
        tokens = tuple(position for position, start, end in spans if start < last and end > first)
        if tokens:
            words.append(Word(text, tokens))
    return tuple(words)
