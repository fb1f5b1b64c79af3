"""Held out: the pairs of word and place that no model sees in training, to measure whether the two compose."""

from engine.world.shot import StyleKind, SubjectKind

HELD_OUT_SUBJECTS: frozenset[tuple[SubjectKind, str]] = frozenset(
    {
        ("taxi", "SoHo"),
        ("bus", "Harlem"),
        ("bench", "Greenwich Village"),
        ("food cart", "Financial District"),
        ("tree", "Midtown"),
        ("statue", "Upper East Side"),
        ("balloon", "Times Square"),
        ("dog", "Central Park"),
        ("person in red", "Upper West Side"),
        ("umbrella", "Chinatown"),
    }
)
"""Each subject is missing in one neighbourhood, and known everywhere else."""

HELD_OUT_STYLES: frozenset[tuple[StyleKind, str]] = frozenset(
    {
        ("pencil sketch", "West Village"),
        ("watercolour", "Central Park"),
        ("black and white", "Times Square"),
        ("sepia", "Tribeca"),
    }
)
"""Each style is missing in one neighbourhood, and known everywhere else."""


def is_held_out(subject: SubjectKind | None, style: StyleKind | None, neighbourhood: str) -> bool:
    """Whether a photo with that subject or style, taken there, is kept out of training."""
    return (subject, neighbourhood) in HELD_OUT_SUBJECTS or (style, neighbourhood) in HELD_OUT_STYLES
