"""A record says what a slow twin makes of the outputs before every step."""

import numpy as np
import pytest
from scipy import sparse

from sparsekit.kernels.outputs import note_outputs
from sparsekit.network import LOSSES, SampleRecorder, csr_samples
from tests.reference.cases import (
    ALL_LOSSES,
    plain_samples,
    plain_sgd,
    random_naive_network,
    random_target,
    sparse_network,
    targets_of,
    trainer_of,
)
from tests.reference.naive_network import forward
from tests.reference.naive_record import summary
from tests.reference.naive_training import NaiveOptimizer, train_epoch

N_ROWS, BATCH, EPOCHS, RATE = 37, 8, 21, 0.3
OUTPUTS = dict.fromkeys(ALL_LOSSES, 2) | {"softmax": 3, "smooth softmax": 3}


def recorded(loss, *, weight=None, stored=False, n_threads=1, **options):
    """Train here and there; return the recorder, and the outputs before each step."""
    rng = np.random.default_rng(3)
    naive = random_naive_network(rng, (6, 9, OUTPUTS[loss]), 0.4)
    X = rng.normal(size=(N_ROWS, 6))
    samples = plain_samples(X, np.float64)
    if stored:
        X = np.where(rng.random(X.shape) < 0.5, X, 0.0)
        samples = csr_samples(sparse.csr_array(X), np.zeros(6), np.ones(6), np.float64)
    target = random_target(rng, loss, N_ROWS, OUTPUTS[loss])
    trainer = trainer_of(
        sparse_network(naive),
        samples,
        loss,
        target,
        plain_sgd(),
        batch_size=BATCH,
        weight=weight,
        n_threads=n_threads,
    )
    trainer.recorder = SampleRecorder(N_ROWS, **options)
    optimizer = NaiveOptimizer("sgd", momentum=0.0, nesterov=False)
    before = np.full((EPOCHS, N_ROWS, OUTPUTS[loss]), np.nan)
    after = before.copy()
    weights = np.ones(N_ROWS) if weight is None else weight
    for epoch in range(EPOCHS):
        order = rng.permutation(N_ROWS)
        trainer.run_epoch(order, RATE)
        trainer.recorder.end_epoch(trainer)
        for start in range(0, N_ROWS, BATCH):
            rows = order[start : start + BATCH]
            if weights[rows].sum() > 0:
                before[epoch, rows] = forward(naive, X[rows])[0][-1]
            train_epoch(
                naive, optimizer, X, loss, target,
                order=rows, batch_size=BATCH, rate=RATE, weight=weight,
            )  # fmt: skip
        after[epoch] = forward(naive, X)[0][-1]
    return trainer.recorder, before, after, target


def assert_same(notes, expected):
    for name, values in expected.items():
        np.testing.assert_allclose(
            notes[name], values, rtol=2e-5, atol=2e-5, err_msg=name
        )


@pytest.mark.parametrize("loss", OUTPUTS)
@pytest.mark.parametrize("weighted", [False, True])
def test_presentations_are_summed_up_as_by_the_slow_twin(loss, weighted):
    weight = None
    if weighted:
        weight = np.random.default_rng(0).integers(3, size=N_ROWS).astype(float)
    recorder, before, _, target = recorded(loss, weight=weight)
    expected = summary(loss, before, target)
    assert expected["n_forgotten"].max() > 0
    assert_same(recorder.to_dict(), expected)


@pytest.mark.parametrize("loss", OUTPUTS)
def test_epochs_are_summed_up_as_by_the_slow_twin(loss):
    recorder, _, after, target = recorded(loss, after_epochs=True)
    assert_same(recorder.to_dict(), summary(loss, after, target))


def test_presentations_of_stored_entries_are_summed_up_alike():
    recorder, before, _, target = recorded("softmax", stored=True)
    assert_same(recorder.to_dict(), summary("softmax", before, target))


def test_all_notes_say_what_the_summary_does():
    recorder, *_ = recorded("softmax", keep_all=True)
    notes = recorder.to_dict()
    assert notes["all_losses"].shape == (EPOCHS, N_ROWS)
    confidences = np.exp(-notes["all_losses"].astype(float))
    for name, values in [
        ("loss_mean", notes["all_losses"].mean(axis=0)),
        ("margin_mean", notes["all_margins"].mean(axis=0)),
        ("error_mean", notes["all_errors"].mean(axis=0)),
        ("n_correct", notes["all_correct"].sum(axis=0)),
        ("confidence_mean", confidences.mean(axis=0)),
        ("confidence_std", confidences.std(axis=0)),
    ]:
        np.testing.assert_allclose(notes[name], values, rtol=1e-5, atol=1e-5)


def test_samples_in_batches_without_weight_are_not_seen():
    recorder, *_ = recorded("softmax", weight=np.zeros(N_ROWS), keep_all=True)
    notes = recorder.to_dict()
    assert not notes["n_seen"].any()
    assert np.isnan(notes["confidence_mean"]).all()
    assert (notes["all_correct"] == -1).all()


def test_equal_outputs_predict_the_first_class():
    recorder = SampleRecorder(2)
    targets = targets_of("softmax", np.array([0, 1]), None, np.float64)
    note_outputs(LOSSES["softmax"], targets, np.zeros((2, 3)), recorder.record)
    assert recorder.record.correct.tolist() == [1, 0]
