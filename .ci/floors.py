"""Print the oldest release of every dependency that pyproject.toml allows, for pip."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def floors(pyproject):
    """Return the dependencies of a project with each floor made exact."""
    return [line.replace(">=", "==") for line in pyproject["project"]["dependencies"]]


if __name__ == "__main__":
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    print("\n".join(floors(tomllib.loads(text))))
