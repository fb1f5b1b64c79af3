"""Opens the studio: python app.py [--host HOST] [--port PORT] [--home FOLDER] [--tiles URL|NAME|none] [--mcp] ..."""

import argparse
import os
import sys
from pathlib import Path

# Threads of torch that wait go to sleep after some microseconds. Left to spin, they take the cores from other programs
# and from each other, and a busy machine is many times as slow; at once asleep, they are slow on an idle one.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def main() -> None:
    """Parse the flags, build the page and serve it until it is stopped."""
    has_display = sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    parser = argparse.ArgumentParser(description="Open the studio in the browser.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, help="port to listen on (default: the first free one from 7860)")
    parser.add_argument("--home", type=Path, help="folder with checkpoints/, collections/ and gallery/")
    parser.add_argument(
        "--tiles", help="street map: address with {z}, {x}, {y}, name like Esri.WorldTopoMap, or none"
    )
    parser.add_argument("--mcp", action="store_true", help="offer the HTTP interface as MCP tools too")
    parser.add_argument("--open", action=argparse.BooleanOptionalAction, default=bool(has_display))
    flags = parser.parse_args()

    from engine.errors import UserError
    from ui.tiles import find_tiles

    try:
        tiles = find_tiles(flags.tiles)
    except UserError as error:
        parser.exit(2, f"{error}\n")

    from engine.studio.studio import Studio
    from ui.build import build_page, launch

    studio = Studio(flags.home)
    page = build_page(studio, tiles)
    try:
        _, address, _ = launch(
            page,
            server_name=flags.host,
            server_port=flags.port,
            inbrowser=flags.open,
            mcp_server=flags.mcp,
        )
    except OSError:
        where = f"port {flags.port}" if flags.port else "any port from 7860 to 7959"
        parser.exit(2, f"the studio cannot listen on {flags.host}, {where}; give another --port or --host\n")
    sys.stdout.write(f"The studio is at {address} (Ctrl+C ends it)\n")
    sys.stdout.flush()
    studio.warm_up()
    page.block_thread()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        os._exit(130)  # at once, with this code: sys.exit waits for threads and may end by the signal instead
