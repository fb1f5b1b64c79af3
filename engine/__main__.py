"""`python -m engine VERB`, the command line."""

import os
import sys

# As in app.py: threads of torch that wait go to sleep after some microseconds, and leave the cores to others.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

if __name__ == "__main__":
    try:
        from engine.cli import main

        code = main()
    except KeyboardInterrupt:  # pressed while the command line itself was being loaded
        code = 130
    if code == 130:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # sys.exit may end by the signal instead, where it came amid a dataclass in the making
    sys.exit(code)
