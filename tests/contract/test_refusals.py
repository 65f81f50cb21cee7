"""What random calls once found: an error of ours where one of numpy's slipped out."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB

from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    MissingnessTransformer,
    suggest_format,
)
from sparsekit.continual import ReplayBuffer, ReplayClassifier, continual_metrics
from sparsekit.continual._difficulty import difficulty_of
from sparsekit.difficulty import (
    HardSampleSelector,
    aum_scores,
    gradient_coverage,
    memorization_scores,
    pruning_identified_exemplars,
    selection_curve,
)
from sparsekit.difficulty._checks import check_fraction
from sparsekit.difficulty._select import select
from sparsekit.network import value_targets
from sparsekit.neural_network import load_checkpoint, save_checkpoint
from sparsekit.study import (
    StudyResult,
    corrected_ttest,
    holm,
    missingness_study,
    summarize,
)
from sparsekit.topology import (
    ElasticDensity,
    ErdosRenyi,
    LinkPredictionGrower,
    NeuronPruner,
    check_strategy,
)

X, Y = np.random.default_rng(0).normal(size=(8, 2)), np.arange(8) % 2


def kept(size=3):
    return ReplayBuffer(size, random_state=0).add(X, Y)


def fitted():
    settings = {"tol": 1e9, "n_iter_no_change": 1, "random_state": 0}
    return DenseMLPClassifier((3,), record="epoch", **settings).fit(X, Y)


def study(**columns):
    row = {"mechanism": "mcar", "missing_rate": 0.0, "model": "set", "sparsity": 0.5}
    row |= {"seed": 0, "metric": "accuracy", "score": 0.9, "n_connections": 10}
    return pd.DataFrame([row | {"fit_time": 0.1} | columns])


class Guess:
    def predict(self, X):
        return np.zeros(len(X), dtype=int)


CALLS = {
    "no classes": (
        lambda: DenseMLPClassifier().partial_fit(X, Y, classes=[]),
        "classes has no class",
    ),
    "a buffer without targets": (lambda: kept().add(X, None), "a value for each row"),
    "fewer than no rows": (lambda: kept().sample(-1), "n_samples must be an integer"),
    "words for accuracies": (
        lambda: continual_metrics([["a"]]),
        "accuracy_matrix must be an array of numbers",
    ),
    "a share that is text": (
        lambda: check_fraction("keep_fraction", "a"),
        r"keep_fraction must be in \(0, 1",
    ),
    "a ranking that is a number": (
        lambda: selection_curve(DenseMLPClassifier(), X, Y, by=3.0),
        "by must be a sequence",
    ),
    "one share of rows": (
        lambda: selection_curve(DenseMLPClassifier(), X, Y, keep_fractions=0.5),
        "keep_fractions must be a sequence",
    ),
    "no rows to memorize": (
        lambda: memorization_scores(GaussianNB(), None, Y),
        "X must be a table",
    ),
    "no scores": (
        lambda: select(np.full(4, np.nan), 0.5, "stratified", 0.0, None),
        "no row has a score",
    ),
    "columns of another table": (
        lambda: summarize(pd.DataFrame({"score": [1.0]})),
        "frame has no column mechanism",
    ),
    "neurons that are text": (
        lambda: suggest_format("a", 3, density=0.5),
        "n_in=a must be a whole number",
    ),
    "sparsity beyond numbers": (
        lambda: ErdosRenyi().counts([3, 4], np.nan),
        r"sparsity must be a number in \[0, 1\)",
    ),
    "negative sizes": (lambda: ErdosRenyi().counts([-1, 4], 0.5), "at least 0"),
    "epsilon that is a dict": (
        lambda: ErdosRenyi({}).counts([3, 4], 0.5),
        "epsilon must be a number in",
    ),
    "a dense output by halves": (
        lambda: ErdosRenyi(dense_output=np.zeros(2)).counts([3, 4], 0.5),
        "ErdosRenyi: dense_output must be True or False",
    ),
    "links that are no whole number": (
        LinkPredictionGrower(max_degree=1e9).check_parameters,
        "max_degree must be a whole number",
    ),
    "a yes for a number of rows": (
        lambda: kept().sample(True),
        "n_samples must be an integer",
    ),
    "a percentile that is text": (
        lambda: aum_scores(fitted(), threshold_rows=[0], percentile="max"),
        r"percentile must be in \[0, 100\]",
    ),
    "labels of other rows": (
        lambda: pruning_identified_exemplars([Guess()], [Guess()], X, np.ones((1, 8))),
        r"a label for each of the 8 rows of X, shape \(8,\); got \(1, 8\)",
    ),
    "a study of rows that are text": (
        lambda: StudyResult(study(score="high")),
        "column 'score' must hold numbers",
    ),
    "a study without a missing rate": (
        lambda: summarize(study(missing_rate=np.nan)),
        "column 'missing_rate' has rows without a value",
    ),
    "a study of infinite scores": (
        lambda: StudyResult(study(score=np.inf)),
        "column 'score' has infinite values",
    ),
    "a study with sparsity in per cent": (
        lambda: StudyResult(study(sparsity=90)),
        r"column 'sparsity' has values outside \[0, 1\]",
    ),
    "a study of models without names": (
        lambda: StudyResult(study(model=3)),
        "column 'model' has 3, not text",
    ),
    "a study of holes elsewhere": (
        lambda: StudyResult(study(when="never")),
        "column 'when' has 'never', not one of both, fit, transform",
    ),
    "a study with two columns of a name": (
        lambda: StudyResult(pd.concat([study(), study()], axis=1)),
        "frame has two columns 'mechanism'",
    ),
    "a metric without an axis": (
        lambda: StudyResult(study(metric="f1")).plot(),
        "metric 'f1' has no figure",
    ),
    "confidence that is text": (
        lambda: StudyResult(study()).summary(confidence="95 %"),
        r"confidence='95 %' must be in \(0, 1\)",
    ),
    "a test size that is text": (
        lambda: StudyResult(study()).compare("set", test_size="third"),
        "The study has no model to compare",
    ),
    "no models to rank": (
        lambda: StudyResult(study()).ranks([]),
        "models is empty",
    ),
    "p values in rows": (lambda: holm(np.ones((2, 2))), "must have one dimension"),
    "row numbers that are text": (
        lambda: corrected_ttest([1.0, 2.0], [1.0, 3.0], "many", 1),
        "n_train='many' must be a positive number",
    ),
    "complex accuracies": (
        lambda: continual_metrics(np.eye(2) * 1j),
        "accuracy_matrix must be an array of numbers: they are complex",
    ),
    "fewer targets than rows": (
        lambda: gradient_coverage(fitted(), X, Y[:3]),
        "y must have a target for each of the 8 rows",
    ),
    "no densities": (
        lambda: ElasticDensity(None).density(0.1, 0.5),
        "extra must be numbers",
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_the_value_is_refused_by_name(case):
    call, message = CALLS[case]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_ranking_needs_a_network_that_takes_records():
    with pytest.raises(TypeError, match="estimator must be a network"):
        HardSampleSelector(GaussianNB()).fit(X, Y)


def test_replay_refuses_sparse_targets():
    from scipy import sparse

    replay = ReplayClassifier(GaussianNB())
    with pytest.raises(TypeError, match="sparse y cannot be kept"):
        replay.fit(X, sparse.csr_array(np.eye(8)))


def test_what_is_no_table_of_results_is_refused():
    with pytest.raises(TypeError, match="DataFrame that missingness_study returns"):
        summarize(X)


@pytest.mark.parametrize(
    "call",
    [
        lambda: StudyResult(X),
        lambda: StudyResult.combine([study()]),
        lambda: StudyResult.combine({"a": X}),
        lambda: StudyResult(study()).compare(3),
        lambda: StudyResult(study()).compare(()),
        lambda: StudyResult(study()).plot(axes=3),
        lambda: StudyResult(study()).plot("ranks", axes="here"),
        lambda: missingness_study(X, Y, models=3),
        lambda: missingness_study(X, Y, estimator_params="few"),
    ],
)
def test_what_is_of_another_type_is_refused(call):
    with pytest.raises(TypeError, match=r" must be | must map | neither a model"):
        call()


def test_the_mechanism_may_be_nonsense_before_a_fit():
    with pytest.raises(NotFittedError):
        MissingnessTransformer(mechanism=np.zeros(2)).transform(X)


def test_errors_too_large_to_be_squared_still_tell_hard_rows():
    class Zero(RegressorMixin, BaseEstimator):
        def predict(self, X):
            return np.zeros(len(X))

    hard = difficulty_of(Zero(), X[:3], np.array([0.0, 1e299, 1e300]))
    assert hard[0] == 0
    assert hard[0] < hard[1] < hard[2] <= 1


def test_a_panel_leaves_out_a_model_that_was_not_fitted_there():
    dense = {"model": "dense", "sparsity": 0.0}
    rows = [study(), study(**dense), study(mechanism="mnar")]
    display = StudyResult(pd.concat(rows)).plot()
    labels = [ax.get_legend_handles_labels()[1] for ax in display.axes_]
    assert [*map(len, labels)] == [2, 1]
    plt.close(display.figure_)


def test_a_pruner_of_whole_networks_is_checked_on_layers_that_follow_each_other():
    # It drops more than the fraction, which the contract forbids to pruners that do not
    # say so; no error of numpy's.
    class Silent(NeuronPruner):
        drops_more = False

    with pytest.raises(AssertionError, match="connections are dropped"):
        check_strategy(Silent())


def test_numbers_too_large_for_single_precision_do_not_warn():
    made = value_targets(np.full((2, 1), 1e300), np.array([1.0, 1e300]), np.float32)
    assert np.isinf(made.values).all()
    assert np.isinf(made.sample_weight[1])


def test_a_checkpoint_whose_classes_are_not_sorted_is_refused(tmp_path):
    # A label would be the number of an output that is not there.
    net = DenseMLPClassifier((3,), tol=1e9, n_iter_no_change=1, random_state=0)
    net.fit(X, np.arange(8) % 3)
    for classes in ([2, 1, 0], [0, 1], [0, 1, 1]):
        net.classes_ = np.array(classes)
        save_checkpoint(net, tmp_path / "net.ckpt")
        with pytest.raises(ValueError, match="the classes are not"):
            load_checkpoint(tmp_path / "net.ckpt")


def test_a_target_that_varies_by_rounding_only_is_constant():
    regressor = DenseMLPRegressor()
    weights = np.array([1.0, 1e-310])
    regressor._learn_target(np.array([[-0.49], [0.44]]), weights)
    assert regressor._target_scale.tolist() == [1.0]
