"""Tables of strangers: columns by many names, three separators, decimal commas, and one sentence for the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile, BadPlace, UserError
from engine.geo.formats.feature import Feature
from engine.geo.formats.table import decode
from engine.geo.place import Place


def decoded(text: str) -> list[Feature]:
    return decode(text.encode(), "a.csv")


@pytest.mark.parametrize(
    "text",
    [
        "latitude,longitude,name\n55.7,13.2,Lund\n",
        "lat,lon,name\r\n55.7,13.2,Lund\r\n",
        "name,lng,lat\nLund,13.2,55.7",
        "Lat;Long;Title\n55,7;13,2;Lund\n",
        "LAT\tLON\tLabel\n55.7\t13.2\tLund\n",
        "Name|GPS Latitude|GPS_Longitude\nLund|55.7|13.2\n",
        '"decimalLatitude","decimalLongitude","name"\n"55.7","13.2","Lund"\n',
        "\ufefflat,lon,name\n55.7,13.2,Lund\n",
        "\n\nx,y,name\n\n13.2,55.7,Lund\n,,\n",
        "lat , lon , name\n 55.7 , 13.2 , Lund \n",
        "lat,lon,name\n55.7,13.2,Lund,,\n",
    ],
)
def test_common_spellings_are_read(text: str) -> None:
    assert decoded(text) == [Feature(Place(55.7, 13.2), "Lund")]


def test_other_cells_become_properties_and_empty_ones_do_not() -> None:
    text = ',lat,lon,caption,tags\n7,1,2,"a ""quoted"", street\nin Lund",\n8,3,4,,x\n9,5,6\n'
    assert [feature.properties for feature in decoded(text)] == [
        {"column 1": "7", "caption": 'a "quoted", street\nin Lund'},
        {"column 1": "8", "tags": "x"},
        {"column 1": "9"},
    ]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", BadFile, "no columns latitude and longitude"),
        ("55.7,13.2\n", BadFile, "in its first line '55.7,13.2'; add them"),
        ("lat,name\n1,2\n", BadFile, "no columns"),
        ("lat,lon\n1,2,3\n", BadFile, "line 2 has more cells"),
        ("lat,lon\n1,2\n\nx,4\n", BadPlace, "line 4: latitude 'x' is not a number"),
        ("lat,lon,name\n1,,Lund\n", BadPlace, "line 2 \"Lund\": longitude '' is not a number"),
        ("lat,lon\n1\n", BadPlace, "longitude '' is not a number"),
        ("lat,lon\nnan,1\n", BadPlace, "'nan' is not a number"),
        ("lat,lon\n120.5,40\n", BadPlace, "latitude 120.5 is not on Earth; it is probably swapped"),
        ("lat,lon\n1,2\n3,'4'\n", BadPlace, "line 3"),
        ("lat,lon,n\n1,2," + "a" * 200_000, BadFile, "line 2 is not CSV"),
        ("lat,lon\n" + "1,2\n" * 1_000_000, BadFile, "1,000,000 positions"),
    ],
)
def test_a_mistake_is_named(text: str, error: type[UserError], words: str) -> None:
    with pytest.raises(error, match=words) as caught:
        decoded(text)
    assert str(caught.value).startswith("a.csv")
    assert len(str(caught.value)) < 250


def test_other_encodings_are_refused() -> None:
    with pytest.raises(BadFile, match="not UTF-8"):
        decode("lat,lon,name\n1,2,Malmö".encode("latin-1"), "a.csv")


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_gives_places_or_one_sentence(text: str) -> None:
    for whole in (text, f"lat,lon,name\n{text}", f"lat;lon\n{text}"):
        said = "a.csv"
        try:
            assert all(isinstance(feature.geometry, Place) for feature in decode(whole.encode(), "a.csv"))
        except UserError as error:
            said = str(error)
        assert said.startswith("a.csv")
