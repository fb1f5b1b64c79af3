"""KML and KMZ of strangers: what Google Earth and others write is read, bombs are not unpacked."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile, BadPlace, BadRegion, UserError
from engine.geo.formats.feature import Feature
from engine.geo.formats.kml import decode, decode_kmz, encode_kmz
from engine.geo.place import Place
from engine.geo.region import Path, Polygon


def decoded(body: str, namespace: str = 'xmlns="http://www.opengis.net/kml/2.2"') -> list[Feature]:
    text = f'<?xml version="1.0" encoding="UTF-8"?><kml {namespace}><Document>{body}</Document></kml>'
    return decode(text.encode(), "a.kml")


def zipped(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


EVERYTHING = """
<Style id="s"><IconStyle/></Style>
<NetworkLink><Link><href>http://127.0.0.1:9/evil.kml</href></Link></NetworkLink>
<Folder><name>not this</name>
  <Placemark><name> Domkyrkan &amp; torg </name><description><![CDATA[<b>1145</b>]]></description>
    <ExtendedData><Data name="floors"><value> 3 </value></Data>
      <SchemaData schemaUrl="#x"><SimpleData name="kind">church</SimpleData></SchemaData></ExtendedData>
    <Point><coordinates> 13.1934,55.7039,0 </coordinates></Point></Placemark>
  <Placemark><LineString><tessellate>1</tessellate><coordinates>
     13.19, 55.70, 0
     13.20, 55.71, 0
  </coordinates></LineString></Placemark>
  <Placemark><MultiGeometry>
    <Polygon><innerBoundaryIs><LinearRing><coordinates>0.2,0.2 0.4,0.2 0.4,0.4</coordinates></LinearRing>
      </innerBoundaryIs><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,1 0,0</coordinates></LinearRing>
      </outerBoundaryIs></Polygon>
    <MultiGeometry><Point><coordinates>1,2</coordinates></Point></MultiGeometry>
  </MultiGeometry></Placemark>
  <Placemark><gx:Track><when>2020-01-01</when><gx:coord>13.1 55.1 7</gx:coord><gx:coord>13.2 55.2 7</gx:coord>
    </gx:Track></Placemark>
  <Placemark><name>no geometry</name></Placemark>
