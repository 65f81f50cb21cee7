"""The values of a study's grid, checked one parameter at a time."""

from collections.abc import Iterable
from numbers import Integral, Real

from sparsekit._utils._one_line import is_plain
from sparsekit.missingness import MissingnessTransformer

# Which rows have values made missing: all, those of training, or those of the test.
WHEN_MASKED = ("both", "fit", "transform")


def known_mechanisms():
    """Return the names that the masker's declared constraints allow, sorted.

    Without "label": it is for training data, and a study masks the test rows, too.
    """
    names, *_ = MissingnessTransformer._parameter_constraints["mechanism"]
    return sorted(names.options - {"label"})


def check_fractions(name, values):
    """Return `values` sorted and without duplicates; each must be in [0, 1)."""
    values = [values] if isinstance(values, Real) else list(values)
    if not values:
        raise ValueError(f"{name} is empty: at least one value is needed.")
    for value in values:
        if not isinstance(value, Real) or not 0 <= value < 1:
            raise ValueError(
                f"{name} has {value!r}, which is not in [0, 1): give shares, 0.3 means "
                "30 %."
            )
    return tuple(sorted({float(value) for value in values}))


def check_name(what, name):
    """Refuse names that do not fit into one line of a file."""
    is_text = isinstance(name, str) and is_plain(name)
    if not is_text or name == "" or len(name.splitlines()) > 1:
        raise ValueError(
            f"{what} {name!r} needs another name: a text of one line that is not empty."
        )


def check_names(name, values, known):
    """Return one name or several, all of them known, as a tuple without duplicates."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        values = [values]
    values = tuple(values)
    if not values:
        raise ValueError(f"{name} is empty: at least one value is needed.")
    for value in values:
        if value not in known:
            raise ValueError(
                f"{name} has {value!r}, which is none of {', '.join(map(repr, known))}."
            )
    return tuple(dict.fromkeys(values))


def check_seeds(seeds):
    """Return the seeds, sorted; a number n means 0 to n - 1."""
    seeds = range(seeds) if isinstance(seeds, Integral) else seeds
    seeds = tuple(seeds) if isinstance(seeds, Iterable) else ()
    valid = all(isinstance(seed, Integral) and seed >= 0 for seed in seeds)
    if not seeds or not valid or len(set(seeds)) < len(seeds):
        raise ValueError(
            "seeds must be a number of seeds, at least 1, or distinct whole numbers "
            "that are not negative."
        )
    return tuple(sorted(int(seed) for seed in seeds))
