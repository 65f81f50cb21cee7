"""Copies become one network: their mean, with the connections of one of them."""

import numpy as np
import pytest

from sparsekit.distributed._merge import (
    MOST_TOGETHER,
    Copy,
    averaged,
    summed,
    summed_to_send,
)
from sparsekit.distributed._messages import Frame, gaps_of, keys_from
from sparsekit.topology import MagnitudePruner, SETPruner
from tests.reference.naive_average import average, pruned

FRAME = Frame(
    np.array([12, 9, 4]), np.zeros(3, dtype=np.int64), np.zeros(3), np.dtype(np.int32)
)
COUNTS = [20, 10]
PRUNERS = {"by sign": SETPruner(), "by size": MagnitudePruner()}


def copy(seed, n_rows=100, shared=False):
    """Return a copy of random connections and weights, as a part sends it."""
    rng = np.random.default_rng(seed)
    chosen = np.random.default_rng(0) if shared else rng
    keys = [
        np.sort(chosen.choice(last - first, count, replace=False)) + first
        for first, last, count in zip(
            FRAME.ends[:-1], FRAME.ends[1:], COUNTS, strict=True
        )
    ]
    n = sum(COUNTS)
    arrays = {
        "weights": rng.normal(size=n).astype(np.float32),
        "weight_first": rng.normal(size=n).astype(np.float32),
        "weight_second": rng.random(size=n).astype(np.float32),
        "biases": rng.normal(size=13).astype(np.float32),
    }
    gaps = None if shared else gaps_of(np.concatenate(keys))
    return Copy(n_rows, np.array([float(seed)]), gaps, arrays, 10 + seed, {"of": seed})


def numbers(one, name):
    return dict(
        zip(keys_from(one.gaps).tolist(), one.arrays[name].tolist(), strict=True)
    )


def mean_of(copies, merge="average", pruner=None):
    pruner = SETPruner() if pruner is None else pruner
    mean, _ = averaged(FRAME, merge, pruner, np.dtype(np.float32), *copies)
    return mean


def of_layer(found, layer):
    first, last = FRAME.ends[layer], FRAME.ends[layer + 1]
    return {key: value for key, value in found.items() if first <= key < last}


@pytest.mark.parametrize("pruner", PRUNERS)
@pytest.mark.parametrize("merge", ["average", "top"])
@pytest.mark.parametrize("n_copies", [1, 2, 5])
def test_connections_and_numbers_are_those_of_a_loop(merge, pruner, n_copies):
    copies = [copy(seed, n_rows=50 + 10 * seed) for seed in range(n_copies)]
    mean = mean_of(copies, merge, PRUNERS[pruner])
    expected = average([(c.n_rows, numbers(c, "weights")) for c in copies], merge)
    expected = {k: float(np.float32(v)) for k, v in expected.items()}
    stays = [
        key
        for layer, count in enumerate(COUNTS)
        for key in pruned(of_layer(expected, layer), count, pruner == "by sign")
    ]
    assert keys_from(mean.gaps).tolist() == stays
    for name in ("weights", "weight_first", "weight_second"):
        expected = average([(c.n_rows, numbers(c, name)) for c in copies], merge)
        got = numbers(mean, name)
        np.testing.assert_allclose(
            [got[key] for key in stays], [expected[key] for key in stays], rtol=1e-6
        )


def test_each_layer_has_as_many_connections_as_in_the_first_copy():
    keys = keys_from(mean_of([copy(seed) for seed in range(7)]).gaps)
    assert np.diff(np.searchsorted(keys, FRAME.ends)).tolist() == COUNTS


def test_biases_are_averaged_by_rows():
    one, other = copy(0, n_rows=100), copy(1, n_rows=300)
    expected = 0.25 * one.arrays["biases"] + 0.75 * other.arrays["biases"]
    got = mean_of([one, other]).arrays["biases"]
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_the_mean_of_one_copy_is_the_copy():
    one = copy(3)
    mean = mean_of([one])
    np.testing.assert_array_equal(keys_from(mean.gaps), keys_from(one.gaps))
    for name, values in one.arrays.items():
        np.testing.assert_array_equal(mean.arrays[name], values, strict=True)


def test_copies_of_the_same_connections_send_none():
    copies = [copy(seed, shared=True) for seed in range(3)]
    mean = mean_of(copies)
    assert mean.gaps is None
    expected = np.mean([c.arrays["weights"].astype(float) for c in copies], axis=0)
    np.testing.assert_allclose(mean.arrays["weights"], expected, rtol=1e-6)


def test_losses_are_averaged_and_notes_are_those_of_the_first():
    mean = mean_of([copy(2, n_rows=100), copy(4, n_rows=300)])
    assert mean.losses.tolist() == [3.5]
    assert (mean.notes, mean.step, mean.n_rows) == ({"of": 2}, 14, 400)


def test_sums_of_sums_are_sums():
    copies = [copy(seed) for seed in range(4)]
    halves = [summed(FRAME, *copies[:2]), summed(FRAME, *copies[2:])]
    one, other = mean_of(copies), mean_of(halves)
    np.testing.assert_array_equal(one.gaps, other.gaps)
    for name, values in one.arrays.items():
        np.testing.assert_allclose(other.arrays[name], values, rtol=1e-6)


def test_a_sum_that_travels_has_a_multiple_of_the_connections_of_one_copy():
    total = summed_to_send(FRAME, *(copy(seed) for seed in range(30)))
    counts = np.diff(np.searchsorted(total.keys, FRAME.ends))
    assert counts.tolist() == [MOST_TOGETHER * count for count in COUNTS]
    whole = average(
        [(100, numbers(copy(seed), "weights")) for seed in range(30)], "average"
    )
    first = of_layer(whole, 0)
    largest = sorted(first, key=lambda key: -abs(first[key]))[: counts[0]]
    assert sorted(largest) == total.keys[: counts[0]].tolist()


def test_bytes_of_all_that_travelled_are_counted():
    copies = [copy(seed, shared=True) for seed in range(2)]
    of_copy = 8 + sum(values.nbytes for values in copies[0].arrays.values())
    _, n_bytes = averaged(FRAME, "average", None, np.dtype(np.float32), *copies)
    assert n_bytes == 2 * of_copy
