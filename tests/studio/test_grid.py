"""Grids: every cell is the picture it stands for, a click on it finds its settings, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadRequest, Cancelled
from engine.geo.place import Place
from engine.geo.region import Box
from engine.photos.stamp import read_provenance
from engine.studio.gallery import Artefact, recall
from engine.studio.grid_sheet import GridSheet
from engine.studio.jobs import CancelToken, Progress
from engine.studio.lettering import PAPER
from engine.studio.requests import Axis, GridRequest, ImageRequest, request_from_dict
from engine.studio.studio import HOME_VARIABLE, Studio

BOX = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
MOMA, UPTOWN, LUND = Place(40.7614, -73.9776), Place(40.84, -73.94), Place(55.6985, 13.1955)
REQUEST = GridRequest(
    "town",
    MOMA,
    rows=Axis("seed", (7, 3)),
    columns=Axis("gps_guidance_scale", (1.0, 0.0, 4.5)),
    prompt="a street",
    num_inference_steps=2,
)
PLACES = replace(REQUEST, rows=Axis("place", (MOMA, UPTOWN)), columns=Axis("prompt", ("a street", "")))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a tiny model of 32 px that knows the heading and the hour too."""
    home = tmp_path_factory.mktemp("town")
    card = PlaceCard(
        "Town",
        conditions=("longitude", "latitude", "heading", "hour"),
        box=BOX,
        resolution_px=32,
        base_model="tiny",
        words=("a", "street"),
    )
    save_pipeline(build_tiny(card), home / "checkpoints" / "town")
    return home


@pytest.fixture(scope="module")
def made(town: Path) -> Artefact:
    """The sheet of REQUEST, read from the gallery."""
    studio = Studio(town)
    return studio.gallery.get(studio.run(REQUEST).id)


def test_every_cell_is_the_picture_that_is_made_alone(made: Artefact, studio: Studio) -> None:
    assert recall(made.path) == made.request
    details = made.details
    assert len(details["cells"]) == 6
    found = []
    with Image.open(made.path) as sheet:
        for cell, request in zip(details["cells"], made.request.cells, strict=True):
            found.append(cell["settings"])
            assert {name: getattr(request, name) for name in cell["settings"]} == cell["settings"]
            alone = studio.run(request)
            with Image.open(alone.path) as picture:
                assert sheet.crop(tuple(cell["box_px"])).tobytes() == picture.tobytes()
    scales = (1.0, 0.0, 4.5)
    assert found == [{"seed": seed, "gps_guidance_scale": scale} for seed in (7, 3) for scale in scales]


def test_rows_run_down_and_columns_along_and_the_labels_stand_outside(made: Artefact) -> None:
    boxes = np.array([cell["box_px"] for cell in made.details["cells"]]).reshape(2, 3, 4)
    assert (np.diff(boxes[:, :, 0], axis=1) > 32).all()
    assert (np.diff(boxes[:, :, 1], axis=0) > 32).all()
    assert (boxes[:, :, 2] - boxes[:, :, 0] == 32).all()
    with Image.open(made.path) as sheet:
        pixels = np.asarray(sheet).astype(int)
    assert tuple(pixels[0, 0]) == PAPER == (0xF6, 0xF3, 0xEC)
    dark = pixels.max(axis=2) < 60
    left, top = boxes[0, 0, :2]
    assert dark[:top, left:].any()  # the columns' labels
    assert dark[top:, :left].any()  # the rows'


def test_places_and_prompts_can_be_axes(studio: Studio) -> None:
    artefact = studio.run(PLACES)
    assert artefact.request.to_dict()["rows"] == {
        "place": [
            {"latitude": 40.7614, "longitude": -73.9776},
            {"latitude": 40.84, "longitude": -73.94},
        ]
    }
    assert recall(artefact.path) == artefact.request
    left, top, right, bottom = artefact.details["cells"][3]["box_px"]
    assert artefact.request.cells[3].place == UPTOWN
    alone = studio.run(ImageRequest("town", UPTOWN, num_inference_steps=2))
    with Image.open(artefact.path) as sheet, Image.open(alone.path) as picture:
        assert sheet.crop((left, top, right, bottom)).tobytes() == picture.tobytes()


