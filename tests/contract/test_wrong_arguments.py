"""Arguments of a wrong type, or that do not fit: an error that names them."""

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import ReplayBuffer, prequential_scores
from sparsekit.deploy import SparsePredictor, onnx_model
from sparsekit.difficulty import (
    aum_scores,
    cartography,
    difficulty_report,
    el2n_scores,
    forgetting_events,
    grand_scores,
    memorization_scores,
    prac_set,
    pruning_identified_exemplars,
    second_split_forgetting,
)
from sparsekit.network import LearningRate
from sparsekit.neural_network import load_checkpoint, resume, to_predictor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = np.random.default_rng(0).normal(size=(12, 3)), np.arange(12) % 3
BAYES = GaussianNB().fit(X, Y)


def fit(network=SETMLPClassifier, **settings):
    settings = {"max_iter": 2, "random_state": 0, **settings}
    return network((6,), sparsity=0.3, **settings).fit(X, Y)


@pytest.fixture(scope="module")
def net():
    return fit(record="rewiring", max_iter=12)


@pytest.mark.parametrize("power_t", [1e3, 10**9, 1e308])
def test_an_exponent_beyond_numbers_ends_in_a_rate_of_zero(power_t):
    settings = {"solver": "sgd", "learning_rate": "invscaling", "power_t": power_t}
    made = fit(**settings)
    assert [row["learning_rate"] for row in made.history_] == [0.006, 0.0]
    assert np.isfinite(made.predict_proba(X)).all()


def test_exponents_within_numbers_keep_their_rates():
    rate = LearningRate("invscaling", 0.1, 0.5, 7)
    assert rate.at(3, 99) == 0.1 / 100**0.5


OF_RECORDS = [
    aum_scores,
    cartography,
    difficulty_report,
    el2n_scores,
    forgetting_events,
    prac_set,
]


@pytest.mark.parametrize("score", OF_RECORDS)
def test_a_record_that_lacks_an_entry_is_told_which(score, net):
    lacking = 0
    for name in net.record_:
        less = {key: value for key, value in net.record_.items() if key != name}
        try:
            score(less)
        except (TypeError, ValueError) as error:
            lacking += 1
            # Without the count of presentations a dict is no record at all.
            assert name == "n_seen" or f"no entry {name!r}" in str(error)  # noqa: PT017
    assert lacking > 1


@pytest.mark.parametrize("source", ["prune", "all"])
def test_a_record_of_rewirings_that_lacks_an_entry_is_told_which(source, net):
    for name in ("rows", "n_forgotten", "n_evaluated", "correct"):
        less = {k: v for k, v in net.record_["rewirings"].items() if k != name}
        with pytest.raises(ValueError, match=f"no entry '{name}'"):
            forgetting_events(net.record_ | {"rewirings": less}, source=source)


@pytest.mark.parametrize("score", OF_RECORDS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("margin_mean", np.zeros(3)),
        ("n_correct", None),
        ("early_errors", np.zeros(12)),
        ("early_presentations", np.array([5, 10])),
        ("correct", np.array(["a"] * 12)),
        ("index", np.arange(5)),
        ("rewirings", []),
        ("rewirings", "none"),
    ],
)
def test_a_record_of_entries_that_do_not_fit_is_refused(score, name, value, net):
    with pytest.raises(ValueError, match=f"record: .*{name}"):
        score(net.record_ | {name: value})


def test_rewirings_of_rows_that_are_not_there_are_refused(net):
    rewirings = net.record_["rewirings"] | {"rows": np.array([99])}
    with pytest.raises(ValueError, match="rewirings must be about rows of the 12"):
        forgetting_events(net.record_ | {"rewirings": rewirings}, source="all")


@pytest.mark.parametrize(
    "rows", [[999], [-1], [0.5], [[0, 1]], [], np.zeros(12, bool), np.ones(3, bool)]
)
def test_threshold_rows_must_be_rows(rows, net):
    with pytest.raises(ValueError, match="threshold_rows must be numbers of rows"):
        aum_scores(net, threshold_rows=rows)


def test_threshold_rows_must_have_been_trained_on():
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 3
    made = SETMLPClassifier((6,), early_stopping=True, record="epoch", max_iter=2)
    held = np.flatnonzero(made.fit(X, y).record_["n_seen"] == 0)
    with pytest.raises(ValueError, match="were not trained on"):
        aum_scores(made, threshold_rows=held)


