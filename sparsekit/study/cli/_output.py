"""What both commands need for their output: folder, figure, text, errors in a line."""

import importlib.util
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from sparsekit._utils._figures import import_pyplot
from sparsekit._utils._whole_files import replace_file
from sparsekit.study.cli._user_table import InputError


@contextmanager
def reported(advice=""):
    """Turn what estimators, maskers and files refuse into an error of one line."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (ValueError, TypeError, ImportError, OSError) as error:
        raise InputError(" ".join(f"{error} {advice}".split())) from error


def can_draw(args):
    """Return whether a figure is to be drawn; say so if it cannot be."""
    if args.no_plot:
        return False
    if importlib.util.find_spec("matplotlib") is None:
        sys.stderr.write(
            "No figure will be drawn, matplotlib is missing: pip install matplotlib\n"
        )
        return False
    return True


def usable_folder(path):
    """Return the output folder; it is made, and tried, before anything is trained."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputError(
            f"cannot write to the output folder {folder}: {error.strerror}. Choose "
            "another with --output."
        ) from error
    return folder


def draw_file(draw, path):
    """Write the figure of the display that `draw` returns to a file."""
    import matplotlib as mpl

    # A file needs no window, and a machine without a screen has none.
    mpl.use("Agg")
    figure = draw().figure_
    replace_file(path, lambda file: figure.savefig(file, format="png", dpi=160))
    import_pyplot("The figure").close(figure)


def speaker(args):
    """Return what takes text for people, who may want none."""
    return _silent if args.quiet else sys.stdout.write


def _silent(text):
    pass
