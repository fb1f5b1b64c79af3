"""Recognition: how often a judge finds in pictures what they were asked for: their neighbourhood, or what words say."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.asked import Wish, held_out_wishes, seen_wishes, texts_without_place
from engine.evaluation.figures import Figure
from engine.evaluation.judges.judge import Images, Judge, Reading
from engine.evaluation.judges.questions import (
    KNOWN_NEIGHBOURHOODS,
    NOTHING,
    PHOTO,
    city_labels,
    city_questions,
)
from engine.evaluation.judges.renders import Renders
from engine.evaluation.pictures import Ask, there
from engine.evaluation.sitting import Sitting
from engine.evaluation.visitors import Rows, rows_among


def neighbourhood_figures(sitting: Sitting) -> list[Figure]:
    """Shares of pictures, away from borders, that are taken for their neighbourhood among the sixteen known ones.

    With the place alone, with a text that does not name it, with that text alone (which should be chance), and of
    the real photos at the same places, where they are there. A neighbourhood without held-out places is not asked for.
    """
    people, rows = sitting.people, sitting.people.evenly(sitting.count)
    names, seen = people.neighbourhood[rows], people.seen[rows]
    texts = texts_without_place(people, rows)
    seeds = range(sitting.seed, sitting.seed + len(rows))
    places = [there(people.shots[row]) for row in rows]
    triples = list(zip(texts, places, seeds, strict=True))
    asked = {
        "GPS alone": ("gps", [Ask("", place, seed) for _, place, seed in triples], "at least 70 %"),
        "GPS and a text that does not name it": (
            "gps-and-text",
            [Ask(text, place, seed) for text, place, seed in triples],
            "at least 60 %",
        ),
        "text alone": (
            "text",
            [Ask(text, {}, seed) for text, _, seed in triples],
            f"chance, {1 / len(KNOWN_NEIGHBOURHOODS):.0%}".replace("%", " %"),
        ),
    }
    figures = []
    for told, (part, asks, target) in asked.items():
        right = neighbourhood_among_known(sitting.judge, sitting.paint(part, asks)) == names
        figures.append(_by_neighbourhood(f"neighbourhood, {told}", right, names, target))
        if part == "gps":
            name = f"neighbourhood, {told}, where it can be seen"
            figures.append(Figure(name, _share(right[seen]), "%", int(seen.sum())))
    if sitting.real is not None:
        figures += _on_real_photos(sitting, sitting.real, rows)
    return figures


def attribute_figures(sitting: Sitting) -> list[Figure]:
    """Shares of pictures in which the asked subject, style, weather or night is found, and of real photos that have it.

    Asked with the tourists' own short captions and the place alone, for pairs of attribute and neighbourhood that
    the model saw and for those that it never did. Judges overlook things, so that the real photos are as good as can
    be; which of the things that can be asked for it is, if it is any, they tell more often, and that stands beside.
    """
    people, figures = sitting.people, []
    seen = seen_wishes(people, sitting.count)
    for part, told, wishes, target in (
        ("seen", "seen pairs", seen, "at least 80 %"),
        ("held-out", "held-out pairs", held_out_wishes(people, sitting.count), "at least 60 %"),
    ):
        asks = [wish.ask(people, sitting.seed + number) for number, wish in enumerate(wishes)]
        figures += _found(sitting.judge, sitting.paint(part, asks), wishes, f"attributes, {told}", target)
    if sitting.real is not None:
        rows = _photos_with(sitting.real, seen)
        there_is = rows >= 0
        wishes = [wish for wish, has in zip(seen, there_is, strict=True) if has]
        if wishes:
            photos = sitting.real.pixels[rows[there_is]]
            figures += _found(sitting.judge, photos, wishes, "attributes, real photos that have them", "")
    return figures


def neighbourhood_among_known(judge: Judge, images: Images) -> NDArray[np.str_]:
    """The likeliest of the sixteen known neighbourhoods of each picture."""
    reading = judge.read(images, closer=True)
    names = reading.questions.choices["neighbourhood"]
    numbers = np.array([names.index(name) for name in KNOWN_NEIGHBOURHOODS])
    likeliest = reading.probabilities["neighbourhood"][:, numbers].argmax(1)
    return np.array(KNOWN_NEIGHBOURHOODS)[likeliest]


def is_likeliest(reading: Reading, wishes: Sequence[Wish], among_asked: bool = False) -> NDArray[np.bool_]:
    """Whether the likeliest answer in each picture is what was wished for.

    With `among_asked` only among the answers that can be asked for, so without "nothing" and "photo".
    """
    right = []
    for row, wish in enumerate(wishes):
        answers = reading.questions.choices[wish.question]
        chances = dict(zip(answers, reading.probabilities[wish.question][row].tolist(), strict=True))
        for unasked in (NOTHING, PHOTO) if among_asked else ():
            chances.pop(unasked, None)
        right.append(max(chances, key=chances.__getitem__) == wish.answer)
    return np.array(right)


def _on_real_photos(sitting: Sitting, photos: Renders, rows: Rows) -> list[Figure]:
    own = rows_among(sitting.people.shots, photos)[rows]
    there_is = own >= 0
    if not there_is.any():
        return []
    names = sitting.people.neighbourhood[rows][there_is]
    right = neighbourhood_among_known(sitting.judge, photos.pixels[own[there_is]]) == names
    return [_by_neighbourhood("neighbourhood, real photos at the same places", right, names, "")]


def _photos_with(photos: Renders, wishes: Sequence[Wish]) -> Rows:
    """A real photo for each wish that shows it, another each time; -1 where there is none."""
    labels, choices = city_labels(photos.truth), city_questions().choices
    rows, used = [], dict[str, int]()
    for wish in wishes:
        number = choices[wish.question].index(wish.answer)
        having = np.flatnonzero(labels[wish.question] == number)
        turn = used[wish.answer] = used.get(wish.answer, -1) + 1
        rows.append(int(having[turn % len(having)]) if len(having) else -1)
    return np.array(rows, np.int64)


def _by_neighbourhood(name: str, right: NDArray[np.bool_], names: NDArray[np.str_], target: str) -> Figure:
    detail = {each: _share(right[names == each]) for each in KNOWN_NEIGHBOURHOODS}
    return Figure(name, _share(right), "%", len(right), target, detail)


def _found(judge: Judge, images: Images, wishes: list[Wish], name: str, target: str) -> list[Figure]:
    reading = judge.read(images, closer=True)
    among = is_likeliest(reading, wishes, among_asked=True)
    return [
        _by_attribute(name, is_likeliest(reading, wishes), wishes, target),
        _by_attribute(f"{name}, among what can be asked for", among, wishes, ""),
    ]


def _by_attribute(name: str, found: NDArray[np.bool_], wishes: list[Wish], target: str) -> Figure:
    answers = np.array([wish.answer for wish in wishes])
    detail = {answer: _share(found[answers == answer]) for answer in dict.fromkeys(answers.tolist())}
    return Figure(name, _share(found), "%", len(found), target, detail)


def _share(right: NDArray[np.bool_]) -> float:
    """In [0, 1]; NaN of nothing."""
    return float(right.mean()) if len(right) else float("nan")
