"""Networks and replay within CapyMOA, through its wrappers for scikit-learn."""

import numpy as np
import pytest

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayClassifier

pytest.importorskip("capymoa")  # which starts a Java machine
from capymoa.base import SKClassifier, SKRegressor
from capymoa.evaluation import prequential_evaluation
from capymoa.stream.generator import SEA, HyperPlaneRegression

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def net_of(kind=SETMLPClassifier):
    return kind(
        (20,),
        sparsity=0.5,
        prune_fraction=0.01,
        standardize=False,
        learning_rate_init=0.01,
        random_state=0,
    )


@pytest.mark.parametrize("replay", [False, True])
def test_a_prequential_run_beats_the_majority(replay):
    net = net_of()
    if replay:
        net = ReplayClassifier(net, buffer_size=100, random_state=0)
    stream = SEA(function=1, instance_random_seed=1)
    learner = SKClassifier(net, schema=stream.get_schema())
    results = prequential_evaluation(stream, learner, max_instances=600)
    # Runs with other seeds came to 72.8 and more; 64.7 % of the rows are of one class.
    assert results.accuracy() > 68


def test_the_wrapper_learns_row_by_row():
    stream = SEA(function=1, instance_random_seed=1)
    learner = SKClassifier(net_of(), schema=stream.get_schema())
    alone, rows = net_of(), []
    for _ in range(20):
        instance = stream.next_instance()
        learner.train(instance)
        alone.partial_fit([instance.x], [instance.y_index], classes=[0, 1])
        rows.append(instance.x)
    np.testing.assert_array_equal(
        learner.sklearner.predict_proba(np.array(rows)),
        alone.predict_proba(np.array(rows)),
    )


def test_a_regression_is_learned():
    stream = HyperPlaneRegression()
    learner = SKRegressor(net_of(SETMLPRegressor), schema=stream.get_schema())
    results = prequential_evaluation(stream, learner, max_instances=300)
    assert np.isfinite(results.rmse())
