"""GPX of receivers and phones: waypoints, routes and tracks, long ones too."""

import time

import pytest

from engine.errors import BadFile, BadPlace, BadRegion, UserError
from engine.geo.formats.feature import Feature
from engine.geo.formats.gpx import decode, encode
from engine.geo.place import Place
from engine.geo.region import Path

EVERYTHING = b"""<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Some Watch" xmlns="http://www.topografix.com/GPX/1/1"
     xmlns:h="http://www.example.org/heart">
  <metadata><name>not this</name><bounds minlat="0" minlon="0" maxlat="1" maxlon="1"/></metadata>
  <wpt lat="55.7039" lon="13.1934"><ele>49.5</ele><time>2024-05-01T10:00:00Z</time><name>Domkyrkan</name>
    <desc>towers</desc><sym>Flag</sym></wpt>
  <rte><name>Plan</name><rtept lat="55.70" lon="13.19"/><rtept lat="55.71" lon="13.20"/></rte>
  <trk><name>Walk</name><type>hiking</type>
    <trkseg/>
    <trkseg><trkpt lat="55.0" lon="13.0"/></trkseg>
    <trkseg><trkpt lat="55.1" lon="13.1"><ele>3</ele><extensions><h:hr>120</h:hr></extensions></trkpt>
      <trkpt lat="55.2" lon="13.2"/></trkseg>
    <trkseg><trkpt lat="55.3" lon="13.3"/><trkpt lat="55.4" lon="13.4"/></trkseg>
  </trk>
</gpx>"""


def test_everything_is_read_and_a_waking_receiver_forgiven() -> None:
    assert decode(EVERYTHING, "a.gpx") == [
        Feature(
            Place(55.7039, 13.1934),
            "Domkyrkan",
            {"ele": "49.5", "time": "2024-05-01T10:00:00Z", "desc": "towers", "sym": "Flag"},
        ),
        Feature(Path((Place(55.70, 13.19), Place(55.71, 13.20))), "Plan"),
        Feature(Path((Place(55.1, 13.1), Place(55.2, 13.2))), "Walk", {"type": "hiking"}),
        Feature(Path((Place(55.3, 13.3), Place(55.4, 13.4))), "Walk", {"type": "hiking"}),
    ]


def test_a_track_of_100_000_points_is_read_soon() -> None:
    points = "".join(
        f'<trkpt lat="{55 + i * 1e-6:.6f}" lon="13.2"><ele>4</ele><time>2024-05-01T10:00:00Z</time></trkpt>'
        for i in range(100_000)
    )
    data = f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    start = time.perf_counter()
    [feature] = decode(data, "a.gpx")
    assert time.perf_counter() - start < 20
    assert isinstance(feature.geometry, Path)
    assert len(feature.geometry.places) == 100_000
    assert feature.geometry.length_m == pytest.approx(11_134, rel=1e-3)


def test_a_track_beyond_the_limit_is_refused_by_it() -> None:
    data = b"<gpx><trk><trkseg>" + b'<trkpt lat="1" lon="2"/>' * 1_000_000 + b"</trkseg></trk></gpx>"
    with pytest.raises(BadFile, match="more than 1,000,000 elements"):
        decode(data, "a.gpx")


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("<wpt/>", BadPlace, "waypoint 1: latitude '' is not a number"),
        ('<wpt lat="NaN" lon="1"/>', BadPlace, "'NaN' is not a number"),
        ('<wpt lat="95" lon="40"/>', BadPlace, "probably swapped"),
        ('<wpt lat="1" lon="4000"/>', BadPlace, "longitude 4000 is not on Earth"),
        ('<trk><trkseg><trkpt lat="1" lon="1"/></trkseg></trk>', BadRegion, "track 1: .* fewer than two"),
        ("<rte/>", BadRegion, "route 1: .* fewer than two"),
        ('<rte><rtept lat="1" lon="179"/><rtept lat="1" lon="-179"/></rte>', BadRegion, "antimeridian"),
        ("<!DOCTYPE x>", BadFile, "not valid XML"),
    ],
)
def test_a_mistake_is_named(body: str, error: type[UserError], words: str) -> None:
    with pytest.raises(error, match=words):
        decode(f"<gpx>{body}</gpx>".encode(), "a.gpx")


def test_other_documents_are_refused() -> None:
    with pytest.raises(BadFile, match="not GPX"):
        decode(b"<kml/>", "a.gpx")
    with pytest.raises(BadFile, match="DOCTYPE"):
        decode(b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1/gpx.dtd"><gpx/>', "a.gpx")


def test_words_stand_in_the_order_of_the_schema() -> None:
    text = encode(
        [Feature(Place(1e-7, -1e-7), "Here", {"own": "x", "type": "t", "desc": "d", "ele": 4.5})]
    ).decode()
    order = [text.index(word) for word in ("<ele>4.5", "<name>", "<desc>", "<type>", "<extensions>", "own")]
    assert order == sorted(order)
    assert 'lat="0.0000001" lon="-0.0000001"' in text, "the schema knows no exponents"
