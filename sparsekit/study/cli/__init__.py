"""The command ``sparsekit``: its options, ``study`` and ``compare``."""

from sparsekit.study.cli._main import main

__all__ = ["main"]
