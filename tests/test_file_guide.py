"""The README's File Guide is what the files say of themselves.

python tests/test_file_guide.py     writes it anew (make guide)
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
_GUIDE = re.compile(r"(?<=<!-- file guide -->\n).*?(?=<!-- /file guide -->)", re.DOTALL)


def file_guide() -> str:
    """One line a file, room by room: the first line of its docstring."""
    lines = []
    for folder in ["", *_folders()]:
        files = sorted((ROOT / folder).glob("*.py"))
        rows = [f"| `{path.name}` | {_first_line(path)} |" for path in files if path.name != "__init__.py"]
        package = ROOT / folder / "__init__.py"
        title = f"**{folder or 'top level'}**" + (f": {_first_line(package)}" if package.exists() else "")
        if rows:
            lines += [title, "", "| file | what is in it |", "|---|---|", *rows, ""]
    return "\n".join(lines) + "\n"


def test_the_file_guide_is_true() -> None:
    match = _GUIDE.search(README.read_text(encoding="utf-8"))
    assert match is not None, "the README has lost its File Guide"
    assert match[0].strip() == file_guide().strip(), "run `make guide`"


def _folders() -> list[str]:
    return sorted(
        path.parent.relative_to(ROOT).as_posix()
        for top in ("engine", "ui", "bench")
        for path in (ROOT / top).rglob("__init__.py")
    )


def _first_line(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{path.relative_to(ROOT)} does not say what is in it"
    return docstring.splitlines()[0].rstrip(".").replace("|", "\\|")


if __name__ == "__main__":
    text = _GUIDE.sub(lambda _: file_guide(), README.read_text(encoding="utf-8"))
    README.write_text(text, encoding="utf-8")
