"""Asked: the words of each attribute in the tourists' own short captions, and where a picture of it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.evaluation.pictures import Ask, there
from engine.evaluation.visitors import Rows, Visitors
from engine.world.held_out import HELD_OUT_STYLES, HELD_OUT_SUBJECTS

STREET, OPEN = "a street", "trees"
"""What captions say of a street and of a park where they name nothing else."""

CAPTIONS: Mapping[str, Mapping[str, str]] = {
    "subject": {
        "taxi": "a yellow taxi",
        "bus": "a city bus",
        "bench": "a bench",
        "food cart": "a food cart",
        "tree": "a tree",
        "statue": "a statue",
        "balloon": "a red balloon",
        "dog": "a dog",
        "person in red": "a person in red",
        "umbrella": "a person with an umbrella",
    },
    "style": {
        "pencil sketch": "pencil sketch of {}",
        "watercolour": "watercolour of {}",
        "black and white": "black and white photo of {}",
        "sepia": "sepia photo of {}",
    },
    "weather": {
        "clear": "{} on a sunny day",
        "cloudy": "{} on a cloudy day",
        "rain": "{} in the rain",
        "snow": "{} in the snow",
    },
    "light": {"night": "{} at night"},
}
"""By the judge's question and answer; {} is the street or the trees."""

_ON_WHEELS = ("taxi", "bus")  # no photo of a park shows one
_NO_PLACE_SAID = (
    "{}", "{} on a sunny day", "a dog", "{} on a cloudy day", "a person in red", "a bench", "a red balloon",
    "{} in the rain", "a food cart",
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One attribute, asked for at one visitor's place."""

    question: str
    answer: str
    row: int
    """Of the visitor."""
    held_out: bool
    """Whether no model saw the attribute in that neighbourhood."""

    def ask(self, people: Visitors, seed: int) -> Ask:
        """Its picture: the words and the place alone."""
        view = OPEN if people.in_the_open[self.row] else STREET
        words = CAPTIONS[self.question][self.answer].format(view)
        return Ask(words, there(people.shots[self.row]), seed)


def seen_wishes(people: Visitors, count: int) -> list[Wish]:
    """Every attribute as often, `count` in all or a few more, each in turn in every neighbourhood that had it."""
    attributes = [(question, answer) for question, answers in CAPTIONS.items() for answer in answers]
    each = -(-count // len(attributes))
    wishes = []
    for number, (question, answer) in enumerate(attributes):
        places = [
            name
            for name in people.known
            if not _is_held_out(answer, name) and people.has(name, answer in _ON_WHEELS)
        ]
        for turn in range(each):
            name = places[(turn + number) % len(places)]
            wishes.append(Wish(question, answer, _row(people, name, answer, turn // len(places)), False))
    return wishes


def held_out_wishes(people: Visitors, count: int) -> list[Wish]:
    """Every pair of word and place that no model saw as often, `count` in all or a few more."""
    pairs = [("subject", *pair) for pair in sorted(HELD_OUT_SUBJECTS)]
    pairs += [("style", *pair) for pair in sorted(HELD_OUT_STYLES)]
    each = -(-count // len(pairs))
    return [
        Wish(question, answer, _row(people, name, answer, turn), True)
        for question, answer, name in pairs
        for turn in range(each)
    ]


def texts_without_place(people: Visitors, rows: Rows) -> list[str]:
    """For each visitor words that name no place, and nothing that is never seen there."""
    missing = {(CAPTIONS["subject"][subject], name) for subject, name in HELD_OUT_SUBJECTS}
    texts = []
    for number, row in enumerate(rows.tolist()):
        text = _NO_PLACE_SAID[number % len(_NO_PLACE_SAID)]
        if (text, people.neighbourhood[row]) in missing:
            text = _NO_PLACE_SAID[0]
        texts.append(text.format(OPEN if people.in_the_open[row] else STREET))
    return texts


def _row(people: Visitors, neighbourhood: str, answer: str, turn: int) -> int:
    return int(people.within(neighbourhood, turn + 1, on_street=answer in _ON_WHEELS)[turn])


def _is_held_out(answer: str, neighbourhood: str) -> bool:
    pairs: set[tuple[str, str]] = {*HELD_OUT_SUBJECTS, *HELD_OUT_STYLES}
    return (answer, neighbourhood) in pairs
