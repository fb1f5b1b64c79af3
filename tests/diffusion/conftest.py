"""A tiny pipeline with a box around Lund."""

import pytest
import torch

from engine.diffusion.card import PlaceCard
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.geo.region import Box


def lund_card(**changes) -> PlaceCard:
    card = {
        "name": "Lund",
        "conditions": ("longitude", "latitude", "heading"),
        "box": Box(south=55.69, west=13.18, north=55.71, east=13.21),
        "resolution_px": 64,
        "base_model": "tiny",
        "untrained": True,
    }
    return PlaceCard(**(card | changes))


@pytest.fixture(scope="session")
def shared_tiny() -> PlacePipeline:
    """One tiny pipeline for tests that do not change it."""
    pipe = build_tiny(lund_card())
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture
def tiny() -> PlacePipeline:
    """A tiny pipeline of the test's own."""
    pipe = build_tiny(lund_card())
    pipe.set_progress_bar_config(disable=True)
    return pipe


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(7)
