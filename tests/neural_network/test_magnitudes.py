"""Numbers of any finite size: learned from, or refused by column and value."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.metrics import r2_score

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit.continual import prequential_scores
from sparsekit.difficulty import (
    gradient_coverage,
    grand_scores,
    memorization_scores,
)
from sparsekit.network import moderate
from sparsekit.neural_network import load_checkpoint, save_checkpoint, to_predictor
from sparsekit.neural_network.training._inputs import learn_inputs

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_iris(return_X_y=True)
T = X @ np.array([1.0, -2.0, 0.5, 1.0])
WEIGHTS = np.random.default_rng(0).uniform(0.5, 2, size=150)
STORE = {"dense": np.asarray, "csr": sparse.csr_array}
MOST = np.finfo(np.float64).max
OPTIONS = {"sparsity": 0.5, "max_iter": 5, "random_state": 0}


def classifier(**options):
    return SETMLPClassifier((10,), **OPTIONS | options)


def regressor(**options):
    return SETMLPRegressor((10,), **OPTIONS | options)


def with_value(value):
    """Return the table with an outlier in row 7, column 2."""
    table = X.copy()
    table[7, 2] = value
    return table


def inputs_of(table, weights, n_calls):
    """Return what is learned about inputs, in some calls."""
    inputs = None
    for rows in np.array_split(np.random.default_rng(1).permutation(150), n_calls):
        inputs = learn_inputs(table[rows], True, weights[rows], inputs)
    return inputs


@pytest.mark.parametrize("n_calls", [1, 7])
@pytest.mark.parametrize("weights", [np.ones(150), WEIGHTS], ids=["equal", "weights"])
@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
@pytest.mark.parametrize("power", [1020, 600, -600, -1000])
def test_location_and_scale_are_right_for_numbers_without_squares(
    power, store, weights, n_calls
):
    holey = np.where(X > 6.5, np.nan, X)
    expected = inputs_of(store(holey), weights, n_calls)
    found = inputs_of(store(holey * 2.0**power), weights, n_calls)
    # Powers of two round nothing, so that not a bit may differ.
    assert_array_equal(found["shift"], expected["shift"] * 2.0**power)
    assert_array_equal(found["scale"], expected["scale"] / 2.0**power)


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
def test_the_scale_of_a_stream_grows_from_tiny_numbers_to_huge_ones(store):
    inputs = None
    sizes = [0.0, 1e-300, 1.0, 1e300]
    for size in sizes:
        inputs = learn_inputs(store(X * size), True, None, inputs)
    everything = np.concatenate([X * (size / 1e300) for size in sizes])
    assert_allclose(inputs["shift"] / 1e300, everything.mean(axis=0))
    assert_allclose(1e300 * inputs["scale"], 1 / everything.std(axis=0))


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
def test_the_ends_of_double_precision_have_a_mean_and_a_scale(store):
    ends = np.tile([[MOST], [-MOST], [MOST], [MOST]], (3, 1))
    inputs = learn_inputs(store(ends), True)
    assert_allclose(inputs["shift"] / MOST, 0.5)
    assert_allclose(inputs["scale"] * MOST, 1 / np.sqrt(0.75))
    net = classifier().fit(store(ends), ends[:, 0] > 0)
    assert np.isfinite(net.predict_proba(store(ends))).all()


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
@pytest.mark.parametrize("size", [2.0**515, 2.0**1020, 2.0**-1000])
def test_a_network_learns_the_same_from_numbers_of_any_size(store, size):
    plain = classifier().fit(store(X), Y)
    scaled = classifier().fit(store(X * size), Y)
    assert_array_equal(scaled.predict_proba(store(X * size)), plain.predict_proba(X))


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
@pytest.mark.parametrize("options", [{}, {"missing": "expected"}], ids=str)
def test_a_constant_column_of_any_size_does_no_harm(store, options):
    def accuracy(constant):
        table = store(np.c_[X, np.full(150, constant)])
        net = classifier(max_iter=50, batch_size=20, **options).fit(table, Y)
        return net.score(table, Y)

    ordinary = accuracy(1.0)
    assert ordinary > 0.8
    for constant in (1e20, 1.1e39, 1.1e100, 1e300, MOST, -1e155, 1e-300, 5e-324):
        assert abs(accuracy(constant) - ordinary) < 0.02


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
@pytest.mark.parametrize("value", [1e39, -1e39, 1e300, MOST])
@pytest.mark.parametrize(
    "options",
    [{}, {"missing": "indicator"}, {"missing": "expected"}, {"standardize": False}],
    ids=str,
)
def test_values_beyond_single_precision_are_refused_by_column_and_value(
    value, store, options
):
    far = store(with_value(value))
    message = rf"X has the value {value:.6g} in column 2.*float32"
    message = message.replace("+", r"\+")
    for net, y in ((classifier(**options), Y), (regressor(**options), T)):
        net.fit(X, y)
        names = ("predict", "predict_proba", "predict_log_proba", "decision_function")
        for name in names:
            if hasattr(net, name):
                with pytest.raises(ValueError, match=message):
                    getattr(net, name)(far)
        with pytest.raises(ValueError, match=message):
            net.score(far, y)
        with pytest.raises(ValueError, match=message):
            net.fit(X, y, X_val=far, y_val=y)


def test_the_column_is_called_by_its_name():
    names = ["a", "b", "c", "d"]
    net = classifier().fit(pd.DataFrame(X, columns=names), Y)
    with pytest.raises(ValueError, match=r"value 1e\+300 in column 'c'"):
        net.predict(pd.DataFrame(with_value(1e300), columns=names))


def test_what_training_cannot_represent_is_refused_before_training():
    net = classifier(standardize=False)
    with pytest.raises(ValueError, match=r"value 1e\+39 in column 2"):
        net.fit(with_value(1e39), Y)
    assert not hasattr(net, "coefs_")
    with pytest.raises(ValueError, match=r"value 1e\+39 in column 2"):
        net.partial_fit(with_value(1e39), Y, classes=[0, 1, 2])
    assert not hasattr(net, "coefs_")


def test_double_precision_takes_what_single_precision_does_not():
    net = classifier(dtype="float64").fit(X, Y)
    assert np.isfinite(net.predict_proba(with_value(1e39))).all()


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
def test_a_far_batch_is_refused_and_leaves_the_estimator_as_it_was(store):
    net = classifier().partial_fit(store(X), Y, classes=[0, 1, 2])
    twin = classifier().partial_fit(store(X), Y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"X has the value .* in column 0"):
        net.partial_fit(store(X * 1e300), Y)
    assert_array_equal(net.predict_proba(X), twin.predict_proba(X))
    for one in (net, twin):
        one.partial_fit(store(X[::-1]), Y[::-1])
    assert_array_equal(net.predict_proba(X), twin.predict_proba(X))


def test_a_far_target_in_a_batch_leaves_the_estimator_as_it_was():
    net = regressor().partial_fit(X, T)
    before = net.predict(X)
    with pytest.raises(ValueError, match=r"y has the value .* in row 0, output 0"):
        net.partial_fit(X + 1, T * 1e300)
    assert_array_equal(net.predict(X), before)
    assert net.n_iter_ == 1


def test_a_variance_that_expected_activations_cannot_hold_is_refused_by_column():
    table = np.where(X > 6.5, np.nan, X * [1, 1, 1e30, 1])
    net = classifier(missing="expected", standardize=False)
    with pytest.raises(ValueError, match=r"Column 2 of X has a mean of .* and a var"):
        net.fit(table, Y)


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
def test_outputs_that_overflow_are_refused_by_row(store):
    net = classifier(standardize=False, activation="identity").fit(X, Y)
    net._network.weights[:] *= 100
    with pytest.raises(ValueError, match="The output for the values of row 7 of X"):
        net.predict_proba(store(with_value(1e38)))


@pytest.mark.parametrize("size", [1e-300, 1e20, 1e154, 1e300, 2e306])
@pytest.mark.parametrize("columns", [1, 2])
def test_targets_of_any_size_are_learned_alike(size, columns):
    target = T if columns == 1 else np.c_[T, 3.0 - T]
    plain = regressor(max_iter=30).fit(X, target, sample_weight=WEIGHTS)
    scaled = regressor(max_iter=30).fit(X, target * size, sample_weight=WEIGHTS)
    assert_allclose(scaled.predict(X) / size, plain.predict(X), rtol=1e-3)
    assert_allclose(scaled.score(X, target * size), plain.score(X, target), rtol=1e-3)


def test_targets_at_the_ends_of_double_precision_are_learned():
    target = np.where(T.mean() < T, 1.0, 0.5)
    net = regressor(max_iter=30).fit(X, target * MOST)
    plain = regressor(max_iter=30).fit(X, target)
    # Beyond the ends there is nothing to predict.
    within = plain.predict(X) < 0.99
    assert_allclose(net.predict(X[within]) / MOST, plain.predict(X[within]), rtol=1e-3)


@pytest.mark.parametrize("constant", [1.1e39, 1e300, 1e-300, -1e308, 7.3])
def test_a_constant_target_of_any_size_is_predicted(constant):
    predicted = regressor(max_iter=300).fit(X, np.full(150, constant)).predict(X)
    assert_allclose(predicted, constant, rtol=1e-9, atol=0.5)


def test_targets_beyond_single_precision_are_refused_by_row_and_value():
    target = T.copy()
    target[11] = 1e39
    with pytest.raises(ValueError, match=r"y has the value 1e\+39 in row 11, output 0"):
        regressor(standardize=False).fit(X, target)
    with pytest.raises(ValueError, match=r"y has the value 1e\+39 in row 11, output 0"):
        regressor().fit(X, T, X_val=X, y_val=target)


def test_predictions_beyond_double_precision_are_refused_by_row():
    net = regressor().fit(X, T * 1e307)
    with pytest.raises(ValueError, match="The prediction of row 0 of X is beyond"):
        net.predict(X * 1e4)


def test_the_score_of_ordinary_targets_is_that_of_scikit_learn():
    net = regressor().fit(X, T)
    expected = r2_score(T, net.predict(X), sample_weight=WEIGHTS)
    assert net.score(X, T, WEIGHTS) == expected


@pytest.mark.parametrize("made", [classifier, regressor])
@pytest.mark.parametrize("size", [1e38, 1e-40, 1e-300, MOST])
def test_sample_weights_of_any_size_weigh_alike(made, size):
    plain = made().fit(X, T.mean() < T, sample_weight=np.ones(150))
    net = made().fit(X, T.mean() < T, sample_weight=np.full(150, size))
    assert_allclose(net.predict(X), plain.predict(X), rtol=0.01, atol=0.01)
    assert np.isfinite(net.loss_curve_).all()
    net.partial_fit(X, T.mean() < T, sample_weight=np.full(150, size))
    assert np.isfinite(net.predict(X)).all()


def test_weights_of_sizes_that_cannot_be_summed_keep_their_ratios():
    weights = np.array([MOST, MOST / 4, 1.0, 0.0])
    assert_array_equal(moderate(weights) / moderate(weights)[0], [1, 0.25, 0, 0])
    ordinary = np.array([1e-6, 3.0, 1e6])
    assert_array_equal(moderate(ordinary), ordinary)


def test_class_weights_of_any_size_weigh_alike():
    heavy = {0: 1e300, 1: 2e300, 2: 1e300}
    net = classifier(class_weight=heavy)
    net.fit(X, Y, sample_weight=np.full(150, 1e300))
    plain = classifier(class_weight={0: 1, 1: 2, 2: 1}).fit(X, Y)
    assert_allclose(net.predict_proba(X), plain.predict_proba(X), atol=0.01)


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
def test_a_predictor_without_a_compiler_keeps_the_same_policy(store):
    net = classifier().fit(X * 2.0**1000, Y)
    table = store(X * 2.0**1000)
    predicted = to_predictor(net).predict_proba(table)
    assert_allclose(predicted, net.predict_proba(table), rtol=1e-5)
    plain = to_predictor(classifier().fit(X, Y))
    with pytest.raises(ValueError, match=r"value 1e\+39 in column 2"):
        plain.predict(store(with_value(1e39)))
    numbers = regressor().fit(X, T * 1e307)
    predicted = to_predictor(numbers).predict(X) / 1e307
    # Single precision adds up numbers of about 1, in another order.
    assert_allclose(predicted, numbers.predict(X) / 1e307, rtol=1e-5, atol=1e-6)


def test_a_predictor_refuses_outputs_that_overflow_by_row():
    net = classifier(standardize=False, activation="identity").fit(X, Y)
    net._network.weights[:] *= 100
    with pytest.raises(ValueError, match="The output for the values of row 7 of X"):
        to_predictor(net).predict_proba(with_value(1e38))


def test_a_checkpoint_keeps_the_units_of_a_stream(tmp_path):
    net = classifier().partial_fit(X * 1e300, Y, classes=[0, 1, 2])
    save_checkpoint(net, tmp_path / "net.ckpt")
    loaded = load_checkpoint(tmp_path / "net.ckpt")
    for one in (net, loaded):
        one.partial_fit(X * 1.1e300, Y)
    table = X * 1e300
    assert_array_equal(loaded.predict_proba(table), net.predict_proba(table))
    net._inputs["unit"] = np.zeros(4)
    save_checkpoint(net, tmp_path / "net.ckpt")
    with pytest.raises(ValueError, match="unit is not positive"):
        load_checkpoint(tmp_path / "net.ckpt")


@pytest.mark.parametrize("store", STORE.values(), ids=STORE)
def test_single_precision_of_any_size_is_learned_with_weights(store):
    # Divided by its unit, such a table becomes one of double precision.
    table = store(X.astype(np.float32) * np.float32(2.0**100))
    net = classifier().fit(table, Y, WEIGHTS)
    plain = classifier().fit(store(X.astype(np.float32)), Y, WEIGHTS)
    assert_allclose(net.predict_proba(table), plain.predict_proba(store(X)), rtol=1e-3)


def test_scores_of_rows_are_numbers_or_refused():
    net = classifier(dtype="float64", standardize=False).fit(X, Y)
    for scores in (grand_scores, gradient_coverage):
        with pytest.raises(ValueError, match="The squared gradient of row 7 of X"):
            scores(net, with_value(1e200), Y)
    with pytest.raises(ValueError, match="importance='fisher' of a connection"):
        net.consolidate(with_value(1e200), Y)
    assert np.isfinite(net.predict_proba(X)).all()


def test_memorization_of_targets_without_squares_is_that_of_others():
    options = {"n_models": 4, "random_state": 0}
    plain = memorization_scores(regressor(), X[:20], T[:20], **options)
    huge = memorization_scores(regressor(), X[:20], T[:20] * 2.0**1000, **options)
    assert_allclose(huge["score_in"], plain["score_in"], rtol=1e-3)


def test_squared_errors_that_cannot_be_summed_are_refused():
    with pytest.raises(ValueError, match="a squared error of inf cannot be averaged"):
        prequential_scores(regressor(), X, T * 1e300, batch_size=50)
