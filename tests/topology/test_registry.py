"""A strategy is known by its name wherever names are used: in one registry."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import sparsekit.topology as topology
from sparsekit import DSTMLPClassifier, DSTMLPRegressor, SETMLPClassifier
from sparsekit.topology import STRATEGIES, RandomGrower, RandomPruner

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "user_guide" / "topology.md").read_text(encoding="utf-8")

# Bases, which are no parts of a method themselves.
BASES = {"ScorePruner"}

X = np.random.default_rng(0).normal(size=(60, 8))
Y = (X[:, 0] > 0).astype(int)


class MirrorGrower(RandomGrower):
    """Add connections for a test."""


class MirrorPruner(RandomPruner):
    """Drop connections for a test."""


@pytest.mark.parametrize(
    ("parameter", "strategy"), [("grower", MirrorGrower), ("pruner", MirrorPruner)]
)
def test_a_registered_strategy_is_accepted_by_name(monkeypatch, parameter, strategy):
    settings = {"max_iter": 9, "tol": 1e9, "n_iter_no_change": 2, "random_state": 0}
    by_name = DSTMLPClassifier((6,), **{parameter: "mirror"}, **settings)
    with pytest.raises(ValueError, match=f"The '{parameter}' parameter.*'random'"):
        by_name.fit(X, Y)
    monkeypatch.setitem(STRATEGIES[parameter], "mirror", strategy)
    by_object = DSTMLPClassifier((6,), **{parameter: strategy()}, **settings)
    for net in (by_name, by_object):
        net.fit(X, Y)
    for named, given in zip(by_name.coefs_, by_object.coefs_, strict=True):
        np.testing.assert_array_equal(named.toarray(), given.toarray())


def row_of(parameter):
    """Return the names that the guide's table of parameters lists."""
    (row,) = re.findall(rf"^\| `{parameter}` \|.*$", GUIDE, re.MULTILINE)
    return re.findall(r'"(\w+)"', row)


@pytest.mark.parametrize("parameter", STRATEGIES)
def test_the_guide_lists_the_names_of_the_registry(parameter):
    assert row_of(parameter) == list(STRATEGIES[parameter])


@pytest.mark.parametrize("estimator", [DSTMLPClassifier, DSTMLPRegressor])
@pytest.mark.parametrize("parameter", STRATEGIES)
def test_docstrings_list_the_names_of_the_registry(estimator, parameter):
    (line,) = re.findall(rf"^    {parameter} : .*$", estimator.__doc__, re.MULTILINE)
    listed = re.findall(r'"(\w+)"', line.partition("}")[0])
    assert listed == list(STRATEGIES[parameter])


def test_the_docstring_of_set_explains_the_growers():
    for name, grower in STRATEGIES["grower"].items():
        summary = grower.__doc__.partition("\n")[0][1:]
        text = " ".join(SETMLPClassifier.__doc__.split())
        assert f'- "{name}": ' in text
        assert summary in text


@pytest.mark.parametrize("ending", ["Grower", "Pruner"])
def test_public_growers_and_pruners_have_a_name_and_a_row_in_the_guide(ending):
    public = {name for name in topology.__all__ if name.endswith(ending)} - BASES
    registered = STRATEGIES[ending.lower()].values()
    assert {made.__name__ for made in registered} == public
    assert set(re.findall(rf"^\| `(\w+{ending})` \|", GUIDE, re.MULTILINE)) == public


def test_public_initial_topologies_have_a_name_and_a_row_in_the_guide():
    made = [made.__name__ for made in STRATEGIES["initial_topology"].values()]
    assert set(made) <= set(topology.__all__)
    section = GUIDE.partition("## Where the first connections lie")[2]
    table = section.partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == made


def test_all_that_is_public_is_a_strategy_or_helps_to_write_one():
    others = {"Layer", "check_strategy", *BASES}
    for name in set(topology.__all__) - others:
        assert inspect.isclass(getattr(topology, name))
        assert any(
            hasattr(getattr(topology, name), method)
            for method in ("select", "fraction", "density", "share", "counts", "draw")
        )
