"""What docs/comparison.md says of libraries that make or show holes."""

import inspect

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from benchmarks.peers.statements import says

MAR = {"incomplete_vars": [0, 1], "mechanism": "MAR"}


def _normal(n_rows=2000):
    return np.random.default_rng(0).standard_normal((n_rows, 4))


def _amputer(*patterns, **settings):
    from pyampute.ampute import MultivariateAmputation

    # Copies, since fit changes them.
    patterns = [dict(pattern) for pattern in patterns or [MAR]]
    return MultivariateAmputation(seed=0, patterns=patterns, **settings)


def _holes(X, *patterns, **settings):
    return np.isnan(_amputer(*patterns, **settings).fit_transform(X))


@says("pyampute")
def rate_of_rows():
    """prop is a share of rows, and the columns of a pattern vanish together."""
    holes = _holes(_normal(), prop=0.5)
    rows, cells = holes.any(axis=1).mean(), holes.mean()
    together = np.array_equal(holes[:, 0], holes[:, 1])
    return together and abs(rows - 0.5) < 0.05 and abs(cells - 0.25) < 0.03, (
        f"prop=0.5, half of the columns: {rows:.3f} of rows, {cells:.3f} of cells"
    )


@says("pyampute")
def mixture_within_a_pattern():
    """One pattern can depend on the values that go missing and on others at once."""
    X = _normal()
    weights = {"incomplete_vars": [0], "weights": [1, 0, 1, 0]}
    holes = _holes(X, weights | {"mechanism": "MAR+MNAR"})[:, 0]
    gaps = (X[holes] - X[~holes].mean(axis=0)).mean(axis=0)
    return min(gaps[0], gaps[2]) > 0.3 > abs(gaps[3]), (
        "rows with holes less the others, in the column itself, in another with a"
        f" weight, in one without: {gaps[0]:.2f}, {gaps[2]:.2f}, {gaps[3]:.2f}"
    )


@says("pyampute")
def patterns_of_their_own():
    """Each pattern has a mechanism and a share of the rows of its own."""
    mcar = {"incomplete_vars": [3], "mechanism": "MCAR", "freq": 0.2}
    masked = _holes(_normal(), MAR | {"freq": 0.8}, mcar).mean(axis=0)
    return abs(masked[0] - 0.4) < 0.05 and abs(masked[3] - 0.1) < 0.03, (
        f"prop=0.5, freq 0.8 and 0.2: {masked[0]:.2f} and {masked[3]:.2f} are masked"
    )


@says("pyampute")
def functions_are_not_calibrated():
    """It takes any function from scores to probabilities, and leaves its rate alone."""
    pattern = MAR | {"score_to_probability_func": lambda score: score > 0}
    share = _holes(_normal(), pattern, prop=0.2).any(axis=1).mean()
    return abs(share - 0.5) < 0.05, (
        f"prop=0.2, a function that masks the upper half: {share:.2f} of rows"
    )


@says("pyampute")
def range_of_rates():
    """With its defaults, it does not reach rates near 0 and 1."""
    X = _normal()
    low, high = (_holes(X, prop=prop).any(axis=1).mean() for prop in (0.01, 0.99))
    wider = _holes(X, prop=0.01, lower_range=-10).any(axis=1).mean()
    return low > 0.05 and high < 0.95 and wider < 0.02, (
        f"0.01 gives {low:.3f}, 0.99 gives {high:.3f};"
        f" 0.01 with lower_range=-10 gives {wider:.3f}"
    )


@says("pyampute")
def transform_standardises():
    """It standardises the rows that transform is given, not those of fit."""
    X = _normal()
    amputer, upper = _amputer().fit(X), np.argsort(X[:, 2] + X[:, 3])[1000:]
    means = []
    for rows, looked_at in ((np.arange(len(X)), upper), (upper, slice(None))):
        amputer.transform(X[rows])
        means.append(amputer.probs_per_pattern[0][looked_at].mean())
    return means[0] > means[1] + 0.1, (
        f"mean probability of the upper half: {means[0]:.2f} among all rows,"
        f" {means[1]:.2f} by itself"
    )


@says("pyampute")
def few_scores_are_mcar():
    """A group with five distinct scores or fewer becomes MCAR, so does a single row."""
    X, counts = _normal(), []
    for n_scores in (5, 6):
        X[:, 2] = np.arange(len(X)) % n_scores
        amputer = _amputer(MAR | {"weights": [0, 0, 1, 0]}).fit(X)
        amputer.transform(X)
        counts.append(np.unique(amputer.probs_per_pattern[0]).size)
    amputer.transform(X[:1])
    alone = amputer.probs_per_pattern[0].tolist()
    return counts == [1, 6] and alone == [0.5], (
        f"5 and 6 scores: {counts[0]} and {counts[1]} probabilities; one row: {alone}"
    )


