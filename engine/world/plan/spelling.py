"""Spelling: what is left of a place's name when it does not matter how it was written."""

import re
import unicodedata

_SHORT = """av avenue, ave avenue, bdwy broadway, bldg building, blvd boulevard, br bridge, bway broadway,
    centre center, ctr center, dr drive, e east, ft fort, hts heights, ln lane, n north, pk park, pkwy parkway,
    pl place, plz plaza, s south, saint st, sq square, sqr square, str st, street st, ter terrace, theatre theater,
    w west"""
_NUMBERS = """one two three four five six seven eight nine ten eleven twelve
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"""
_WORDS: dict[str, str] = {pair[0]: pair[1] for pair in map(str.split, _SHORT.split(","))} | {
    word: str(number % 12 + 1) for number, word in enumerate(_NUMBERS.split())
}
_SIGNS = str.maketrans({"&": " and ", **dict.fromkeys("'’‘ʼ`´")})
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_TOWN = re.compile(
    r"(?: (?:new york(?: city)?|nyc|ny(?: \d{5})?|manhattan|usa?|united states(?: of america)?))+$"
)


def key(name: str) -> str:
    """The name in plain small words, the same for every way to write it: "St. Nicholas Ave" is "st nicholas avenue".

    Case, accents, apostrophes, punctuation, "the" and the town behind it do not matter; usual short forms are written
    out, numbers in words or ordinals are numbers, and both Saint and Street are "st".
    """
    letters = unicodedata.normalize("NFKD", name.translate(_SIGNS)).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", _INITIALS.sub("", plain))
    found = " ".join(_word(word) for word in words if word != "the")
    return _TOWN.sub("", found)


def _word(word: str) -> str:
    ordinal = _ORDINAL.fullmatch(word)
    return ordinal[1] if ordinal else _WORDS.get(word, word)