def test_the_same_request_makes_the_same_bytes(made: Artefact, studio: Studio) -> None:
    again = studio.run(request_from_dict(made.request.to_dict()))
    assert again.id == made.id
    assert again.path.read_bytes() == made.path.read_bytes()


def test_a_sheet_that_does_not_tell_its_places_tells_none_in_file_and_labels(
    studio: Studio, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    artefact = studio.run(replace(PLACES, gps_in_exif=False), out=out)
    data = out.read_bytes()
    assert not any(number in data for number in (b"40.7", b"40.8", b"73.9"))
    provenance = read_provenance(out)
    assert provenance is not None
    told = provenance["details"]["cells"][2]["settings"]
    assert (told["prompt"], told.get("place")) == ("a street", None)
    assert artefact.request.cells[2].place == UPTOWN
    with pytest.raises(BadRequest, match="does not tell its places"):
        _ = recall(out).cells
    assert PLACES.rows.labels(places=False) == ["place 1", "place 2"]
    open_sheet = GridSheet(PLACES.rows, PLACES.columns, (32, 32))
    with Image.open(out) as hidden:
        assert hidden.size != open_sheet.size  # the labels are others
    request = recall(out)
    assert isinstance(request, GridRequest)
    assert request.rows == Axis("place", None)
    assert studio.notices(request) == ()
    with pytest.raises(BadRequest, match="does not tell its places; choose them again"):
        studio.run(request)


def test_progress_counts_all_steps_and_shows_the_whole_sheet_and_it_stops_within_a_step(
    studio: Studio,
) -> None:
    events: list[Progress] = []
    studio.run(REQUEST, events.append)
    assert events[-1].done == events[-1].total == 12
    assert [each.done for each in events] == sorted(each.done for each in events)
    assert any("picture 5 of 6, step 1 of 2" in each.message for each in events)
    looks = [each.preview for each in events if each.preview]
    assert len(looks) >= 6
    assert len({look.size for look in looks}) == 1
    assert looks[0].width > 3 * 32
    studio.gallery.delete(studio.gallery.list()[0].id)

    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if "picture 2 of 6, step 1" in progress.message:
            cancel.cancel()

    with pytest.raises(Cancelled):
        studio.run(REQUEST, stop, cancel)
    assert studio.gallery.list() == ()


def test_a_setting_that_varies_is_needed_nowhere_else_and_must_be_one_of_the_model(studio: Studio) -> None:
    request = replace(
        REQUEST, heading=10.0, rows=Axis("heading", (450, -90.0)), columns=Axis("hour", (6, 18.5))
    )
    first = request.validate()
    assert (first.heading, first.hour) == (90.0, 6.0)
    assert first.rows.values == (90.0, 270.0)
    assert first.rows.labels() == ["90°", "270°"]
    assert first.columns.labels() == ["6:00", "18:30"]
    assert Axis("month", (6, 6.5)).labels() == ["June", "month 6.5"]
    with pytest.raises(BadRequest, match="this model has no condition 'month'"):
        studio.run(replace(REQUEST, rows=Axis("month", (1, 7))))


def test_notices_name_the_place_and_the_words_of_every_cell(studio: Studio) -> None:
    request = replace(
        PLACES, rows=Axis("place", (MOMA, LUND)), columns=Axis("prompt", ("a zebra", "a street"))
    )
    place, words = studio.notices(request)
    assert place.startswith("Place 2 of 2: this place is ")
    assert "“zebra”" in words
    assert studio.notices(PLACES) == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows": Axis("colour", (1, 2))}, "rows cannot vary 'colour'; choose from guidance_scale, "),
        ({"rows": Axis("seed", ())}, "rows have no values of seed; choose 1 to 12 of them"),
        ({"columns": Axis("seed", tuple(range(13)))}, "columns have 13 values of seed; choose 1 to 12"),
        (
            {"rows": Axis("gps_guidance_scale", (1,))},
            "rows and columns both vary gps_guidance_scale; choose two",
        ),
        (
            {"rows": Axis("seed", tuple(range(11))), "columns": Axis("hour", tuple(range(10)))},
            "11 rows of 10 are 110 pictures; a grid has at most 100, leave some out",
        ),
        ({"rows": Axis("seed", (1, 2.5))}, "seed must be a whole number, not 2.5"),
        ({"rows": Axis("heading", (0, 360))}, "rows have heading '0.0' twice; leave one of them out"),
        ({"rows": Axis("heading", (None,))}, "rows have an empty value of heading; leave it out"),
        ({"rows": Axis("place", ("Times Square",))}, "place must be a Place, not str"),
        ({"rows": {"seed": [1]}}, "rows must be an Axis, not dict"),
    ],
)
def test_what_is_no_grid_is_said_in_one_sentence(studio: Studio, changes: dict, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        studio.run(replace(REQUEST, **changes))
    assert studio.gallery.list() == ()


def test_a_sheet_that_no_program_would_open_is_refused_before_the_first_picture(studio: Studio) -> None:
    huge = replace(
        REQUEST,
        rows=Axis("seed", tuple(range(10))),
        columns=Axis("hour", tuple(range(10))),
        width_px=1024,
        height_px=1024,
    )
    with pytest.raises(BadRequest, match=r"the sheet of this grid would be 10,\d+ x 10,\d+ px; choose fewer"):
        studio.run(huge)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([1, 2], "rows must be one setting and its values"),
        ({"seed": [1], "hour": [2]}, "rows must be one setting and its values"),
        ({"seed": 1}, "rows have no values of seed"),
        ({"seed": None}, "rows have no list of values of seed"),
        ({"place": [[40.7, -73.9]]}, "rows must have places with latitude and longitude in numbers"),
        ({"place": [{"latitude": True, "longitude": 1}]}, "rows must have places with latitude"),
    ],
)
def test_json_that_is_no_axis_is_said_in_one_sentence(rows: object, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence):
        GridRequest.from_dict(REQUEST.to_dict() | {"rows": rows})


