"""The manifest of a model folder: a hash of every file, checked before any tensor is used."""

import hashlib
import json
from pathlib import Path

from engine.errors import BadModel

MANIFEST_FILE = "manifest.json"
_PICKLES = {".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle"}
_LOADED = {".safetensors", ".json", ".txt"}
_CONFIGS = {"model_index.json", "config.json", "tokenizer_config.json"}
_ORIGIN = {"_name_or_path", "is_local", "local_files_only"}


def forget_origin(folder: Path) -> None:
    """Take out of the configs where each part was loaded from: it tells of this computer and changes the hashes."""
    for path in folder.rglob("*.json"):
        if path.name in _CONFIGS:
            config = json.loads(path.read_text(encoding="utf-8"))
            kept = {name: value for name, value in config.items() if name not in _ORIGIN}
            path.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_manifest(folder: Path) -> None:
    """Write manifest.json: sha256 of every other file in `folder`, by relative path."""
    hashes = {name: _sha256(folder / name) for name in _files(folder)}
    (folder / MANIFEST_FILE).write_text(json.dumps({"sha256": hashes}, indent=2) + "\n", encoding="utf-8")


def check_manifest(folder: Path) -> None:
    """Nothing, when every file is what the manifest says.

    Raises BadModel for a pickle, a missing or changed file, and a loadable file that the manifest does not know.
    """
    refuse_pickles(folder)
    path = folder / MANIFEST_FILE
    try:
        hashes: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["sha256"]
        expected = set(hashes)
    except FileNotFoundError:
        raise BadModel(f"{folder} has no {MANIFEST_FILE}; copy the whole model folder again") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadModel(f"{path} is damaged ({error}); copy the whole model folder again") from error
    present = set(_files(folder))
    if missing := expected - present:
        raise BadModel(f"{folder / min(missing)} is missing; copy the whole model folder again")
    if strangers := {name for name in present - expected if Path(name).suffix in _LOADED}:
        raise BadModel(
            f"{folder / min(strangers)} is not in {MANIFEST_FILE}; remove it if you did not put it there"
        )
    for name, expected_hash in hashes.items():
        if _sha256(folder / name) != expected_hash:
            raise BadModel(
                f"{folder / name} is not the file that was saved (its hash differs); copy it again"
            )


def manifest_hash(folder: Path) -> str:
    """sha256 of the manifest: one value that stands for the whole model."""
    return _sha256(folder / MANIFEST_FILE)


def refuse_pickles(folder: Path) -> None:
    """Nothing, when `folder` holds no pickle, which could run any code when loaded. Raises BadModel."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in _PICKLES:
            raise BadModel(
                f"{path} is a pickle, which can run any code when loaded; convert it to safetensors"
            )


def _files(folder: Path) -> list[str]:
    """Relative paths of the files in `folder`, hidden ones and the manifest apart."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path.as_posix()
        for path in paths
        if path.as_posix() != MANIFEST_FILE and not any(part.startswith(".") for part in path.parts)
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