@says("pyampute")
def masks_move():
    """Masks depend on the order of the rows, and are not nested in the rate."""
    X = _normal()
    moved = (_holes(X[::-1])[::-1] != _holes(X)).any(axis=1).mean()
    low, high = (_holes(X, prop=prop)[:, 0] for prop in (0.2, 0.4))
    filled = (low & ~high).sum() / low.sum()
    return moved > 0 and filled > 0, (
        f"{moved:.0%} of rows change with the order; {filled:.0%} of the holes at 0.2"
        " are none at 0.4"
    )


@says("pyampute")
def pipelines_and_seed():
    """It works in pipelines and with clone; its seed resets numpy's global state."""
    X = _normal(200)
    make_pipeline(StandardScaler(), clone(_amputer())).fit_transform(X)
    drawn = []
    for amputes in (False, True):
        np.random.seed(1)  # noqa: NPY002  (the state that is looked at)
        if amputes:
            _holes(X)
        drawn.append(np.random.random())  # noqa: NPY002
    return drawn[0] != drawn[1], "the next random number is another one"


@says("pyampute")
def sparse_input():
    """CSR matrices are refused."""
    try:
        _holes(csr_array(_normal(100)))
    except Exception as error:  # which one is not documented
        return True, f"{type(error).__name__}: {error}"
    return False, "taken"


@says("pyampute")
def contract():
    """It does not pass scikit-learn's check_estimator."""
    results = check_estimator(_amputer(), on_fail=None, on_skip=None)
    n_passed = sum(result["status"] == "passed" for result in results)
    return n_passed < len(results), f"{n_passed} of {len(results)} checks pass"


@says("pyampute")
def table_of_patterns():
    """Its table and plot of patterns do not run with pandas 2 and later."""
    from pyampute.exploration.md_patterns import mdPatterns

    table = pd.DataFrame(_amputer().fit_transform(_normal(100)))
    try:
        mdPatterns().get_patterns(table, show_plot=False)
    except AttributeError as error:
        return True, f"pandas {pd.__version__}: {error}"
    return pd.__version__ < "2", f"runs with pandas {pd.__version__}"


@says("pyampute")
def littles_test():
    """Little's test rejects far too often where columns correlate."""
    from pyampute.exploration.mcar_statistical_tests import MCARTest

    covariance, rejected = 0.7 + 0.3 * np.eye(4), []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        X = rng.multivariate_normal(np.zeros(4), covariance, 200)
        X[rng.random(X.shape) < 0.5] = np.nan
        rejected.append(MCARTest("little")(pd.DataFrame(X)) < 0.05)
    share = np.mean(rejected)
    return share > 0.12, f"{share:.0%} of 100 MCAR tables at a nominal 5 %"


@says("mdatagen")
def generators():
    """It has generators for one column and for several, without fit and transform."""
    from mdatagen.multivariate.mMNAR import mMNAR
    from mdatagen.univariate.uMNAR import uMNAR

    names = [
        f"{kind.__name__}.{name}"
        for kind in (uMNAR, mMNAR)
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    ]
    lacks = not hasattr(mMNAR, "fit") and not hasattr(mMNAR, "transform")
    return lacks and len(names) > 5, ", ".join(names)


@says("mdatagen")
def percent_of_cells():
    """missing_rate is a percentage of cells; only its MCAR has a seed."""
    from mdatagen.multivariate import mMAR, mMCAR, mMNAR

    columns, y = list("abcd"), np.arange(500) % 2
    X = pd.DataFrame(_normal(500), columns=columns)
    masked = mMNAR.mMNAR(X, y).random(missing_rate=20)[columns].isna().mean()
    seeded = [
        kind.__name__
        for kind in (mMCAR.mMCAR, mMAR.mMAR, mMNAR.mMNAR)
        if "seed" in inspect.signature(kind).parameters
    ]
    return abs(masked.mean() - 0.2) < 0.01 and seeded == ["mMCAR"], (
        f"20 gives {masked.mean():.2f} of cells, by column {masked.tolist()};"
        f" with a seed: {', '.join(seeded)}"
    )


@says("missingno")
def drawings():
    """It draws tables with holes, and makes none."""
    import missingno

    public = {
        name
        for name, value in vars(missingno).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }
    return {"matrix", "bar", "heatmap", "dendrogram"} < public, ", ".join(
        sorted(public)
    )
