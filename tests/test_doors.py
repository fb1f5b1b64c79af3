"""The house's doors open downwards only; this test reads every import and fails on any other door."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# What each room may import, beside itself. The order is the order of the floors.
_GROUND = {"errors", "atomic", "parallel", "presets"}
_BELOW_STUDIO = _GROUND | {"geo", "photos", "world", "diffusion", "training", "landmark", "evaluation"}
DOORS = {
    "errors": set(),
    "atomic": _GROUND,
    "parallel": _GROUND,
    "presets": _GROUND,
    "geo": _GROUND,
    "photos": _GROUND | {"geo"},
    "world": _GROUND | {"geo", "photos"},
    "diffusion": _GROUND | {"geo", "photos"},
    "training": _GROUND | {"geo", "photos", "world", "diffusion"},
    "landmark": _GROUND | {"geo", "photos", "world", "diffusion", "training"},
    "evaluation": _GROUND | {"geo", "photos", "world", "diffusion", "training"},
    "studio": _BELOW_STUDIO,
    "cli": _BELOW_STUDIO | {"studio"},
    "__main__": {"cli"},
    "__init__": set(),
}
NO_PAGE = {"gradio", "folium", "leafmap"}
NO_TORCH = {"geo", "photos", "errors", "atomic", "parallel", "presets"}
MODULES = sorted((ROOT / "engine").rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Dotted names of everything that a module imports, at any depth of nesting."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)} uses a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_doors_open_downwards_only(path: Path) -> None:
    room = path.relative_to(ROOT / "engine").parts[0].removesuffix(".py")
    assert room in DOORS, f"{room} is not a room of the house"
    for name in imports(path):
        top = name.split(".")[0]
        assert top not in NO_PAGE | {"ui", "app", "tests", "bench"}, f"engine must not import {name}"
        assert not (room in NO_TORCH and top in {"torch", "diffusers", "transformers"}), f"{room}: {name}"
        if match := re.match(r"engine\.(\w+)", name):
            target = match[1]
            assert target in {room, "__version__"} | DOORS[room], f"{room} must not open the door to {target}"


def test_the_page_is_behind_the_studio() -> None:
    for path in [ROOT / "app.py", *(ROOT / "ui").rglob("*.py")]:
        tops = {name.split(".")[0] for name in imports(path)}
        assert not tops & {"tests", "bench"}
        if path.parent.name == "ui":
            assert "app" not in tops
