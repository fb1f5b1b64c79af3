"""What every test may lean on: no network, the folder of sample data where there is one, and judges of models."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.geo.region import Box

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as in app.py

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real photos and vectors for tests only; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the sample data folder ../shared/data is absent")
    return SHARED


@pytest.fixture(scope="session")
def lay_judge() -> Callable[..., Path]:
    """A function that lays a judge of random weights beside a model's folder and returns the judge's own.

    `lay_judge(model, box, words, seed)`: it knows 200 photos in the northern half of the box.
    """

    def lay(model: Path, box: Box, words: tuple[str, ...] = (), seed: int = 0) -> Path:
        from engine.diffusion.photo_places import PhotoPlaces
        from engine.evaluation.gps_clip.card import GpsClipCard
        from engine.evaluation.gps_clip.judge import GpsClip
        from engine.evaluation.gps_clip.learning import new_network
        from engine.evaluation.gps_clip.network import Towers

        towers = Towers(0, 4, 8, "periodic", 16, 3, len(words))
        card = GpsClipCard("Town", box, towers, 16, 0.07, words=words)
        rng = np.random.default_rng(seed)
        latitude = rng.uniform(box.centre.latitude, box.north, 200)
        photos = PhotoPlaces(latitude, rng.uniform(box.west, box.east, 200))
        return GpsClip(new_network(towers, seed), card, photos).save(model.with_name(f"{model.name}.judge"))

    return lay
