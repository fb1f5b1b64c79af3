"""Words of a prompt: which tokens they are, whatever the spaces, signs and letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.tiny import byte_tokenizer
from engine.diffusion.words import words_of

TOKENIZER = byte_tokenizer(77)


@pytest.mark.parametrize(
    ("prompt", "texts"),
    [
        ("", []),
        (" , ... !", []),
        ("a  street,\nat night.", ["a", "street", "at", "night"]),
        ("St. Mark's “coffee-kiosk” (1920s)", ["St", "Mark's", "coffee-kiosk", "1920s"]),
        ("Café 夜の街 🌳", ["Café", "夜の街", "🌳"]),
        ("a <|endoftext|> b", ["a", "b"]),
    ],
)
def test_words_are_what_stands_between_spaces(prompt: str, texts: list[str]) -> None:
    assert [word.text for word in words_of(prompt, TOKENIZER)] == texts


def test_tokens_begin_after_the_start_and_leave_punctuation_out() -> None:
    (street, at) = words_of("street, at", TOKENIZER)
    assert street.tokens == (1, 2, 3, 4, 5, 6)
    assert at.tokens == (8, 9)


def test_words_beyond_the_longest_prompt_are_left_out() -> None:
    words = words_of("tree " * 100, TOKENIZER)
    assert len(words) == 19  # 75 tokens between start and end
    assert words[-1].tokens == (73, 74, 75)


@given(
    st.lists(st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True), max_size=8), st.sampled_from([" ", ", ", "\n"])
)
def test_the_tokens_of_a_word_spell_it(texts: list[str], between: str) -> None:
    prompt = between.join(texts)
    ids = TOKENIZER(prompt).input_ids
    words = words_of(prompt, TOKENIZER)
    assert [word.text for word in words] == texts
    for word in words:
        spelt = TOKENIZER.decode([ids[token] for token in word.tokens])
        assert spelt.replace(" ", "") == word.text
    assert [token for word in words for token in word.tokens] == sorted(
        {token for word in words for token in word.tokens}
    )
