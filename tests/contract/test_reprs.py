"""What objects say about themselves, in one line and in a notebook."""

import importlib
import inspect
import re

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris

from sparsekit import (
    DSTMLPClassifier,
    MCARMasker,
    SETMLPClassifier,
    StaticSparseMLPRegressor,
)
from sparsekit.continual import ReplayClassifier
from sparsekit.deploy import SparsePredictor
from sparsekit.difficulty import (
    DataMapDisplay,
    ForgettingDisplay,
    HardSampleSelector,
    SubsetFitClassifier,
)
from sparsekit.missingness import MissingnessDisplay
from sparsekit.neural_network import (
    CheckpointCallback,
    LossCurveDisplay,
    QuickSelector,
    TopologyDisplay,
    to_predictor,
)
from sparsekit.tabular import (
    PiecewiseLinearEncoder,
    SparseMLPEnsembleClassifier,
    SparseTabularRegressor,
    TableEncoder,
)
from sparsekit.topology import Exploration, GradientGrower, RewiringSchedule
from tests.repository.test_site import public_names

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SUBPACKAGES = (
    "continual",
    "deploy",
    "difficulty",
    "missingness",
    "neural_network",
    "tabular",
)


@pytest.fixture(scope="module")
def net():
    X, y = load_iris(return_X_y=True)
    net = SETMLPClassifier(
        (20,), sparsity=0.5, max_iter=3, record="rewiring", random_state=0
    )
    return net.fit(X, y)


def public_classes():
    for subpackage in (*SUBPACKAGES, "topology"):
        module = importlib.import_module(f"sparsekit.{subpackage}")
        for name in module.__all__:
            if inspect.isclass(getattr(module, name)):
                yield getattr(module, name)


@pytest.mark.parametrize("cls", public_classes(), ids=lambda cls: cls.__name__)
def test_no_public_object_shows_its_address_only(cls):
    assert cls.__repr__ is not object.__repr__


def test_estimators_show_what_differs_from_the_defaults():
    net = DSTMLPClassifier(
        (50,), grower=GradientGrower(candidates=5), schedule=RewiringSchedule(every=2)
    )
    assert " ".join(repr(net).split()) == (
        "DSTMLPClassifier(grower=GradientGrower(candidates=5), "
        "hidden_layer_sizes=(50,), schedule=RewiringSchedule(every=2))"
    )


def test_the_rest_says_in_one_line_what_it_holds(net, tmp_path):
    X, y = load_iris(return_X_y=True)
    regressor = StaticSparseMLPRegressor((8,), sparsity=0.5, max_iter=2).fit(X, y)
    X[0, 0] = np.nan
    shown = {
        to_predictor(net): "SparsePredictor(classifier, 4-20-3, 70 connections)",
        to_predictor(regressor): "SparsePredictor(regressor, 4-8-1, 20 connections)",
        net._network: ("SparseNetwork(4-20-3, 70 connections, float32)"),
        CheckpointCallback("a.ckpt", 3): "CheckpointCallback('a.ckpt', every=3)",
        LossCurveDisplay.from_estimator(net): "LossCurveDisplay(3 epochs, 2 rewired)",
        TopologyDisplay.from_estimator(net): (
            "TopologyDisplay(2 layers, 70 connections)"
        ),
        DataMapDisplay.from_record(net): "DataMapDisplay(150 samples)",
        MissingnessDisplay.from_data(X): (
            "MissingnessDisplay(2 patterns of 4 columns)"
        ),
        Exploration([4, 8, 1]): "Exploration(2 layers, exact=False)",
    }
    for thing, expected in shown.items():
        assert repr(thing) == expected
    events = repr(ForgettingDisplay.from_record(net))
    assert events.startswith("ForgettingDisplay(2 rewirings, ")
    to_predictor(net).save(tmp_path / "net")
    loaded = SparsePredictor.load(tmp_path / "net")
    assert repr(loaded) == repr(to_predictor(net))


def test_in_a_notebook_a_fitted_network_shows_its_state_and_no_dead_links(net):
    html = net._repr_html_()
    assert ">Fitted<" in html
    for name in ("n_connections_", "sparsity_", "n_iter_", "classes_", "coefs_"):
        assert name in html
    assert "href=" not in html
    html = SETMLPClassifier()._repr_html_()
    assert "Not fitted" in html
    assert "n_connections_" not in html


def test_parts_of_a_method_show_their_parameters_in_a_notebook():
    assert issubclass(GradientGrower, BaseEstimator)
    assert "candidates" in GradientGrower(candidates=5)._repr_html_()


LINKED = [
    SETMLPClassifier(),
    MCARMasker(),
    QuickSelector(SETMLPClassifier()),
    HardSampleSelector(SETMLPClassifier()),
    SubsetFitClassifier(SETMLPClassifier(), HardSampleSelector(SETMLPClassifier())),
    ReplayClassifier(SETMLPClassifier()),
    SparseMLPEnsembleClassifier(SETMLPClassifier()),
    SparseTabularRegressor(),
    PiecewiseLinearEncoder(),
    TableEncoder(),
]


@pytest.mark.parametrize("estimator", LINKED, ids=lambda one: type(one).__name__)
def test_a_page_of_a_site_that_is_served_is_linked(estimator, monkeypatch):
    monkeypatch.setenv("SPARSEKIT_DOCS_URL", "https://docs.example/")
    pages = {
        f"https://docs.example/api/generated/{full}.html"
        for names in public_names.public_names().values()
        for full in names.values()
    }
    links = re.findall(r'href="(https://docs\.example[^"#]*)', estimator._repr_html_())
    assert any(link.endswith(f".{type(estimator).__name__}.html") for link in links)
    assert set(links) <= pages


@pytest.mark.parametrize("estimator", LINKED, ids=lambda one: type(one).__name__)
def test_without_a_site_nothing_is_linked(estimator, monkeypatch):
    monkeypatch.delenv("SPARSEKIT_DOCS_URL", raising=False)
    assert estimator._get_doc_link() == ""
    assert "href" not in estimator._repr_html_()


def test_a_class_of_ones_own_is_not_on_the_site(monkeypatch):
    monkeypatch.setenv("SPARSEKIT_DOCS_URL", "https://docs.example")

    class Own(SETMLPClassifier):
        pass

    assert Own()._get_doc_link() == ""
