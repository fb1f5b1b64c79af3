"""Films, asked for in one request: along a path, once around a place, their files, and what is refused."""

import json
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path as FilePath

import numpy as np
import pytest
import torch
from imageio_ffmpeg import count_frames_and_secs
from PIL import Image, ImageSequence

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.encoder import PlaceEncoder
from engine.diffusion.loading import save_pipeline
from engine.diffusion.photo_places import PhotoPlaces
from engine.diffusion.pipeline import PlacePipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest, Cancelled
from engine.geo.bearing import angular_difference_deg, destination
from engine.geo.place import Place
from engine.geo.region import Box, Path
from engine.studio.gallery import Artefact, recall
from engine.studio.jobs import CancelToken, Progress
from engine.studio.notices import notices
from engine.studio.picture import make_picture
from engine.studio.requests import ImageRequest, WalkRequest, request_from_dict
from engine.studio.shots import shots_of
from engine.studio.studio import HOME_VARIABLE, Studio
from engine.studio.walk import make_walk

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
LINE = Path((Place(40.72, -74.01), Place(40.86, -74.01), Place(40.86, -73.91)))
CARD = PlaceCard(
    "Town",
    conditions=("longitude", "latitude", "heading", "hour", "month"),
    box=BOX,
    resolution_px=64,
    base_model="tiny",
    gps_guidance_scale=50.0,
)
REQUEST = WalkRequest("town", path=LINE, frames=7, fps=5, num_inference_steps=2, seed=3)
TURN = WalkRequest("town", place=Place(40.75, -73.99), kind="turn", frames=9, num_inference_steps=2, seed=3)


@pytest.fixture(scope="module")
def pipe() -> PlacePipeline:
    """A tiny pipeline whose encoder, of few octaves, tells near places alike, as a trained one does."""
    made = build_tiny(CARD)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made.register_modules(place_encoder=PlaceEncoder(CARD.conditions, width=64, num_frequencies=2))
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, pipe: PlacePipeline) -> FilePath:
    """A home with that model."""
    home = tmp_path_factory.mktemp("town")
    save_pipeline(pipe, home / "checkpoints" / "town")
    return home


@pytest.fixture(scope="module")
def film(town: FilePath) -> tuple[Artefact, list[Progress], Studio]:
    """A film along the line in the gallery, and all that was told meanwhile."""
    studio, events = Studio(town), []
    return studio.run(replace(REQUEST, hour=22.0, hour_to=4.0), events.append), events, studio


def frames_of(pipe: PlacePipeline, request: WalkRequest) -> np.ndarray:
    """The frames of a film as they were made, (N, H, W, 3)."""
    shown = []
    make_walk(pipe, request.validate(), lambda progress: shown.append(progress.preview), CancelToken())
    return np.array([frame for frame in shown if frame is not None], float)


def differences(frames: np.ndarray) -> np.ndarray:
    """Mean absolute difference of every two frames."""
    return np.abs(frames[:, None] - frames[None]).mean(axis=(2, 3, 4))


def test_a_path_becomes_a_film_a_poster_and_a_request(film: tuple[Artefact, list[Progress], Studio]) -> None:
    artefact, events, studio = film
    assert recall(artefact.path) == artefact.request
    assert count_frames_and_secs(str(artefact.files[".mp4"])) == (7, 1.4)
    request = json.dumps(artefact.request.to_dict(), separators=(",", ":"))
    assert request.encode() in artefact.files[".mp4"].read_bytes()
    with Image.open(artefact.files[".gif"]) as gif, Image.open(artefact.path) as poster:
        assert gif.size == poster.size == (64, 64)
        assert len(list(ImageSequence.Iterator(gif))) == 7
        assert poster.getexif().get_ifd(0x8825)[2][0] == 40
    previews = [event.preview for event in events if event.preview is not None]
    assert len(previews) == 7
    assert np.array_equal(np.asarray(Image.open(artefact.path)), np.asarray(previews[3]))
    assert [event.done for event in events if event.message.startswith("frame ")] == [*range(1, 8)]
    assert any(event.message == "frames 5 to 7 of 7, step 1 of 2" for event in events)
    assert [each.files.keys() for each in studio.gallery.list()] == [{".mp4", ".gif"}]


def test_its_file_says_where_each_frame_looks_and_when(film: tuple[Artefact, list[Progress], Studio]) -> None:
    artefact, _, _ = film
    details = artefact.details
    places = [Place(*each) for each in details["places"]]
    assert (places[0], places[-1]) == (LINE.places[0], LINE.places[-1])
    assert isinstance(artefact.request, WalkRequest)
    where = artefact.request.where
    assert where is not None
    assert (places[3].latitude, places[3].longitude) == pytest.approx(
        (where.latitude, where.longitude), abs=1e-6
    )
    assert details["headings"][0] == pytest.approx(0, abs=0.1)
    assert details["headings"][-1] == pytest.approx(90, abs=0.1)
    assert max(b - a for a, b in pairwise(details["headings"])) <= 30.01
    assert details["hours"] == [22, 23, 0, 1, 2, 3, 4]
    assert "months" not in details


