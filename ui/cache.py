"""The page's cache: files that browsers load once, named by their content so that none is ever out of date."""

import hashlib
import json
from pathlib import Path
from typing import Any

from engine.atomic import writing_file


def cached_json(folder: Path, name: str, data: Any) -> Path:
    """The file that holds `data` as JSON; it is written only where it is not there yet. Raises DiskFull."""
    content = json.dumps(data, separators=(",", ":")).encode()
    path = folder / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}.json"
    if not path.is_file():
        with writing_file(path) as half_done:
            half_done.write_bytes(content)
    return path
