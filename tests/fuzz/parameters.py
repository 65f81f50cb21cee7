"""Random parameters, within their declared constraints and outside them."""

import inspect
from numbers import Integral

import numpy as np
from hypothesis import strategies as st

NONSENSE = [None, "", "nonsense", -1, 0, 1, 2, 0.5, -0.5, 1e9, np.nan, np.inf, -np.inf]
NONSENSE += [True, (), [], [None], {}, (0,), np.zeros(2), object, "set"]


def own_score(estimator, X, y, sample_weight=None):
    """Return the score of an estimator."""
    return estimator.score(X, y, sample_weight)


# What keeps a fit on a dozen rows short, and parameters that no constraint describes.
MODEST = {
    "max_iter": st.sampled_from([1, 2, 3]),
    "hidden_layer_sizes": st.sampled_from(
        [(), (1,), (5,), (4, 3), [3], 6, (0,), (3.5,), "ab", np.array([4, 2])]
    ),
    "n_jobs": st.sampled_from([None, 1, 2, -1]),
    "verbose": st.just(0),
    # Not every scorer fits every target.
    "scoring": st.sampled_from(["loss", None, own_score, "no scorer"]),
    "random_state": st.sampled_from([None, 0, np.random.RandomState(1)]),
}


def allowed_by(constraint):
    """Return a strategy of values that a constraint of scikit-learn accepts."""
    if constraint is None:
        return st.none()
    if isinstance(constraint, str):
        known = {
            "boolean": st.booleans(),
            "random_state": MODEST["random_state"],
            "verbose": st.just(0),
            "array-like": st.sampled_from([[0.5, 0.5], [0], np.zeros(3), [0.9] * 2]),
        }
        return known.get(constraint, st.none())
    if hasattr(constraint, "options"):
        return st.sampled_from(sorted(constraint.options, key=repr))
    if hasattr(constraint, "closed"):
        low = -10 if constraint.left is None else constraint.left
        high = low + 20 if constraint.right in (None, np.inf) else constraint.right
        if constraint.type is Integral:
            return st.integers(int(low), int(high))
        return st.floats(float(low), float(high), allow_subnormal=False)
    return st.sampled_from(NONSENSE)


@st.composite
def parameters(draw, cls, *, fixed=()):
    """Draw some parameters of a class; once in a while one of them is nonsense."""
    signature = inspect.signature(cls.__init__).parameters
    constraints = getattr(cls, "_parameter_constraints", {})
    names = [name for name in signature if name not in ("self", *fixed)]
    some = st.lists(st.sampled_from(names), unique=True, max_size=6)
    chosen = draw(some) if names else []
    given = {}
    for name in chosen:
        if name in MODEST:
            given[name] = draw(MODEST[name])
        elif name in constraints:
            given[name] = draw(st.one_of(*map(allowed_by, constraints[name])))
        else:
            given[name] = draw(st.sampled_from(NONSENSE))
    if chosen and draw(st.integers(0, 7)) == 0:
        given[chosen[0]] = draw(st.sampled_from(NONSENSE))
    return given
