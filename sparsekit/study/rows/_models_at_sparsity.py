"""What a study compares: models, each at a sparsity."""

from numbers import Real
from typing import NamedTuple

# Names in text and figures, where they are not those of the models.
LABELS = {
    "set": "SET",
    "static": "static sparse",
    "rigl": "RigL",
    "itop": "ITOP",
    "snfs": "SNFS",
    "dsr": "DSR",
    "deepr": "DeepR",
    "mest": "MEST",
    "granet": "GraNet",
    "gmp": "GMP",
    "cht": "CHT",
    "chts": "CHTs",
    "chtss": "CHTss",
    "srigl": "SRigL",
    "sparse_tabular": "SparseTabular",
    "hist_gradient_boosting": "boosted trees",
}


class ModelAtSparsity(NamedTuple):
    """A model at a sparsity."""

    model: str
    sparsity: float

    @property
    def label(self):
        """A name for text and figures, such as "SET 90 %"."""
        name = LABELS.get(self.model, self.model)
        return f"{name} {100 * self.sparsity:g} %" if self.sparsity > 0 else name


def models_at_sparsities(frame):
    """Return the models of a frame at their sparsities, in the order of its rows."""
    pairs = frame[["model", "sparsity"]].drop_duplicates()
    return [ModelAtSparsity(model, float(s)) for model, s in pairs.to_numpy()]


def find_models(frame, name):
    """Return the models, each at a sparsity, that a user names.

    Parameters
    ----------
    frame : DataFrame
    name : str or tuple of (str, float)
        A model, which stands for all of its sparsities, or a model and a sparsity.
    """
    model, sparsity = name if _is_pair(name) else (name, None)
    if not isinstance(model, str):
        raise TypeError(
            f"{name!r} is neither a model nor a tuple of a model and a sparsity; "
            "several go into a list."
        )
    known = models_at_sparsities(frame)
    at_all = [t for t in known if t.model == model]
    if not at_all:
        models = dict.fromkeys(t.model for t in known)
        raise ValueError(f"model {model!r} is not among {', '.join(map(str, models))}.")
    if sparsity is None:
        return at_all
    found = [t for t in at_all if abs(t.sparsity - sparsity) < 1e-9]
    if not found:
        raise ValueError(
            f"model {model!r} was not fitted at sparsity {sparsity!r}, but at "
            f"{', '.join(f'{t.sparsity:g}' for t in at_all)}."
        )
    return found


def choose_models(frame, names):
    """Return the models that a user names, each once; None means all.

    Parameters
    ----------
    frame : DataFrame
    names : str, tuple of (str, float), list of these, or None
    """
    if names is None:
        return models_at_sparsities(frame)
    names = names if isinstance(names, list) else [names]
    if not names:
        raise ValueError("models is empty: at least one model is needed.")
    return list(dict.fromkeys(t for n in names for t in find_models(frame, n)))


def rows_of(frame, names):
    """Return the rows of the models that a user names; None means all."""
    if names is None:
        return frame
    chosen = choose_models(frame, names)
    pairs = zip(frame["model"], frame["sparsity"], strict=True)
    return frame[[pair in chosen for pair in pairs]]


def _is_pair(name):
    return isinstance(name, tuple) and len(name) == 2 and isinstance(name[1], Real)


def pair_models(frame, a, b):
    """Return the pairs of models that a comparison of `a` with `b` is about.

    Parameters
    ----------
    frame : DataFrame
    a : str or tuple of (str, float)
    b : str, tuple of (str, float), list of these, or None
        None stands for all other models.
    """
    find_models(frame, a)  # raises for what is no model
    if b is None:
        model = a[0] if isinstance(a, tuple) else a
        b = list(dict.fromkeys(t.model for t in models_at_sparsities(frame)))
        b = [other for other in b if other != model]
    pairs = []
    for name in b if isinstance(b, list) else [b]:
        if name == a:
            raise ValueError(f"{a!r} cannot be compared with itself.")
        pairs += _pairs(find_models(frame, a), find_models(frame, name))
    if not pairs:
        raise ValueError(f"The study has no model to compare {a!r} with.")
    return pairs


def _pairs(firsts, seconds):
    """Pair at the same sparsity where there is one, else all with all."""
    pairs = [(x, y) for x in firsts for y in seconds if x != y]
    same = [(x, y) for x, y in pairs if x.sparsity == y.sparsity]
    return same or pairs
