"""The card of a GPS judge: what its network is built of, where it is at home, how good it was on other photos."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import BadModel
from engine.evaluation.gps_clip import CARD_FILE
from engine.evaluation.gps_clip.network import Towers
from engine.geo.region import Box


@dataclass(frozen=True)
class GpsClipCard:
    """What is kept beside the weights."""

    name: str
    """Of the collection."""
    box: Box
    """Around all its photos; places outside are judged badly."""
    towers: Towers
    resolution_px: int
    """Side of the squares that are looked at."""
    temperature: float
    vision: str = ""
    """The frozen transformer, a folder or a hub id; empty where the network has a trunk of its own."""
    vision_identity: str = ""
    """Which weights it had."""
    words: tuple[str, ...] = ()
    """The vocabulary."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Photos of each part."""
    training: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for."""
    held_out: Mapping[str, float] = field(default_factory=dict)
    """Figures on the validation photos (retrieval.py); empty where there are none."""
    licence: str = ""

    def write(self, folder: Path) -> None:
        """Write the card into `folder`; the manifest is to be written after it."""
        (folder / CARD_FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "GpsClipCard":
        """The card in `folder`. Raises BadModel where there is none or it is damaged."""
        try:
            told = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
            parts = {
                "box": Box(**told["box"]),
                "towers": Towers(**told["towers"]),
                "words": tuple(told["words"]),
            }
            return cls(**(told | parts))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadModel(
                f"{folder} is not a GPS judge ({error}); make one with: python -m engine train judge"
            ) from error
