"""The verb `serve`: the studio in the browser."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from engine.studio.verbs.verb import Outcome, Verb


@dataclass(frozen=True, kw_only=True)
class Serve(Verb):
    """Open the studio in the browser."""

    port: int = 7860
    """Port to listen on."""

    def run(self) -> Outcome:
        app = Path(__file__).parents[3] / "app.py"
        process = subprocess.Popen([sys.executable, str(app), "--port", str(self.port)], cwd=app.parent)
        try:
            return Outcome("", None, process.wait())
        except KeyboardInterrupt:  # the page got it too; let it close in its own time
            process.wait()
            raise
