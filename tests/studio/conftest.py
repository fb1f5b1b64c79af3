"""What the tests of requests share: a studio of their own, with the model of the module's town."""

from pathlib import Path

import pytest

from engine.studio.studio import Studio


@pytest.fixture
def studio(town: Path, tmp_path: Path) -> Studio:
    """A studio with the model of the town, and an empty gallery."""
    (tmp_path / "checkpoints").symlink_to(town / "checkpoints")
    return Studio(tmp_path)
