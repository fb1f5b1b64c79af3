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


def test_a_street_map_that_is_none_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "app.py"), "--home", str(tmp_path), "--tiles", "a/b"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("a/b is no address of tiles")
    assert done.stderr.count("\n") == 1
