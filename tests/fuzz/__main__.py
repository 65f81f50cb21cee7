"""Throw random parameters, tables and files at the public names.

Those left out are listed in tests/repository/test_fuzz.py, each with the reason.

    python -m tests.fuzz                      compiled, with checks of bounds
    python -m tests.fuzz --interpreted        kernels as plain Python: no compiling
    python -m tests.fuzz -k networks          what pytest's -k selects

Compiled kernels get a cache of their own, since those of the ordinary cache have no
checks of bounds. Filling it takes long. Explicit vectors use pointers, which numba does
not check; interpreted, they are numpy slices, which numpy does.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def environment(args):
    """Return the environment variables of the process that runs the tests."""
    wanted = {"SPARSEKIT_FUZZ_EXAMPLES": str(args.examples)}
    if args.anew:
        wanted["SPARSEKIT_FUZZ_ANEW"] = "1"
    if args.interpreted:
        wanted["NUMBA_DISABLE_JIT"] = "1"
    else:
        wanted["NUMBA_BOUNDSCHECK"] = "1"
        wanted["NUMBA_CACHE_DIR"] = args.cache
    return os.environ | wanted


def main():
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--examples", type=int, default=200, help="per property")
    parser.add_argument(
        "--anew", action="store_true", help="other examples than in the last run"
    )
    parser.add_argument("--interpreted", action="store_true", help="compile nothing")
    parser.add_argument(
        "--cache",
        default=str(Path(tempfile.gettempdir()) / "sparsekit-fuzz-numba"),
        metavar="DIR",
        help="compiled code with checks, default: %(default)s",
    )
    args, rest = parser.parse_known_args()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    command += ["--hypothesis-profile=fuzz", "--tb=short", str(FOLDER), *rest]
    done = subprocess.run(
        command, env=environment(args), cwd=FOLDER.parent.parent, check=False
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
