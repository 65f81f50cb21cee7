"""``python -m sparsekit.study`` is ``sparsekit study``."""

import sys

from sparsekit.study.cli import main

if __name__ == "__main__":
    sys.exit(main(["study", *sys.argv[1:]]))
