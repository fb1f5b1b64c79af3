"""Rerun: the same bytes come out of the same request, and what has changed is told."""

import pathlib

import pytest

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest
from engine.geo.place import Place
from engine.geo.region import Box, Path
from engine.studio.gallery import Artefact
from engine.studio.requests import AtlasRequest, ImageRequest, PictureRequest, WalkRequest
from engine.studio.rerun import rerun
from engine.studio.studio import Studio

BOX = Box(40.75, -73.99, 40.76, -73.98)
PLACE = Place(40.755, -73.985)
REQUESTS = (
    ImageRequest(model="tiny", place=PLACE, prompt="a street", num_inference_steps=2, seed=7),
    WalkRequest(model="tiny", path=Path([PLACE, Place(40.758, -73.982)]), frames=8, num_inference_steps=1),
    AtlasRequest(model="tiny", region=BOX, side_m=600, num_inference_steps=1),
)


@pytest.fixture
def studio(tmp_path: pathlib.Path) -> Studio:
    return Studio(tmp_path)


def bytes_of(artefact: Artefact) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (artefact.path, *artefact.files.values())}


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.NAME)
def test_every_byte_of_every_file_comes_again(studio: Studio, request_: PictureRequest):
    studio.run(request_)
    (artefact,) = studio.gallery.list()
    before, stamp = bytes_of(artefact), artefact.path.stat().st_mtime_ns
    again = rerun(studio, artefact)
    assert again.details["differing"] == []
    assert again.seconds
    assert again.id == artefact.id
    assert bytes_of(studio.gallery.get(artefact.id)) == before
    assert artefact.path.stat().st_mtime_ns == stamp  # the gallery's own files were not touched


def test_a_file_that_was_changed_is_named(studio: Studio):
    artefact = studio.run(REQUESTS[1])
    film = artefact.files[".mp4"]
    film.write_bytes(film.read_bytes() + b"x")
    assert rerun(studio, artefact).details["differing"] == [film.name]
    assert film.read_bytes().endswith(b"x")


def test_a_model_that_has_changed_is_told_before_anything_is_made(studio: Studio, tmp_path: pathlib.Path):
    folder = tmp_path / "checkpoints" / "town"
    card = PlaceCard(
        name="Town", conditions=("longitude", "latitude"), box=BOX, base_model="tiny", resolution_px=64
    )
    save_pipeline(build_tiny(card), folder)
    studio.run(ImageRequest(model="town", place=PLACE, num_inference_steps=1))
    (artefact,) = studio.gallery.list()
    assert rerun(studio, artefact).details["differing"] == []
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text() + "\n")
    with pytest.raises(BadRequest, match="the model 'town' has changed since"):
        rerun(studio, artefact)
