"""The verbs `models` and `check`: what stands on the shelf, and whether it is whole."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro

from engine.studio.judging import judge_folder
from engine.studio.verbs.verb import Outcome, Verb

if TYPE_CHECKING:
    from engine.studio.models import ModelEntry


@dataclass(frozen=True, kw_only=True)
class Models(Verb):
    """List the models on the shelf."""

    def run(self) -> Outcome:
        from engine.studio.studio import Studio

        entries = Studio().shelf.entries()
        return Outcome("\n".join(map(_line, entries)), [_data(entry) for entry in entries])


@dataclass(frozen=True, kw_only=True)
class Check(Verb):
    """Check every file of a model, and of the judge beside it, against the hashes in its manifest."""

    model: tyro.conf.Positional[str]
    """Name of a model, or its folder; or the folder of a judge."""

    def run(self) -> Outcome:
        from engine.diffusion.manifest import check_manifest, manifest_hash
        from engine.studio.judging import is_judge
        from engine.studio.studio import Studio

        folder = Path(self.model)
        if folder.is_dir() and is_judge(folder):
            check_manifest(folder)
            identity = {"name": folder.resolve().name, "manifest": manifest_hash(folder)}
            return Outcome(f"the judge {identity['name']} {_WHOLE}", identity)
        shelf = Studio().shelf
        entry = shelf.get(shelf.invite(self.model))
        if entry.path is None:
            return Outcome(f"{entry.name} is built from a seed; it has no files to check", entry.identity)
        from engine.diffusion.loading import check_model

        check_model(entry.path)
        judge = judge_folder(entry.path)
        if judge is None:
            return Outcome(f"{entry.name} {_WHOLE}", entry.identity)
        check_manifest(judge)
        identity = {**entry.identity, "judge": manifest_hash(judge)}
        return Outcome(f"{entry.name} and its judge are whole: every file is as it was saved", identity)


_WHOLE = "is whole: every file is as it was saved"


def _line(entry: "ModelEntry") -> str:
    """One line about a model: lund: Lund; longitude, latitude; 55.6500,13.1000 to 55.7500,13.3000."""
    facts = []
    if card := entry.card:
        facts += [card.name, ", ".join(card.conditions)]
        if box := card.box:
            facts.append(f"{box.south:.4f},{box.west:.4f} to {box.north:.4f},{box.east:.4f}")
        if card.untrained:
            facts.append("untrained, so it can only make noise")
    if judge_folder(entry.path):
        facts.append("with a judge")
    if entry.problem:
        facts.append(f"not usable: {entry.problem}")
    return f"{entry.name}: {'; '.join(facts)}"


def _data(entry: "ModelEntry") -> dict[str, Any]:
    card = entry.card
    return {
        "name": entry.name,
        "path": str(entry.path) if entry.path else None,
        "problem": entry.problem,
        "title": card.name if card else None,
        "kind": card.kind if card else None,
        "conditions": list(card.conditions) if card else None,
        "box": asdict(card.box) if card and card.box else None,
        "resolution_px": card.resolution_px if card else None,
        "untrained": card.untrained if card else None,
        "judge": judge_folder(entry.path) is not None,
    }