CALLS = {
    "no networks": (lambda: grand_scores([], X, Y), ValueError, "networks is empty"),
    "no exemplars": (
        lambda: pruning_identified_exemplars([], [BAYES], X),
        ValueError,
        "networks is empty",
    ),
    "networks that cannot predict": (
        lambda: pruning_identified_exemplars([BAYES], [BAYES, 3], X),
        TypeError,
        "others must have predict; 3 has none",
    ),
    "classes of networks": (
        lambda: pruning_identified_exemplars([GaussianNB], [BAYES], X),
        TypeError,
        "networks must have predict",
    ),
    "predictions in columns": (
        lambda: pruning_identified_exemplars(
            [SETMLPRegressor((4,)).fit(X, X[:, :2])], [BAYES], X
        ),
        ValueError,
        "must predict one label for each row",
    ),
    "a word before pruning": (
        lambda: prac_set(fit(record="epoch"), before="a", after=BAYES, X=X),
        TypeError,
        "before must have predict",
    ),
    "a word after pruning": (
        lambda: prac_set(fit(record="epoch"), before=BAYES, after="a", X=X),
        TypeError,
        "after must have predict",
    ),
    "no model to memorize": (
        lambda: memorization_scores("a", X, Y),
        TypeError,
        "estimator must have fit",
    ),
    "a second split of no network": (
        lambda: second_split_forgetting(GaussianNB(), X, Y),
        TypeError,
        "network must have record",
    ),
    "a second split without epochs": (
        lambda: second_split_forgetting(SETMLPClassifier(), X, Y, epochs=0),
        ValueError,
        "epochs must be an integer >= 1",
    ),
    "a stream without a model": (
        lambda: prequential_scores(object(), X, Y),
        TypeError,
        "estimator must have partial_fit",
    ),
    "a stream with a class": (
        lambda: prequential_scores(GaussianNB, X, Y),
        TypeError,
        "estimator must have partial_fit",
    ),
    "a metric by name": (
        lambda: prequential_scores(GaussianNB(), X, Y, metric="accuracy"),
        TypeError,
        "metric must be callable",
    ),
    "a reaction by name": (
        lambda: prequential_scores(GaussianNB(), X, Y, on_drift="reset"),
        TypeError,
        "on_drift must be callable",
    ),
    "a detector by name": (
        lambda: prequential_scores(GaussianNB(), X, Y, drift_detector="adwin"),
        TypeError,
        "drift_detector must have update",
    ),
    "slots of an empty buffer": (
        lambda: ReplayBuffer().draw_slots(3),
        ValueError,
        "holds no rows to draw from",
    ),
    "slots by halves": (
        lambda: ReplayBuffer().add(X, Y).draw_slots(1.5),
        ValueError,
        "n_samples must be an integer",
    ),
    "no predictor": (lambda: onnx_model([]), TypeError, "predictor must be a Sparse"),
    "weights neither sparse nor dense": (
        lambda: onnx_model(to_predictor(fit()), sparse_weights="no"),
        TypeError,
        "sparse_weights must be True or False",
    ),
    "steps that are a word": (
        lambda: onnx_model(to_predictor(fit()), "Sub"),
        TypeError,
        "steps must be a sequence",
    ),
    "a step that is not known": (
        lambda: onnx_model(to_predictor(fit()), [("Mul", np.ones(3))]),
        ValueError,
        "steps must be pairs of one of",
    ),
    "a step of other features": (
        lambda: onnx_model(to_predictor(fit()), [("Sub", np.ones(2))]),
        ValueError,
        "'Sub' needs a row of 3 numbers",
    ),
    "a file by its number": (
        lambda: load_checkpoint(10**6),
        TypeError,
        "expected str, bytes or os.PathLike",
    ),
    "a fit to resume by its number": (
        lambda: resume(10**6, X, Y),
        TypeError,
        "expected str, bytes or os.PathLike",
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_the_argument_is_named(case):
    call, error, message = CALLS[case]
    with pytest.raises(error, match=message):
        call()


class Counter:
    """Learns in pieces and predicts; no estimator of scikit-learn's."""

    n_calls = 0

    def partial_fit(self, X, y):
        self.n_calls += 1

    def predict(self, X):
        return np.full(len(X), self.n_calls)


def test_a_stream_needs_partial_fit_and_predict_only():
    scores = prequential_scores(Counter(), X, np.ones(12), batch_size=4)
    assert scores["score"].tolist() == [0.0, 1.0]


def parts():
    made = to_predictor(fit())
    return {
        "network": made._network,
        "inputs": made._inputs,
        "missing_inputs": made._missing_inputs,
        "head": made._head,
        "activation": made._activation,
    }


@pytest.mark.parametrize("name", ["network", "inputs", "missing_inputs", "head"])
def test_parts_of_a_predictor_are_dicts_that_lack_nothing(name):
    for value in (None, 3, "x", [1], np.zeros(2)):
        with pytest.raises(TypeError, match=f"{name} must be a dict"):
            SparsePredictor(**parts() | {name: value})
    for entry in parts()[name]:
        less = {key: value for key, value in parts()[name].items() if key != entry}
        with pytest.raises(ValueError, match=f"{name} has no .*{entry}"):
            SparsePredictor(**parts() | {name: less})


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("network", {"indices": np.array([99])}),
        ("inputs", {"shift": np.zeros(7)}),
        ("missing_inputs", {"kind": "nonsense"}),
        ("head", {"classes": np.arange(9)}),
    ],
)
def test_parts_of_a_predictor_belong_together(name, change):
    with pytest.raises(ValueError, match=r"\w"):
        SparsePredictor(**parts() | {name: parts()[name] | change})
    with pytest.raises(ValueError, match="activation 'swish' is not known"):
        SparsePredictor(**parts() | {"activation": "swish"})
