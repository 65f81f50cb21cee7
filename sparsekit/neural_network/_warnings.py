"""Warnings that point at the line of the user, however deep they arise."""

import sys
import warnings
from pathlib import Path

import sklearn

_LIBRARIES = (str(Path(__file__).parents[1]), str(Path(sklearn.__file__).parent))


def warn_user(message, category=UserWarning):
    """Warn at the innermost line that belongs neither to sparsekit nor scikit-learn."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARIES):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
