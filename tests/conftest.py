"""What every test may lean on: no network, and the folder of sample data where there is one."""

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as in app.py

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of real photos and vectors for tests only; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the sample data folder ../shared/data is absent")
    return SHARED
