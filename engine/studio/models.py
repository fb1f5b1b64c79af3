"""The shelf of models: which there are, what each is at home with, and the few that are in memory."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.diffusion.card import CARD_FILE, PlaceCard
from engine.diffusion.manifest import MANIFEST_FILE, manifest_hash
from engine.errors import BadModel, MissingModel
from engine.geo.region import Box
from engine.studio.console import quiet_libraries
from engine.studio.judging import is_judge

if TYPE_CHECKING:
    from engine.diffusion.pipeline import PlacePipeline

UNTRAINED = "tiny"
"""Name of the model that is always there: random weights on Manhattan, so it makes noise, and says so."""

DEMO = "demo"
"""Name of the model that is taken when none is named."""


@dataclass(frozen=True)
class ModelEntry:
    """One model on the shelf."""

    name: str
    """Name of its folder."""
    path: Path | None
    """Its folder; None for the untrained one, which is built."""
    card: PlaceCard | None
    """What place.json says; None where it cannot be read."""
    problem: str | None = None
    """One sentence about why it cannot be used; None when it can, as far as that shows before loading."""

    @property
    def identity(self) -> dict[str, Any]:
        """Name and manifest hash (None for the untrained one), which together say which weights they were."""
        return {"name": self.name, "manifest": manifest_hash(self.path) if self.path else None}


class ModelShelf:
    """The folder of models. Listing reads cards only; weights are read, and their hashes checked, by `load`."""

    def __init__(self, folder: Path, keep: int = 2) -> None:
        """`keep` models stay in memory, the last used ones."""
        self.folder = folder
        self._keep = keep
        self._loaded: OrderedDict[tuple[str, str | None], PlacePipeline] = OrderedDict()
        self._guests: dict[str, ModelEntry] = {}
        self._lock = threading.Lock()

    def entries(self) -> tuple[ModelEntry, ...]:
        """Every model by name, the untrained one last; a broken folder is among them, with its problem."""
        folders = sorted(self.folder.iterdir()) if self.folder.is_dir() else []
        return (*(_entry(folder) for folder in folders if _looks_like_a_model(folder)), _untrained())

    @property
    def default(self) -> str:
        """Name of the model to use when none is named: the demo, else the first sound one, else the untrained."""
        sound = [entry.name for entry in self.entries() if entry.problem is None]
        return DEMO if DEMO in sound else sound[0]

    def get(self, name: str) -> ModelEntry:
        """The model of that name. MissingModel lists the names that exist; a path is no name."""
        entries = {entry.name: entry for entry in self.entries()} | self._guests
        if name in entries:
            return entries[name]
        raise MissingModel(f"there is no model {name[:80]!r}; there are {', '.join(entries)}")

    def invite(self, model: str) -> str:
        """Name of the model that a user of this computer means by a name or a folder.

        A folder from elsewhere can be had by its name from now on. Not for visitors of a page, who may know the
        names on the shelf and nothing of other folders. MissingModel where it is neither.
        """
        folder = Path(model)
        known = {entry.name for entry in self.entries()}
        if model in known or not folder.is_dir():
            return self.get(model).name
        entry = _entry(folder)
        if folder.resolve().parent != self.folder.resolve() or entry.name not in known:
            self._guests[entry.name] = entry
        return entry.name

    def load(self, name: str) -> "PlacePipeline":
        """The pipeline of `get(name)`, ready to use; BadModel before any tensor of a damaged folder is used."""
        entry = self.get(name)
        if entry.problem is not None:
            raise BadModel(entry.problem)
        key = (str(entry.path), entry.identity["manifest"])
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = _load(entry)
            self._loaded.move_to_end(key)
            while len(self._loaded) > self._keep:
                self._loaded.popitem(last=False)
            return self._loaded[key]


def _looks_like_a_model(folder: Path) -> bool:
    """Whether a folder is meant to be a model: hidden and half-written ones are not, nor judges."""
    names = (CARD_FILE, MANIFEST_FILE, "model_index.json")
    passed_over = folder.name.startswith(".") or is_judge(folder)
    return not passed_over and any((folder / name).is_file() for name in names)


def _entry(folder: Path) -> ModelEntry:
    """The entry of a folder, with the first problem that shows without reading weights."""
    name = folder.resolve().name
    try:
        card = PlaceCard.read(folder)
    except BadModel as error:
        return ModelEntry(name, folder, None, str(error))
    if name == UNTRAINED and not card.untrained:
        return ModelEntry(name, folder, card, f"{folder} has a name that is taken; rename the folder")
    if not (folder / MANIFEST_FILE).is_file():
        return ModelEntry(name, folder, card, f"{folder} has no {MANIFEST_FILE}; copy the whole model again")
    return ModelEntry(name, folder, card)


def _untrained() -> ModelEntry:
    box = Box(south=40.70, west=-74.03, north=40.88, east=-73.90)
    card = PlaceCard(
        name="Manhattan, untrained",
        box=box,
        base_model=UNTRAINED,
        resolution_px=64,
        untrained=True,
        guidance_scale=2.0,
        gps_guidance_scale=2.0,
    )
    return ModelEntry(UNTRAINED, None, card)


def _load(entry: ModelEntry) -> "PlacePipeline":
    from engine.diffusion.loading import load_pipeline
    from engine.diffusion.tiny import build_tiny

    quiet_libraries()
    pipe = build_tiny(entry.card) if entry.path is None else load_pipeline(entry.path)
    pipe.set_progress_bar_config(disable=True)
    return pipe
