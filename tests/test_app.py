"""The program that opens the studio: what it does before there is a page."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what a process has loaded")
def test_ctrl_c_while_it_is_loading_ends_it_in_silence(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "--home", str(tmp_path), "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        maps, deadline = Path(f"/proc/{process.pid}/maps"), time.monotonic() + 20
        while "pydantic_core" not in maps.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out, err) == (130, "", "")
