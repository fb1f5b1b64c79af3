"""The program that opens the studio: how it begins, what it refuses, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from engine.studio.studio import HOME_VARIABLE

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


def test_it_says_where_it_is_and_a_taken_port_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, str(ROOT / "app.py"), "--home", str(tmp_path), "--no-open"]
        done = subprocess.run([*command, "--port", str(port)], capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stdout) == (2, "")
        assert (
            done.stderr
            == f"the studio cannot listen on 127.0.0.1, port {port}; give another --port or --host\n"
        )
    with subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert (
                process.stdout.readline() == f"The studio is at http://127.0.0.1:{port}/ (Ctrl+C ends it)\n"
            )
        finally:
            process.kill()


def test_serve_opens_the_page_and_ctrl_c_closes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "engine", "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and to the page
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err.splitlines()[-1] == "stopped"
    assert not answers(port)


def answers(port: int) -> bool:
    """Whether a page is served at this port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False
