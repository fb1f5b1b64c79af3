"""Pictures of a place from its coordinates: the command line, with the same requests as the page.

    python -m engine VERB ...        exit code 0 done, 1 our fault, 2 the user's mistake, 130 Ctrl+C

Everything heavy is imported when a verb runs, so that --help answers at once.
"""

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import tyro

from engine.errors import BadRequest, Cancelled, GeniusLociError, UserError
from engine.studio.verbs.atlas import Atlas
from engine.studio.verbs.attend import Attend
from engine.studio.verbs.average import Average
from engine.studio.verbs.belong import Belong
from engine.studio.verbs.evidence import Evidence
from engine.studio.verbs.generate import Generate
from engine.studio.verbs.grid import Grid
from engine.studio.verbs.history import History
from engine.studio.verbs.ingest import Ingest
from engine.studio.verbs.models import Check, Models
from engine.studio.verbs.orbit import Orbit
from engine.studio.verbs.reconstruct import Reconstruct
from engine.studio.verbs.serve import Serve
from engine.studio.verbs.sfm import Sfm
from engine.studio.verbs.train import train_angle, train_gps, train_judge
from engine.studio.verbs.verb import Verb
from engine.studio.verbs.walk import Walk
from engine.studio.verbs.world import WorldPhotos

PROGRAM = "python -m engine"
ABOUT = "Pictures of a place from its coordinates."


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the command in `argv`: 0, 1 our fault, 2 the user's mistake, 130 stopped."""
    argv = sys.argv[1:] if argv is None else argv
    as_json = "--json" in argv
    try:
        verb = _parse(argv)
        outcome = verb.run()
        for notice in outcome.notices:
            print(f"notice: {notice}", file=sys.stderr, flush=True)
        text = json.dumps(outcome.data, indent=2, ensure_ascii=False) if as_json else outcome.text
        if text:
            print(text, flush=True)
        return outcome.code
    except SystemExit as error:  # --help
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        return _failed("stopped", 130, as_json)
    except Cancelled as error:
        return _failed(error, 130, as_json)
    except BrokenPipeError:  # somebody closed the pipe, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UserError as error:
        return _failed(error, 2, as_json)
    except GeniusLociError as error:
        return _failed(error, 1, as_json)
    except Exception as error:
        if os.environ.get("GENIUS_LOCI_DEBUG"):
            raise
        where = "set GENIUS_LOCI_DEBUG=1 to see where"
        return _failed(f"unexpected {type(error).__name__}: {error}; {where}", 1, as_json)


def _parse(argv: Sequence[str]) -> Verb:
    """The verb that the words ask for. BadRequest in one line; SystemExit(0) after --help."""
    app = _app(
        {
            "ingest": Ingest,
            "world": {"photos": WorldPhotos},
            "train": {"gps": train_gps(argv), "angle": train_angle(argv), "judge": train_judge(argv)},
            "generate": Generate,
            "average": Average,
            "walk": Walk,
            "orbit": Orbit,
            "reconstruct": Reconstruct,
            "sfm": Sfm,
            "grid": Grid,
            "attend": Attend,
            "atlas": Atlas,
            "belong": Belong,
            "evidence": Evidence,
            "history": History,
            "models": Models,
            "check": Check,
            "serve": Serve,
        }
    )
    complaint = io.StringIO()
    try:
        with contextlib.redirect_stderr(complaint):
            return app.cli(prog=PROGRAM, args=list(argv), description=ABOUT)
    except SystemExit as error:
        if error.code in (0, None):
            raise
        raise BadRequest(f"{_first_words(complaint.getvalue())}; see {PROGRAM} --help") from None


def _first_words(box: str) -> str:
    """What is wrong and what was perhaps meant, out of the box that tyro draws: a title, the matter, and more."""
    lines = [line.strip(" │╭╮╰╯─") for line in box.splitlines()]
    drawn = "\n".join("" if set(line) <= {"-"} else line for line in lines).strip()
    _, *blocks = re.split(r"\n{2,}", drawn.replace("\n", "\n\n", 1))
    blocks = [" ".join(block.split()) for block in blocks]
    matter = re.sub(r" \(applied to [^)]*\)", "", blocks[0]) if blocks else "the command cannot be read"
    for block in blocks:
        if block.startswith("Available subcommands: "):
            return f"{matter}; choose from {block.removeprefix('Available subcommands: ')}"
        if meant := re.match(r"Perhaps you meant: (--[\w-]+)", block):
            return f"{matter}; perhaps {meant[1]} was meant"
    return matter.strip(" .")


def _app(verbs: Mapping[str, Any]) -> Any:
    """The verbs as tyro wants them; a mapping in a mapping is a verb of two words."""
    app = tyro.extras.SubcommandApp()
    for name, verb in verbs.items():
        if isinstance(verb, Mapping):
            app.command(_app(verb), name=name)
        else:
            app.command(verb, name=name)
    return app


def _failed(error: object, code: int, as_json: bool) -> int:
    """`code`, after one line on stderr and, where JSON was asked for, the same as JSON on stdout."""
    line = " ".join(str(error).split())
    print(line, file=sys.stderr)
    if as_json:
        print(json.dumps({"error": type(error).__name__, "message": line}, ensure_ascii=False))
    return code