def test_the_same_request_makes_the_same_bytes(studio: Studio, tmp_path: FilePath) -> None:
    request = replace(REQUEST, frames=3, noise="flowing")
    first, second = (
        studio.run(request),
        studio.run(request_from_dict(request.to_dict()), out=tmp_path / "a.png"),
    )
    assert second.path.read_bytes() == first.path.read_bytes()
    for ending in (".mp4", ".gif"):
        assert second.files[ending].read_bytes() == first.files[ending].read_bytes()
        alone = studio.run(request, out=tmp_path / "alone" / f"b{ending}").path
        assert alone.read_bytes() == first.files[ending].read_bytes()
    assert len(list((tmp_path / "alone").iterdir())) == 2
    studio.gallery.delete(first.id)
    assert list(studio.gallery.folder.iterdir()) == []


@pytest.mark.parametrize("asked", [REQUEST, TURN])
def test_neighbouring_frames_are_nearer_than_others_and_nearest_with_still_noise(
    pipe: PlacePipeline, asked: WalkRequest
) -> None:
    near = {}
    for noise in ("still", "flowing"):
        apart = differences(frames_of(pipe, replace(asked, noise=noise)))
        near[noise] = np.diag(apart, 1).mean()
        assert near[noise] < 0.75 * apart[np.triu_indices(len(apart), 2)].mean()
    assert min(near, key=lambda noise: near[noise]) == WalkRequest.noise


