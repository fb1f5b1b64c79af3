"""Made: what came of a request before it is written: a picture, files that belong to it, and what is known of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Made:
    """A picture that stands for the whole result, and what else there is of it."""

    image: "Image"
    """What the gallery shows; its file carries the request."""
    files: Mapping[str, Callable[[Path], None]] = field(default_factory=dict)
    """Writers of the files beside it, by the ending of their names, such as ".mp4"."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What is known of the result, JSON-safe: figures, places."""
