"""A file of places becomes pictures; what cannot be asked for is said, and the others are made."""

from pathlib import Path

import pytest

from engine.cli import main
from engine.errors import BadFile
from engine.geo.formats import Feature, write
from engine.geo.place import Place
from engine.geo.region import Path as Line
from engine.studio.batch import MOST_PICTURES, read_batch
from engine.studio.gallery import recall
from engine.studio.requests import ImageRequest
from engine.studio.studio import HOME_VARIABLE

LIKE = ImageRequest("town", None, prompt="a street", heading=90.0, seed=3)
HERE, THERE = Place(40.7580, -73.9855), Place(40.7308, -73.9973)


@pytest.mark.parametrize("ending", [".geojson", ".kml", ".kmz", ".csv"])
def test_every_format_tells_places_words_and_numbers(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"places{ending}"
    told = {"prompt": "a park", "heading": 180, "hour": 6.5, "seed": 8}
    write(file, [Feature(HERE, "Times Square"), Feature(THERE, "Arch / South", told)])
    items, refused = read_batch(file, LIKE)
    assert refused == []
    assert [item.stem for item in items] == ["0001-Times-Square", "0002-Arch-South"]
    assert items[0].request == ImageRequest("town", HERE, prompt="a street", heading=90.0, seed=3)
    assert items[1].request == ImageRequest("town", THERE, prompt="a park", heading=180.0, hour=6.5, seed=8)


def test_a_bad_row_is_refused_by_number_and_name_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(
        "latitude,longitude,name,hour,seed\n40.75,-73.98,one,25,\n40.76,-73.97,two,noon,\n40.77,-73.96,,,7\n"
    )
    items, refused = read_batch(file, LIKE)
    assert [(item.number, item.stem, item.request.seed) for item in items] == [(3, "0003", 7)]
    assert refused[0].startswith('place 1 "one" is left out: hour')
    assert refused[1] == "place 2 \"two\" is left out: hour is 'noon', which is no number"


def test_a_file_without_places_or_with_too_many_is_said(tmp_path: Path) -> None:
    lines = tmp_path / "line.geojson"
    write(lines, [Feature(Line((HERE, THERE)))])
    with pytest.raises(BadFile, match=r"line\.geojson has no places, only lines or areas"):
        read_batch(lines, LIKE)
    many = tmp_path / "many.csv"
    many.write_text("lat,lon\n" + "40.7,-73.9\n" * (MOST_PICTURES + 1))
    with pytest.raises(BadFile, match=r"many\.csv has 1,001 places; a batch has at most 1,000"):
        read_batch(many, LIKE)


def test_the_verb_writes_a_picture_for_each_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    file, out = tmp_path / "places.csv", tmp_path / "pictures"
    file.write_text(
        "lat,lon,name,prompt,hour\n40.75,-73.98,one,a park,\n40.76,-73.97,two,,77\n40.77,-73.96,,,\n"
    )
    words = ("generate", "--places", str(file), "--model", "tiny", "--num-inference-steps", "1")
    assert main([*words, "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out == f"{out}, 2 pictures, 1 place left out, model tiny\n"
    assert 'place 2 "two" is left out: hour' in said.err
    assert sorted(path.name for path in out.iterdir()) == ["0001-one.png", "0003.png"]
    request = recall(out / "0001-one.png")
    assert isinstance(request, ImageRequest)
    assert (request.place, request.prompt) == (Place(40.75, -73.98), "a park")
    assert main([*words, "--at", "40.7,-73.9"]) == 2
    assert capsys.readouterr().err == "--at is one place and --places a file of them; leave one of them out\n"
