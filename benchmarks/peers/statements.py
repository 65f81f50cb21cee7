"""Statements about other libraries, each with a small program that looks."""

import contextlib
import io
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

# The distribution that tells the version comes first; all of them are needed.
PEERS = {
    "SparseLab": ("sparselab", "torch"),
    "PyTorch": ("torch",),
    "Nerva": ("nerva-torch", "torch"),
    "rigl-torch": ("rigl-torch", "torch", "torchvision"),
    "skorch": ("skorch", "torch"),
    "scikit-learn": ("scikit-learn",),
    "pyampute": ("pyampute",),
    "mdatagen": ("mdatagen",),
    "missingno": ("missingno",),
    "cleanlab": ("cleanlab",),
    "river": ("river",),
}
STATEMENTS = []


@dataclass(frozen=True)
class Statement:
    """What the page says of a library, and the check that found it."""

    peer: str
    text: str
    check: Callable

    def look(self):
        """Return "yes", "no" or "not checked", and what was seen."""
        try:
            with _silence():
                holds, found = self.check()
        except Exception as error:  # a peer may fail in any way
            return "not checked", f"{type(error).__name__}: {error}"
        return "yes" if holds else "no", str(found)


def says(peer):
    """Register a check; the first line of its docstring is the statement.

    A check returns whether the statement holds, and what was seen.
    """

    def register(check):
        text = check.__doc__.splitlines()[0].removesuffix(".")
        STATEMENTS.append(Statement(peer, text, check))
        return check

    return register


def versions_of(peer):
    """Return the versions of all that a library needs, None if something is missing."""
    try:
        return [f"{name} {version(name)}" for name in PEERS[peer]]
    except PackageNotFoundError:
        return None


@contextlib.contextmanager
def _silence():
    """Keep back what a library prints, logs or warns about."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
