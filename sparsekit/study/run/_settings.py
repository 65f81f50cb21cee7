"""What the rows of a results file depend on, as JSON beside it."""

import json
import re
from pathlib import Path

import sklearn

from sparsekit import __version__
from sparsekit._utils._whole_files import replace_file

_FORMAT = "sparsekit study, 1"

# Where an object lives in memory is no setting.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def settings_of(plan):
    """Return the settings of a plan as what JSON can hold.

    The grid is not among them. A fit depends on its own place in the grid only, so a
    study may go on with more seeds, rates, models or tables than it began with.
    """
    return {
        "format": _FORMAT,
        # Rows of two releases are not put into one file.
        "versions": {"sparsekit": __version__, "scikit-learn": sklearn.__version__},
        "datasets": {
            name: {
                "checksum": table.checksum(),
                "rows": table.X.shape[0],
                "features": table.X.shape[1],
                "task": table.task,
                "test_size": table.test_size,
            }
            for name, table in plan.tables.items()
        },
        "models": {
            name: {
                label: _class_and_parameters(model) for label, model in models.items()
            }
            for name, models in plan.models.items()
        },
    }


def write_settings(path, settings):
    """Write settings so that the file is whole or not there."""
    text = json.dumps(settings, indent=1) + "\n"
    replace_file(path, lambda file: file.write(text.encode()))


def read_settings(path):
    """Return the settings in a file, or None if there is no such file.

    Raises
    ------
    ValueError
        If the file holds something else.
    """
    try:
        settings = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} holds no settings of a study: {error}") from error
    if not isinstance(settings, dict) or settings.get("format") != _FORMAT:
        raise ValueError(f"{path} holds no settings of a study that can be read here.")
    return settings


def first_difference(old, new):
    """Return where two settings differ, as text, or None if they do not contradict.

    What only one of them has, such as another table, is no contradiction.
    """
    return _difference(old, new, ())


def _difference(old, new, path):
    if isinstance(old, dict) and isinstance(new, dict):
        shared = (key for key in old if key in new)
        found = (_difference(old[key], new[key], (*path, str(key))) for key in shared)
        return next((text for text in found if text), None)
    if old == new:
        return None
    if path[-1] == "checksum":
        return f"the values of {path[-2]} are not those it was made of"
    return f"{' of '.join(reversed(path))} was {old}, and is {new}"


def _class_and_parameters(estimator):
    """Return the class of an estimator and all of its parameters as text."""
    params = estimator.get_params(deep=False)
    texts = {name: _ADDRESS.sub("", _text(value)) for name, value in params.items()}
    kind = type(estimator)
    return {"class": f"{kind.__module__}.{kind.__qualname__}", **texts}


def _text(value):
    """Return `repr` in full: that of scikit-learn's estimators leaves parts out."""
    if isinstance(value, list | tuple):
        return f"({', '.join(map(_text, value))})"
    if hasattr(value, "get_params") and not isinstance(value, type):
        params = value.get_params(deep=False)
        inner = ", ".join(f"{name}={_text(param)}" for name, param in params.items())
        return f"{type(value).__qualname__}({inner})"
    return repr(value)
