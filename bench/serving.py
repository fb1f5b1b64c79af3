"""The studio served for a measurement, in a process of its own with a home of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


@contextlib.contextmanager
def served(checkpoints: Path | None = None, collections: Path | None = None) -> Iterator[str]:
    """The page's address, as soon as it answers; its home is empty but for links to checkpoints and collections."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        for name, folder in (("checkpoints", checkpoints), ("collections", collections)):
            if folder is not None:
                (Path(home) / name).symlink_to(folder.resolve())
        environment = os.environ | {"GENIUS_LOCI_HOME": home, "GRADIO_ANALYTICS_ENABLED": "False"}
        command = [sys.executable, "app.py", "--port", str(port), "--no-open"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            while not _answers(port):
                if process.poll() is not None:
                    raise SystemExit(f"app.py ended with exit code {process.returncode}")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False
