"""The verb `serve`: the studio in the browser."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from engine.studio.verbs.verb import Outcome, Verb


@dataclass(frozen=True, kw_only=True)
class Serve(Verb):
    """Open the studio in the browser."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 lets the whole network in."""
    port: int | None = None
    """Port to listen on; without it the first free one from 7860."""

    def run(self) -> Outcome:
        app = Path(__file__).parents[3] / "app.py"
        port = () if self.port is None else ("--port", str(self.port))
        # The page is a floor above this one, so it is opened as the program that it is.
        process = subprocess.Popen([sys.executable, str(app), "--host", self.host, *port], cwd=app.parent)
        try:
            return Outcome("", None, process.wait())
        except KeyboardInterrupt:  # the page got it too; let it close in its own time
            process.wait()
            raise
