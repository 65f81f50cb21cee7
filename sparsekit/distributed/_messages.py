"""What travels: the numbers of connections that exist, and where these are.

All positions of a network have a number, its *key*: ``row * n_in + column`` within a
layer, and the layers one after another. Connections travel as differences of their
keys, which are small.
"""

from typing import NamedTuple

import numpy as np

from sparsekit.network import OptimizerState, SparseNetwork

# What half precision can hold of an array whose largest number is just below 2 ** 15
# reaches down to 2 ** -24.
_HALF_EXPONENT = 15

_OF_CONNECTIONS = ("weights", "weight_first", "weight_second")


class Frame(NamedTuple):
    """What all networks of a fit share; see `SparseNetwork`."""

    sizes: np.ndarray
    kinds: np.ndarray
    slopes: np.ndarray
    index_type: np.dtype

    @classmethod
    def of(cls, network):
        """Return the frame of a network."""
        return cls(network.sizes, network.kinds, network.slopes, network.indices.dtype)

    @property
    def ends(self):
        """Return the first key of each layer, and the number of keys."""
        return np.concatenate([[0], np.cumsum(self.sizes[:-1] * self.sizes[1:])])

    def layout(self, keys):
        """Return the CSR arrays of connections, `indptr` and `indices`."""
        bounds, columns = [np.zeros(1, dtype=np.int64)], []
        ends = self.ends
        cuts = np.searchsorted(keys, ends)
        for number, n_in in enumerate(self.sizes[:-1].tolist()):
            mine = slice(cuts[number], cuts[number + 1])
            rows = np.arange(1, self.sizes[number + 1] + 1)
            bounds.append(ends[number] + rows * n_in)
            columns.append((keys[mine] - ends[number]) % n_in)
        indptr = np.searchsorted(keys, np.concatenate(bounds))
        return indptr, np.concatenate(columns).astype(self.index_type)

    def network(self, keys, weights, biases):
        """Return the network of connections with these keys."""
        indptr, indices = self.layout(keys)
        return SparseNetwork(
            self.sizes, indptr, indices, weights, biases, self.kinds, self.slopes
        )


def keys_of(network):
    """Return the keys of all connections, sorted."""
    firsts = Frame.of(network).ends
    layers = zip(network.layers(), firsts[:-1], strict=True)
    return np.concatenate([layer.positions() + first for layer, first in layers])


def gaps_of(keys):
    """Return the differences of sorted keys in the smallest type that holds them."""
    gaps = np.diff(keys, prepend=0)
    return gaps.astype(np.min_scalar_type(int(gaps.max(initial=0))))


def keys_from(gaps):
    """Return the keys again."""
    return np.cumsum(gaps, dtype=np.int64)


def arrays_of(network, state):
    """Return what is learned of a network and its optimizer, by name."""
    return {
        "weights": network.weights,
        "weight_first": state.weight_first,
        "weight_second": state.weight_second,
        "biases": network.biases,
        "bias_first": state.bias_first,
        "bias_second": state.bias_second,
    }


def belongs_to_connections(name):
    """Return whether an array of `arrays_of` has a number for each connection."""
    return name in _OF_CONNECTIONS


def state_of(arrays, born, step):
    """Return the optimizer's state again."""
    names = ("weight_first", "weight_second", "bias_first", "bias_second")
    return OptimizerState(*(arrays[name] for name in names), born, step)


class Half(NamedTuple):
    """An array in half precision, times a power of two."""

    values: np.ndarray
    exponent: int


def packed(arrays, dtype):
    """Return arrays by name as they travel.

    Parameters
    ----------
    arrays : dict
        See `arrays_of`.
    dtype : None or "float16"
        None loses nothing. Half precision keeps 11 bits of each number that is not
        smaller than the largest of its array by a factor of 2 ** 29; of second moments
        the roots travel, so that none vanishes before its first moment does.
    """
    if dtype is None:
        return arrays
    return {name: _halved(name, values) for name, values in arrays.items()}


def _halved(name, values):
    if name.endswith("second"):
        values = np.sqrt(values)
    largest = float(np.abs(values).max(initial=0.0))
    exponent = int(np.frexp(largest)[1]) - _HALF_EXPONENT
    # Numbers just below a power of two may round up to it, which half precision has.
    return Half(np.ldexp(values, -exponent).astype(np.float16), exponent)


def unpacked(arrays):
    """Return what `packed` was given, in double precision."""
    return {name: _doubled(name, values) for name, values in arrays.items()}


def _doubled(name, values):
    if not isinstance(values, Half):
        return values.astype(np.float64)
    doubled = np.ldexp(values.values.astype(np.float64), values.exponent)
    return np.square(doubled) if name.endswith("second") else doubled


def n_bytes(*messages):
    """Return the bytes of the arrays in messages."""
    total = 0
    for message in messages:
        if isinstance(message, np.ndarray):
            total += message.nbytes
        elif isinstance(message, dict):
            total += n_bytes(*message.values())
        elif isinstance(message, tuple | list):
            total += n_bytes(*message)
    return total