@pytest.mark.parametrize("picture_px", [(32, 32), (512, 256)])
@pytest.mark.parametrize(
    "prompts",
    [
        ("x",),
        ("a very long sentence on a street in the rain by night with many words " * 20, "a park"),
        ("w" * 2_000, "café “Łódź”", "東京"),
    ],
)
def test_no_word_runs_into_a_picture_or_off_the_sheet(prompts: tuple, picture_px: tuple) -> None:
    seeds = Axis("seed", (0, 2**62))
    for rows, columns in ((Axis("prompt", prompts), seeds), (seeds, Axis("prompt", prompts))):
        layout = GridSheet(rows, columns, picture_px)
        sheet = np.asarray(layout.blank())
        margin = 10
        inner = sheet[margin:-margin, margin:-margin]
        assert (inner != PAPER).any()
        assert (sheet != PAPER).sum() == (inner != PAPER).sum()
        for left, top, right, bottom in layout.boxes:
            assert (sheet[top:bottom, left:right] == PAPER).all()
        assert layout.size[0] < 3 * (picture_px[0] + 300)


def run_verb(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    return lambda *words: main(["grid", "--num-inference-steps", "1", "--model", "town", *words])


def test_the_verb_writes_a_sheet(
    studio: Studio,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    grid, out = run_verb(studio.home, monkeypatch), tmp_path / "sheet.png"
    words = ("--at", "40.7614,-73.9776", "--rows", "seed=1,2", "--columns", "prompt=a street;a")
    assert grid(*words, "--out", str(out)) == 0
    assert capsys.readouterr().out == f"{out}, 4 pictures, model town\n"
    request = recall(out)
    assert isinstance(request, GridRequest)
    assert request.columns.values == ("a street", "a")
    assert grid("--rows", "seed=1", "--columns", "seed=2") == 2
    assert capsys.readouterr().err == "rows and columns both vary seed; choose two different settings\n"
