"""Examples that warn, or that draw nothing, fail the build as those that raise do."""

import warnings
from pathlib import Path

# The non-interactive backend says so when an example calls show().
SHOWN = "FigureCanvasAgg is non-interactive"
_before = []


def raise_warnings(gallery_conf, name, when):
    """Make warnings errors while an example runs, and forget what it filtered."""
    if when == "before":
        _before.append(warnings.filters[:])
        warnings.resetwarnings()
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", SHOWN)
    else:
        warnings.resetwarnings()
        warnings.filters[:] = _before.pop()


def without_figure(examples, gallery):
    """Return the names of the examples that the gallery has no figure of."""
    found = []
    for example in sorted(examples.glob("*/plot_*.py")):
        place = gallery / example.parent.name / "images"
        if not (place / f"sphx_glr_{example.stem}_001.png").exists():
            found.append(example.relative_to(examples).as_posix())
    return found


def check_figures(app):
    """Warn, and so fail the build, about examples that drew nothing."""
    from sphinx.util import logging

    # On the command line, 0 is text.
    if str(app.config.sphinx_gallery_conf.get("plot_gallery", True)) in ("0", "False"):
        return
    source = Path(app.srcdir)
    for name in without_figure(source.parent / "examples", source / "gallery"):
        logging.getLogger(__name__).warning("examples/%s draws no figure", name)


def setup(app):
    # After the gallery, which is made at this event, too.
    app.connect("builder-inited", check_figures, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
