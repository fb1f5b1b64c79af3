"""`python -m engine VERB`, the command line."""

import os
import sys

# Threads of torch sleep while they wait. Spinning, they take the cores from each other and from other programs.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

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
