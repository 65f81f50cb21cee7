"""The format of a layer is chosen for the arrays at hand; what it needs is checked."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit import DenseMLPClassifier, SETMLPRegressor, StaticSparseMLPClassifier
from sparsekit.kernels._structs import BY_INPUT, BY_ROW, DENSE, STORED
from sparsekit.network import (
    Optimizer,
    build_network,
    csr_samples,
    scaled_missing_inputs,
)
from sparsekit.network._formats import check_formats, layer_formats
from tests.reference.cases import plain_samples, random_target, trainer_of

N_ROWS = 24
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N_ROWS, 5))


def network():
    rng = np.random.default_rng(1)
    return build_network((5, 8, 3), (20, 12), "relu", None, np.float32, rng)


def stored():
    few = sparse.csr_array(np.eye(N_ROWS, 5))
    return csr_samples(few, np.zeros(5), np.ones(5), np.float32)


def arrays_with(formats):
    return network().for_training(np.array([0, *formats]), N_ROWS)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "options",
    [{}, {"missing": "expected"}, {"missing_scaling": "neuron"}],
    ids=["plain", "expected", "scaled"],
)
@pytest.mark.parametrize(
    "made", [DenseMLPClassifier, SETMLPRegressor, StaticSparseMLPClassifier]
)
def test_dense_inputs_of_which_nearly_all_drop_out_are_trained_on(made, options):
    net = made((5,), max_iter=2, input_dropout=0.99, **options)
    net.fit(X, np.arange(N_ROWS) % 3)
    assert np.isfinite(net._network.weights).all()
    assert len(net.predict(X)) == N_ROWS


@pytest.mark.parametrize("input_dropout", [0.0, 0.5, 0.98, 0.999])
def test_the_formats_for_dense_inputs_do_not_depend_on_dropout(input_dropout):
    samples = plain_samples(X, np.float32)
    formats = layer_formats(network(), samples, None, input_dropout)
    assert formats.tolist() == [0, BY_ROW, BY_INPUT]


def test_stored_entries_are_visited_where_there_are_few_after_dropout():
    formats = layer_formats(network(), stored(), None, 0.99)
    assert formats[1] == STORED


@pytest.mark.parametrize(
    ("formats", "samples", "missing_inputs", "message"),
    [
        ((STORED, BY_INPUT), plain_samples(X, np.float32), None, "inputs are dense"),
        ((BY_ROW, STORED), stored(), None, "after the first works on stored"),
        ((BY_INPUT, BY_INPUT), stored(), None, "no gradient of its inputs"),
        (
            (STORED, BY_INPUT),
            stored(),
            scaled_missing_inputs("sample", 5, 5.0, root=True, dtype=np.float32),
            "leaves out what is missing",
        ),
        (
            (BY_ROW, BY_INPUT),
            plain_samples(X[:, :4], np.float32),
            None,
            "4 inputs for 5 neurons",
        ),
    ],
    ids=["dense inputs", "second layer", "first layer", "missing", "inputs"],
)
def test_a_format_that_the_arrays_do_not_have_is_an_internal_error(
    formats, samples, missing_inputs, message
):
    with pytest.raises(RuntimeError, match=f"Internal error.*{message}"):
        check_formats(arrays_with(formats), samples, missing_inputs)


def test_a_format_without_its_index_or_matrix_is_an_internal_error():
    arrays = arrays_with((BY_ROW, BY_ROW))
    for kind, message in ((BY_INPUT, "by-input index"), (DENSE, "no matrix")):
        wrong = arrays._replace(formats=np.array([0, BY_ROW, kind]))
        with pytest.raises(RuntimeError, match=message):
            check_formats(wrong, plain_samples(X, np.float32))


def test_a_trainer_looks_before_it_calls_compiled_code():
    target = random_target(RNG, "softmax", N_ROWS, 3)
    trainer = trainer_of(
        network(), X, "softmax", target, Optimizer("sgd", 0.0), batch_size=8
    )
    trainer._formats = np.array([0, STORED, BY_INPUT])
    before = trainer.network.weights.copy()
    with pytest.raises(RuntimeError, match="inputs are dense"):
        trainer.run_epoch(np.arange(N_ROWS), 0.1)
    np.testing.assert_array_equal(trainer.network.weights, before)