</Folder>"""


@pytest.mark.parametrize(
    "namespace",
    [
        'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"',
        'xmlns="http://earth.google.com/kml/2.0"',
        "",
    ],
)
def test_every_geometry_is_read(namespace: str) -> None:
    point, line, polygon, inner, track = decoded(EVERYTHING, namespace)
    assert point == Feature(
        Place(55.7039, 13.1934),
        "Domkyrkan & torg",
        {"description": "<b>1145</b>", "floors": "3", "kind": "church"},
    )
    assert line.geometry == Path((Place(55.70, 13.19), Place(55.71, 13.20)))
    assert isinstance(polygon.geometry, Polygon)
    assert polygon.geometry.exterior == (Place(0, 0), Place(0, 1), Place(1, 1), Place(1, 0))
    assert len(polygon.geometry.holes) == 1
    assert inner.geometry == Place(2, 1)
    assert track.geometry == Path((Place(55.1, 13.1), Place(55.2, 13.2)))


@pytest.mark.parametrize(
    ("placemark", "error", "words"),
    [
        ("<Point><coordinates>13.2</coordinates></Point>", BadPlace, "latitude '' is not a number"),
        ("<Point><coordinates>13.2,nan</coordinates></Point>", BadPlace, "'nan' is not a number"),
        ("<Point><coordinates>1_0,2</coordinates></Point>", BadPlace, "'1_0' is not a number"),
        ("<Point><coordinates>1e999,2</coordinates></Point>", BadPlace, "'inf' is not a number"),
        ("<Point><coordinates>40.7,-120.5</coordinates></Point>", BadPlace, "probably swapped"),
        ("<LineString><coordinates>1,2</coordinates></LineString>", BadRegion, "fewer than two"),
        ("<LineString/>", BadRegion, "fewer than two"),
        ("<Polygon/>", BadRegion, "0 different places"),
        ("<Track><coord>1</coord><coord/></Track>", BadPlace, "'' is not a number"),
        (
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,1 0,1 1,0</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon>",
            BadRegion,
            "crosses itself near 0.5",
        ),
    ],
)
def test_a_mistake_is_named(placemark: str, error: type[UserError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        decoded(f"<Placemark><name>Yard</name>{placemark}</Placemark>")
    assert str(caught.value).startswith('a.kml, placemark 1 "Yard": ')


BOMB = """<!DOCTYPE kml [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><kml>&b;</kml>"""
THIEF = """<!DOCTYPE kml [<!ENTITY secret SYSTEM "file:///etc/passwd">]><kml>&secret;</kml>"""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB.encode(), "DOCTYPE"),
        (BOMB.encode("utf-16"), "DOCTYPE"),
        (THIEF.encode(), "DOCTYPE"),
        (b"<!DOCTYPE kml><kml/>", "DOCTYPE"),
        (b"<kml>&secret;</kml>", "not valid XML"),
        (b"<kml>", "not valid XML"),
        (b"", "not valid XML"),
        (b"\0\0", "not valid XML"),
        (b'<?xml version="1.0" encoding="zip"?><kml/>', "not valid XML"),
        (b'<?xml version="1.0" encoding="utf-7"?><kml/>', "not valid XML"),
        (b"<gpx/>", "not KML"),
        (b"<a>" * 200 + b"</a>" * 200, "100 levels"),
        (b"<kml>" + b"<a/>" * 1_000_001 + b"</kml>", "1,000,000 elements"),
        (b"," * 1_000_000, "1,000,000 positions"),
    ],
)
def test_what_is_no_plain_kml_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        decode(data, "a.kml")


def test_an_archive_with_pictures_beside_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("files/icon.png", b"\x89PNG")
        archive.writestr("__MACOSX/._doc.kml", b"\x00\x05")
        archive.writestr(
            "Lund.KML", b"<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>"
        )
    assert [feature.geometry for feature in decode_kmz(buffer.getvalue(), "a.kmz")] == [Place(2, 1)]


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(BadFile, match="unpacks to more than 32 MiB"):
        decode_kmz(zipped("doc.kml", b" " * 2**26), "a.kmz")


def test_a_lie_about_the_size_is_caught() -> None:
    data = bytearray(zipped("doc.kml", b" " * 2**26))
    for header, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(header) + offset
        data[start : start + 4] = (100).to_bytes(4, "little")
    with pytest.raises(BadFile, match=r"a\.kmz is not a readable KMZ"):
        decode_kmz(bytes(data), "a.kmz")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a readable KMZ"),
        (b"<kml/>", "not a readable KMZ"),
        (zipped("readme.txt", b"hello"), "no .kml file"),
        (zipped("doc.kml", b"<kml/>", zipfile.ZIP_LZMA), "ordinary zip"),
        (zipped("doc.kml", b"<gpx/>"), "not KML"),
    ],
)
def test_a_bad_archive_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        decode_kmz(data, "a.kmz")


def test_an_encrypted_or_crowded_archive_is_refused() -> None:
    locked = bytearray(zipped("doc.kml", b"<kml/>"))
    for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(header) + offset] |= 1
    with pytest.raises(BadFile, match="not a readable KMZ"):
        decode_kmz(bytes(locked), "a.kmz")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}.txt", b"")
    with pytest.raises(BadFile, match="more than 10,000 files"):
        decode_kmz(buffer.getvalue(), "a.kmz")


@given(st.data())
@settings(deadline=None)
def test_a_damaged_archive_gives_features_or_one_sentence(data: st.DataObject) -> None:
    archive = bytearray(encode_kmz([Feature(Place(1, 2), "x" * 50)]))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(archive)))
    for damaged in (bytes(archive), bytes(archive[:cut])):
        said = "a.kmz"
        try:
            assert isinstance(decode_kmz(damaged, "a.kmz"), list)
        except UserError as error:
            said = str(error)
        assert said.startswith("a.kmz")
