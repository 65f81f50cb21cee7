"""Time to mask a table of 60,000 x 784, alone and against pyampute.

Run it on a quiet machine: ``pytest -m benchmark tests/benchmarks``.
"""

import time
import warnings

import numpy as np
import pytest

from sparsekit.missingness import MARMasker, MCARMasker, MNARMasker

pytestmark = pytest.mark.benchmark

SHAPE = (60_000, 784)
DRIVERS = list(range(392))
DRIVEN = list(range(392, 784))


@pytest.fixture(scope="module")
def table():
    return np.random.default_rng(0).normal(size=SHAPE)


def seconds(function, repeats=3):
    """Return the shortest time of a call, and its last result."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - began)
    return min(times), result


@pytest.mark.parametrize(
    "masker",
    [
        MCARMasker(),
        MARMasker(),
        MARMasker(link="rank"),
        *[MNARMasker(kind=kind) for kind in ("self", "quantile", "latent", "logistic")],
    ],
    ids=repr,
)
def test_fitting_and_masking_takes_less_than_five_seconds(masker, table, capsys):
    masker.set_params(random_state=0).fit_transform(table[:1000])  # compiles
    took, masked = seconds(lambda: masker.fit_transform(table), repeats=2)
    with capsys.disabled():
        print(f"\n{masker}: {took:.2f} s")
    assert took < 5
    np.testing.assert_allclose(masker.propensity(table).mean(axis=0), 0.2, atol=1e-8)
    assert np.isnan(masked).mean() == pytest.approx(0.2, abs=0.01)


# The same mechanism in both: a logistic function, rising to the right, of a sum of
# standardised columns; about a fifth of all cells goes missing. pyampute lets a row's
# columns vanish together, from a share of the rows.
RIVALS = {
    "MAR": (
        MARMasker(0.2, drivers=DRIVERS, random_state=0),
        {"incomplete_vars": DRIVEN, "weights": [1] * 392 + [0] * 392},
    ),
    "MNAR": (
        MNARMasker(0.2, kind="latent", features=DRIVEN, random_state=0),
        {"incomplete_vars": DRIVEN, "weights": [0] * 392 + [1] * 392},
    ),
}


@pytest.mark.parametrize("mechanism", RIVALS)
def test_it_is_twenty_times_faster_than_pyampute(mechanism, table, capsys):
    ampute = pytest.importorskip("pyampute.ampute")
    masker, pattern = RIVALS[mechanism]
    pattern = {
        **pattern,
        "mechanism": mechanism,
        "score_to_probability_func": "sigmoid-right",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rival = ampute.MultivariateAmputation(prop=0.4, patterns=[pattern], seed=0)
        theirs, masked = seconds(lambda: rival.fit_transform(table), repeats=1)
    assert np.isnan(masked).mean() == pytest.approx(0.2, abs=0.01)

    masker.fit_transform(table[:1000])  # compiles
    ours, masked = seconds(lambda: masker.fit_transform(table))
    assert np.isnan(masked).mean() == pytest.approx(0.2, abs=0.01)
    with capsys.disabled():
        print(f"\n{mechanism}: {theirs:.2f} s against {ours:.2f} s")
    assert theirs > 20 * ours