@pytest.mark.parametrize("noise", ["still", "flowing"])
def test_a_film_that_goes_round_closes(pipe: PlacePipeline, noise: str) -> None:
    apart = differences(frames_of(pipe, replace(TURN, noise=noise)))
    assert apart[0, -1] < 1.6 * np.diag(apart, 1).mean()
    assert apart[0, -1] < apart[0, len(apart) // 2]


def test_the_poster_is_the_picture_of_its_place(pipe: PlacePipeline) -> None:
    request = replace(REQUEST, heading=80.0, frames=3).validate()
    poster = make_walk(pipe, request, lambda progress: None, CancelToken()).image
    alone = ImageRequest("town", request.where, heading=80.0, num_inference_steps=2, seed=3)
    picture = make_picture(pipe, alone, lambda progress: None, CancelToken()).image
    assert np.abs(np.asarray(poster, float) - np.asarray(picture, float)).max() <= 2


def test_a_turn_a_day_and_a_year_go_round_once() -> None:
    start = replace(TURN, frames=8, heading=300.0, hour=18.0, month=10.0)
    rounds = {"turn": ("heading", 45.0, 255.0), "hours": ("hour", 3.0, 15.0), "months": ("month", 1.5, 8.5)}
    for kind, (name, step, last) in rounds.items():
        shots = shots_of(replace(start, kind=kind), CARD)
        assert [shots[0][name], shots[-1][name]] == [getattr(start, name), last]
        assert all((b[name] - a[name]) % (8 * step) == step for a, b in pairwise(shots))
        assert {(shot["latitude"], shot["longitude"]) for shot in shots} == {(40.75, -73.99)}
    assert [shot["heading"] for shot in shots_of(replace(TURN, frames=4), CARD)] == [0, 90, 180, 270]


def test_hours_and_months_move_forwards_along_a_path() -> None:
    moving = replace(REQUEST, frames=5, hour=8.0, hour_to=8.0, month=11.0, month_to=3.0)
    shots = shots_of(moving, CARD)
    assert [shot["hour"] for shot in shots] == [8, 14, 20, 2, 8]
    assert [shot["month"] for shot in shots] == [11, 12, 1, 2, 3]


def test_a_walker_looks_along_the_path_unless_told_or_the_model_does_not_know() -> None:
    around = Path((*LINE.places, Place(40.72, -73.91), LINE.places[0]))
    headings = [shot["heading"] for shot in shots_of(replace(REQUEST, path=around, frames=60), CARD)]
    assert max(abs(angular_difference_deg(b, a)) for a, b in pairwise(headings)) < 30.01
    for wanted in (0, 90, 180, 270):
        assert sum(abs(angular_difference_deg(each, wanted)) < 1 for each in headings) > 5
    assert {shot["heading"] for shot in shots_of(replace(REQUEST, heading=7.0), CARD)} == {7.0}
    plain = replace(CARD, conditions=("longitude", "latitude"))
    assert all(shot.keys() == {"latitude", "longitude"} for shot in shots_of(REQUEST, plain))


def test_frames_may_be_told_by_their_spacing() -> None:
    straight = Path((LINE.places[0], destination(LINE.places[0], 90, 100.0)))
    request = replace(REQUEST, path=straight, spacing_m=15.0).validate()
    assert request.frames == len(shots_of(request, CARD)) == 7
    assert request.validate() == request_from_dict(request.to_dict()) == request


def test_places_outside_of_what_the_model_knows_are_brought_inside(pipe: PlacePipeline) -> None:
    beyond = Path((Place(40.72, -74.01), Place(40.60, -74.01)))
    for request in (replace(REQUEST, path=beyond), replace(TURN, place=beyond.places[1])):
        assert all(BOX.contains(shot["latitude"], shot["longitude"]) for shot in shots_of(request, CARD))
    assert notices(replace(REQUEST, path=beyond), CARD, None) == (
        "A part of this path is outside of what the model knows, so the nearest places inside are shown.",
    )
    photos = PhotoPlaces(np.array([40.72]), np.array([-74.01]))
    assert "nothing near a part of this path" in notices(REQUEST, CARD, photos)[0]
    assert notices(REQUEST, CARD, None) == ()


def test_a_file_that_does_not_tell_its_place_tells_no_place_of_the_path(
    studio: Studio, tmp_path: FilePath
) -> None:
    out = tmp_path / "out.png"
    artefact = studio.run(replace(REQUEST, frames=2, gps_in_exif=False), out=out)
    for path in (out, *artefact.files.values()):
        data = path.read_bytes()
        assert b"40.7" not in data
        assert b"73.9" not in data
    request = recall(out)
    assert isinstance(request, WalkRequest)
    assert request.path is None
    with pytest.raises(BadRequest, match="does not tell its path; draw one"):
        studio.run(request)


def test_it_stops_within_a_step_and_leaves_nothing(
    studio: Studio, tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    cancel, told = CancelToken(), []

    def stop(progress: Progress) -> None:
        told.append(progress.message)
        if progress.message == "frames 1 to 4 of 7, step 1 of 2":
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(REQUEST, stop, cancel)
    assert told[-1] == "frames 1 to 4 of 7, step 1 of 2"
    assert studio.gallery.list() == ()
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"frames": 1}, "frames is 1; choose a whole number from 2 to 600"),
        ({"frames": 601}, "frames is 601"),
        ({"fps": 61}, "fps is 61; choose a whole number from 1 to 60"),
        (
            {"spacing_m": 1.0},
            r"a frame every 1 m of this path of 2.,...\.. m makes 2.,..., and a film has 2 to 600",
        ),
        ({"spacing_m": 90_000.0}, "makes 1, and a film has 2 to 600; choose a spacing from"),
        ({"spacing_m": 0.0}, "spacing_m is 0.0; choose a number from 0.01"),
        ({"kind": "swim"}, "kind is 'swim'; choose from path, turn, orbit, hours, months"),
        ({"noise": "loud"}, "noise is 'loud'; choose from still, flowing"),
        ({"hour_to": 5.0}, "hour_to has no hour to begin from; give hour too"),
        ({"month": 5.0, "month_to": 13.0}, "month_to is 13.0; choose a number from 1 to 12"),
        ({"kind": "turn"}, "path belongs to a walk along a path; leave it out of a film of the kind turn"),
        (
            {"kind": "hours", "path": None, "hour": 1.0, "hour_to": 2.0},
            "hour_to belongs to a walk along a path",
        ),
        ({"place": Place(40.75, -73.99)}, "a walk along a path is at no single place"),
        ({"path": "x"}, "path must be a Path, not str"),
        ({"place": 5}, "place must be a Place, not int"),
        ({"path": None}, "the request does not tell its path; draw one"),
    ],
)
def test_what_cannot_be_filmed_is_said_in_one_sentence(studio: Studio, changes: dict, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        studio.run(replace(REQUEST, **changes))
    assert studio.gallery.list() == ()


def test_a_turn_needs_a_model_that_knows_the_heading() -> None:
    with pytest.raises(
        BadRequest, match="needs a model with the condition 'heading', and this one knows longitude"
    ):
        shots_of(TURN, replace(CARD, conditions=("longitude", "latitude")))


def test_a_path_in_a_request_is_a_list_of_places() -> None:
    data = REQUEST.to_dict()
    assert data["path"][0] == {"latitude": 40.72, "longitude": -74.01}
    with pytest.raises(BadRequest, match="path must be drawn by a list of places, not str"):
        request_from_dict(data | {"path": "there"})


def test_the_command_line_makes_films(
    town: FilePath, tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(town))
    (tmp_path / "a.geojson").write_text(
        '{"type": "LineString", "coordinates": [[-74.01, 40.72], [-74.01, 40.86]]}'
    )
    quick = ["--model", "town", "--num-inference-steps", "1", "--frames", "2", "--out"]
    assert main(["walk", "--path", str(tmp_path / "a.geojson"), *quick, str(tmp_path / "a.mp4")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'a.mp4'}, 2 frames, 0.2 s, model town\n"
    assert count_frames_and_secs(str(tmp_path / "a.mp4"))[0] == 2
    assert (
        main(["walk", "--at", "40.75,-73.99", "--kind", "turn", *quick, str(tmp_path / "b.gif"), "--json"])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["headings"] == [0, 180]
    for words, sentence in [
        (["--at", "40.75,-73.99"], "a walk needs --path; a film of one place needs --kind turn"),
        (["--path", "40.72,-74.01 40.86,-74.01", "--spacing-m", "5"], "--frames and --spacing-m both say"),
    ]:
        assert main(["walk", *words, *quick, str(tmp_path / "c.mp4")]) == 2
        said = capsys.readouterr().err
        assert sentence in said
        assert said.count("\n") == 1
