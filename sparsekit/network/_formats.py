"""Which format is fastest for a layer while it trains: the cost model, in one place."""

from numbers import Integral, Real

import numpy as np

from sparsekit.kernels._structs import BY_INPUT, BY_ROW, DENSE, INDEXED, STORED

# Density from which a dense matrix and BLAS are faster than CSR, and the density that
# needs no copy of the weights for it. Layers of 1000 x 1000 and 2000 x 2000, batches of
# 32 to 128 rows: the two are level at 0.55 to 0.67; small layers, at 0.7 to 0.9.
DENSE_FROM = 0.65

# Neurons on either side below which BLAS gains nothing: output layers stay in CSR.
DENSE_SIDE = 64

# Fraction of stored entries below which the first layer visits these only. A loop takes
# a stored entry in the time in which a vector unit takes some thirty of a tile: the two
# are level at 0.03 to 0.05.
STORED_BELOW = 0.03

# Features of CSR inputs from which prediction visits their stored entries only: tiles
# of so many features no longer fit the caches.
STORED_FROM = 2**14


def layer_format(number, n_in, n_out, n_connections, stored_fraction=None, plain=True):
    """Return the fastest format for a layer.

    Parameters
    ----------
    number : int
        From 1; the first layer needs no gradient of its inputs.
    n_in, n_out, n_connections : int
    stored_fraction : float or None, default=None
        Fraction of the inputs' entries that is stored; None for dense inputs, which
        store no entries that could be visited, however few of them say something.
    plain : bool, default=True
        False for a first layer that does more than sums of its inputs, as it does
        where missing inputs are made up for.

    Returns
    -------
    int
        BY_ROW, BY_INPUT, DENSE or STORED.
    """
    if number == 1 and not plain:
        return BY_ROW
    if number == 1 and stored_fraction is not None and stored_fraction < STORED_BELOW:
        return STORED
    if min(n_in, n_out) >= DENSE_SIDE and n_connections >= DENSE_FROM * n_in * n_out:
        return DENSE
    return BY_ROW if number == 1 else BY_INPUT


_NAMES = {BY_ROW: "csr", BY_INPUT: "csr", DENSE: "dense", STORED: "csr-stored"}


def suggest_format(
    n_in: int, n_out: int, *, density: float, stored_fraction: float = 1.0
) -> str:
    """Tell how training would work on a layer, and so whether sparsity saves time.

    Parameters
    ----------
    n_in, n_out : int
        Neurons that the layer reads, and its own.
    density : float
        Fraction of connections that are present, in (0, 1].
    stored_fraction : float, default=1.0
        For a first layer on CSR inputs, the share of their entries that is stored.

    Returns
    -------
    {"csr", "dense", "csr-stored"}
        "csr": loops over the existing connections. "dense": a dense matrix multiplied
        by BLAS; such a layer gains memory by being sparse, but hardly time.
        "csr-stored": loops over the existing connections for each stored entry, so that
        time goes with the product of both densities.

    Raises
    ------
    ValueError
        If a size or a share is out of range.

    Examples
    --------
    >>> from sparsekit import suggest_format
    >>> suggest_format(784, 1000, density=0.1)
    'csr'
    >>> suggest_format(784, 1000, density=0.9)
    'dense'
    >>> suggest_format(20_000, 1000, density=0.05, stored_fraction=0.01)
    'csr-stored'
    """
    for name, count in (("n_in", n_in), ("n_out", n_out)):
        if not isinstance(count, Integral) or count < 1:
            raise ValueError(f"{name}={count} must be a whole number, 1 or more.")
    for name, share in (("density", density), ("stored_fraction", stored_fraction)):
        if not isinstance(share, Real) or not 0 < share <= 1:
            raise ValueError(f"{name}={share} must be in (0, 1].")
    n_connections = round(density * n_in * n_out)
    if stored_fraction < 1:
        found = layer_format(1, n_in, n_out, n_connections, stored_fraction)
    else:
        found = layer_format(2, n_in, n_out, n_connections)
    return _NAMES[found]


def layer_formats(network, samples, missing_inputs=None, input_dropout=0.0):
    """Return the format of each layer, shape (L + 1,); entry 0 is not used."""
    stored_fraction = None
    if samples.fill.size:  # CSR
        n_rows = samples.indptr.size - 1
        stored_fraction = samples.data.size / max(1, n_rows * samples.fill.size)
        stored_fraction *= 1.0 - input_dropout
    formats = np.zeros(network.sizes.size, dtype=np.int64)
    for number in range(1, network.n_layers + 1):
        n_in, n_out = int(network.sizes[number - 1]), int(network.sizes[number])
        mine = network.connections(number)
        n_connections = mine.stop - mine.start
        plain = missing_inputs is None
        formats[number] = layer_format(
            number, n_in, n_out, n_connections, stored_fraction, plain
        )
    return formats


def inference_is_stored(network, samples, missing_inputs=None):
    """Return whether prediction visits the stored entries of the inputs only.

    It does for wide CSR inputs, however many entries they store, so that what is
    predicted for a row does not depend on the rows beside it.
    """
    wide = int(network.sizes[0]) >= STORED_FROM
    return wide and samples.fill.size > 0 and missing_inputs is None


def check_formats(arrays, samples, missing_inputs=None):
    """Raise unless the arrays at hand are what the format of each layer works on.

    Kernels index without a look: this comes before each call of one that trains or
    predicts, whoever chose the formats, and however.

    Parameters
    ----------
    arrays : Network
    samples : Samples
    missing_inputs : MissingInputs or None

    Raises
    ------
    RuntimeError
        Complexity: O(layers).
    """
    formats, broken = arrays.formats.tolist(), []
    is_stored, n_neurons = samples.fill.size > 0, arrays.sizes[0]
    n_inputs = samples.fill.size if is_stored else samples.dense.shape[1]
    if n_inputs != n_neurons:
        broken.append(f"there are {n_inputs} inputs for {n_neurons} neurons")
    if formats[1] == STORED:
        first = "the first layer works on stored entries, and"
        if not is_stored:
            broken.append(f"{first} the inputs are dense")
        if missing_inputs is not None:
            broken.append(f"{first} leaves out what is missing")
    if STORED in formats[2:]:
        broken.append("a layer after the first works on stored entries")
    if formats[1] == BY_INPUT:
        broken.append("the first layer has no gradient of its inputs")
    if DENSE in formats and not arrays.dense_gradient.size:
        broken.append("a dense layer has no matrix")
    n_indexed = 0
    for number in range(1, len(formats)):
        if formats[number] in INDEXED:
            row = arrays.first[number]
            end = row + arrays.sizes[number]
            n_indexed += arrays.indptr[end] - arrays.indptr[row]
    if arrays.in_indices.size < n_indexed:
        broken.append("a layer has no by-input index")
    if broken:
        raise RuntimeError(
            f"Internal error of sparsekit, please report it: {'; '.join(broken)}."
        )
