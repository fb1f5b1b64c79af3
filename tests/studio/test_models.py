"""The shelf: what stands on it, what is wrong with it, and what stays in memory."""

import shutil
from pathlib import Path

import pytest

from engine.diffusion.card import PlaceCard
from engine.diffusion.loading import save_pipeline
from engine.diffusion.tiny import build_tiny
from engine.errors import BadModel, MissingModel
from engine.geo.region import Box
from engine.studio.models import UNTRAINED, ModelShelf

CARD = PlaceCard(name="Lund", box=Box(55.65, 13.1, 55.75, 13.3), base_model="tiny", resolution_px=64)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder `lund`, to be copied."""
    folder = tmp_path_factory.mktemp("saved") / "lund"
    save_pipeline(build_tiny(CARD), folder)
    return folder


@pytest.fixture
def shelf(tmp_path: Path, saved: Path) -> ModelShelf:
    """A shelf with one sound model, `lund`."""
    shutil.copytree(saved, tmp_path / "lund")
    return ModelShelf(tmp_path)


def test_an_empty_shelf_has_the_untrained_model(tmp_path: Path) -> None:
    (entry,) = ModelShelf(tmp_path / "none").entries()
    assert entry.name == UNTRAINED == ModelShelf(tmp_path).default
    assert entry.card is not None
    assert entry.card.untrained
    assert entry.card.box is not None
    assert entry.path is entry.problem is None


def test_models_are_listed_by_name_with_their_cards(shelf: ModelShelf, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "lund", tmp_path / "berlin")
    assert [entry.name for entry in shelf.entries()] == ["berlin", "lund", UNTRAINED]
    assert shelf.get("lund").card == CARD
    assert shelf.default == "berlin"
    shutil.copytree(tmp_path / "lund", tmp_path / "demo")
    assert shelf.default == "demo"


def test_folders_that_are_no_models_are_not_listed(shelf: ModelShelf, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "lund", tmp_path / ".lund.17.partial")
    (tmp_path / "notes").mkdir()
    (tmp_path / "README.md").write_text("models go here")
    assert [entry.name for entry in shelf.entries()] == ["lund", UNTRAINED]


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda folder: (folder / "place.json").unlink(), "no place.json"),
        (lambda folder: (folder / "place.json").write_text("{"), "cannot be read as a model card"),
        (lambda folder: (folder / "manifest.json").unlink(), "no manifest.json"),
    ],
)
def test_a_broken_folder_is_listed_with_its_problem(shelf: ModelShelf, damage, problem: str) -> None:
    damage(shelf.folder / "lund")
    entry = shelf.entries()[0]
    assert entry.name == "lund"
    assert entry.problem is not None
    assert problem in entry.problem
    assert shelf.default == UNTRAINED
    with pytest.raises(BadModel, match=problem):
        shelf.load("lund")


def test_a_changed_weight_is_refused_on_loading(shelf: ModelShelf) -> None:
    weights = next((shelf.folder / "lund" / "unet").glob("*.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert shelf.get("lund").problem is None
    with pytest.raises(BadModel, match="hash differs"):
        shelf.load("lund")


def test_a_missing_model_names_those_that_exist(shelf: ModelShelf) -> None:
    with pytest.raises(MissingModel, match="no model 'paris'; there are lund, tiny"):
        shelf.get("paris")


def test_a_path_is_no_name(shelf: ModelShelf, tmp_path: Path) -> None:
    with pytest.raises(MissingModel):
        shelf.get(str(tmp_path / "lund"))


def test_a_folder_is_invited_and_known_by_its_name(
    shelf: ModelShelf, tmp_path: Path, saved: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert shelf.invite("lund") == shelf.invite(str(tmp_path / "lund")) == shelf.invite(f"{tmp_path}/lund/")
    assert shelf.get("lund").path == tmp_path / "lund"
    guest = shutil.copytree(saved, tmp_path_factory.mktemp("elsewhere") / "malmö")
    assert shelf.invite(str(guest)) == "malmö"
    assert shelf.get("malmö").path == guest
    assert shelf.load("malmö").card == CARD
    with pytest.raises(MissingModel, match="no model 'nowhere'"):
        shelf.invite("nowhere")


def test_the_last_used_models_stay_in_memory(shelf: ModelShelf, tmp_path: Path) -> None:
    first = shelf.load("lund")
    assert shelf.load(shelf.invite(str(tmp_path / "lund"))) is first
    assert first.card == CARD
    untrained = shelf.load(UNTRAINED)
    assert shelf.load("lund") is first
    shutil.copytree(tmp_path / "lund", tmp_path / "third")
    shelf.load("third")
    assert shelf.load("lund") is first
    assert shelf.load(UNTRAINED) is not untrained


def test_a_model_that_was_trained_again_is_read_again(shelf: ModelShelf, tmp_path: Path) -> None:
    first = shelf.load("lund")
    save_pipeline(build_tiny(CARD, seed=1), tmp_path / "lund")
    again = shelf.load("lund")
    assert again is not first
    assert shelf.get("lund").identity["manifest"] is not None


def test_the_name_of_the_untrained_model_is_taken(shelf: ModelShelf, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "lund", tmp_path / UNTRAINED)
    named = [entry for entry in shelf.entries() if entry.name == UNTRAINED]
    assert len(named) == 2
    assert named[0].problem is not None
    assert "rename" in named[0].problem
    assert shelf.get(UNTRAINED).path is None
