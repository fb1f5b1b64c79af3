"""The verb `evidence`: what the photos that a model learned from say of a picture."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro

from engine.studio.verbs.verb import Outcome, Verb

if TYPE_CHECKING:
    from engine.studio.evidence import Evidence as Found
    from engine.studio.evidence import LikestPhoto, NearPhoto


@dataclass(frozen=True, kw_only=True)
class Evidence(Verb):
    """Show the photos near the place of a picture, and the training photo that it is most like."""

    picture: tyro.conf.Positional[Path]
    """Picture that this program made."""
    count: int = 6
    """How many of the nearest photos are listed."""
    model: str | None = None
    """Name of its model, or its folder; without it the one of that name on the shelf."""

    def run(self) -> Outcome:
        from engine.studio.checks import whole
        from engine.studio.gallery import recall_picture
        from engine.studio.studio import Studio

        count = whole("count", self.count, 1, 1_000)
        studio, picture = Studio(), recall_picture(self.picture)
        if self.model is not None:
            request: Any = picture.request
            picture = replace(picture, request=replace(request, model=studio.shelf.invite(self.model)))
        found = studio.evidence(picture, count)
        return Outcome(
            "\n".join(_lines(found)), found.to_dict(), notices=(*_notices(found), *picture.notices)
        )


def _notices(found: "Found") -> list[str]:
    """What is missing of the evidence, and why."""
    said = []
    if found.another_model:
        said.append("the picture was made by another model than the one that has its name here")
    if found.within_m is None:
        said.append("the picture tells no place, or its model does not tell where its photos were taken")
    if not found.photos_here:
        said.append("the photos of its model are not in collections/, so none is named or compared")
    return said


def _lines(found: "Found") -> list[str]:
    lines = []
    if found.within_m is not None:
        counts = (f"{count:,} within {radius:,} m" for radius, count in found.within_m.items())
        lines.append(f"training photos: {', '.join(counts)}")
    lines += [_line(photo) for photo in found.nearest]
    if found.likest is not None:
        lines.append(_likest(found.likest))
    return lines


def _line(photo: "NearPhoto") -> str:
    """One line about a photo: 123 m NE, 2023-07-04 14:05, /photos/street.jpg, Jane Doe, not learned from."""
    facts = [f"{photo.distance_m or 0:6,.0f} m {photo.direction or '':2}"]
    if (taken_at := photo.taken_at) is not None:
        clock = isinstance(taken_at, datetime)
        facts.append(taken_at.isoformat(" ", "minutes") if clock else taken_at.isoformat())
    facts += [str(each) for each in (photo.path, photo.credit) if each]
    return ", ".join([*facts, *([] if photo.learned else ["not learned from"])])


def _likest(likest: "LikestPhoto") -> str:
    usual = "" if likest.usual is None else f", usual between such photos {likest.usual:.1f}"
    found = f"likest of {likest.compared:,} training photos: {likest.photo.path}"
    return f"{found}, difference {likest.difference:.1f}{usual} ({likest.feature})"
