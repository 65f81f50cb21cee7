"""A network: its arrays, what kernels take of them, and how connections spread."""

import numpy as np
from scipy import sparse

from sparsekit._utils._arrays import read_only
from sparsekit.kernels._structs import (
    DENSE,
    EXPECTED,
    INDEXED,
    STORED,
    MissingInputs,
    Network,
)
from sparsekit.kernels.forward import EXPECTED_PIECEWISE
from sparsekit.kernels.wiring import N_DEGREES, degree_spread, index_by_input
from sparsekit.topology import Layer

_INT32_MAX = np.iinfo(np.int32).max

# All that a network is made of.
_ARRAYS = ("sizes", "indptr", "indices", "weights", "biases", "kinds", "slopes")


class SparseNetwork:
    """Connections, weights and biases of all layers in shared flat arrays.

    Layer ``l`` (from 1) has shape (n_out, n_in) = (sizes[l], sizes[l - 1]) and is
    stored in CSR by output neuron. Arrays may be written to, but none is replaced by
    another, and each layer keeps its number of connections; the arrays are not checked,
    see `sparsekit._utils._arrays.check_layers`.

    Parameters
    ----------
    sizes : ndarray of shape (L + 1,), int64
        Neurons per level, inputs first.
    indptr : ndarray of shape (n_rows + 1,), int64
        Rows of all layers, one after another.
    indices : ndarray of shape (n_connections,)
        Input neuron of each connection, numbered within its level.
    weights : ndarray of shape (n_connections,)
    biases : ndarray of shape (n_rows,)
    kinds, slopes : ndarray of shape (L + 1,)
        Activation of each level, see `activation_table`.

    Attributes
    ----------
    first : ndarray of shape (L + 1,), int64
        Number of the first row of each layer, see `kernels._structs`.
    n_layers : int
        Number of weight matrices.
    counts : list of int
        Number of connections of each layer.
    n_open : int
        Number of layers that have free positions.
    dtype : dtype
        Number type of weights and values.
    """

    def __init__(self, sizes, indptr, indices, weights, biases, kinds, slopes):
        self.sizes = sizes
        self.indptr = indptr
        self.indices = indices
        self.weights = weights
        self.biases = biases
        self.kinds = kinds
        self.slopes = slopes
        row_ends = np.cumsum(sizes) - sizes[0]
        self.first = row_ends - sizes
        self.n_layers = sizes.size - 1
        self.dtype = weights.dtype
        small = weights.size <= _INT32_MAX
        self._position_type = np.int32 if small else np.int64
        # Where rows and connections of each layer end, from layer 0, which has none.
        self._row_ends = row_ends.tolist()
        self._ends = indptr[row_ends].tolist()
        self.counts = np.diff(self._ends).tolist()
        self.n_open = int(np.count_nonzero(sizes[:-1] * sizes[1:] > self.counts))
        self._for_inference = None

    def __repr__(self):
        levels = "-".join(map(str, self.sizes.tolist()))
        return f"SparseNetwork({levels}, {self.weights.size} connections, {self.dtype})"

    def __getstate__(self):
        # The arrays are all that a pickle or a copy needs.
        return self.to_dict()

    def __setstate__(self, state):
        self.__init__(**state)

    def to_dict(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, not copied."""
        return {name: getattr(self, name) for name in _ARRAYS}

    def copy(self, *, topology: bool = True) -> "SparseNetwork":
        """Return a network with arrays of its own.

        Without `topology`, only weights and biases are; connections are shared.
        """
        twin = object.__new__(SparseNetwork)
        vars(twin).update(vars(self), _for_inference=None)
        for name in _ARRAYS if topology else ("weights", "biases"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def with_connections(self, kept: np.ndarray) -> "SparseNetwork":
        """Return a network with some of the connections, and the same biases.

        Parameters
        ----------
        kept : ndarray of bool, shape (n_connections,)

        Returns
        -------
        SparseNetwork
            Shares what does not belong to connections. Complexity: O(connections).
        """
        n_before = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])
        arrays = self.to_dict() | {
            "indptr": n_before[self.indptr],
            "indices": self.indices[kept],
            "weights": self.weights[kept],
        }
        return SparseNetwork(**arrays)

    def rows(self, layer: int) -> slice:
        """Return the rows of `layer` among the rows of all layers."""
        return slice(self._row_ends[layer - 1], self._row_ends[layer])

    def connections(self, layer: int) -> slice:
        """Return the connections of `layer` among those of all layers."""
        return slice(self._ends[layer - 1], self._ends[layer])

    def layer(self, layer: int) -> Layer:
        """Return one layer's CSR arrays, with `indptr` counted from 0."""
        return self.layers()[layer - 1]

    def layers(self) -> list[Layer]:
        """Return all layers."""
        layers = []
        row = begin = 0
        for number in range(1, self.n_layers + 1):
            row_end, end = self._row_ends[number], self._ends[number]
            layer = Layer(
                self.indptr[row : row_end + 1] - begin,
                self.indices[begin:end],
                self.weights[begin:end],
                int(self.sizes[number - 1]),
            )
            layers.append(layer)
            row, begin = row_end, end
        return layers

    def coefs(self) -> list[sparse.csr_array]:
        """Return every layer as a CSR array of shape (n_in, n_out)."""
        return self.matrices(self.weights)

    def matrices(self, values: np.ndarray) -> list[sparse.csr_array]:
        """Return a number for each connection as CSR arrays of shape (n_in, n_out).

        Parameters
        ----------
        values : ndarray of shape (n_connections,)
        """
        matrices = []
        for number, layer in enumerate(self.layers(), start=1):
            by_output = sparse.csr_array(
                (values[self.connections(number)], layer.indices, layer.indptr),
                shape=(layer.n_out, layer.n_in),
            )
            matrices.append(by_output.T.tocsr())
        return matrices

    def intercepts(self) -> list[np.ndarray]:
        """Return the biases of every layer."""
        layers = range(1, self.n_layers + 1)
        return [self.biases[self.rows(number)].copy() for number in layers]

    def for_inference(
        self, missing_inputs: MissingInputs | None = None, stored: bool = False
    ) -> Network:
        """Return the arrays for the prediction kernel, all read-only.

        Weights loaded with ``mmap_mode="r"`` are read-only; with read-only views of the
        others, too, prediction is compiled once and not once per origin.

        Parameters
        ----------
        missing_inputs : MissingInputs or None, default=None
            What the first layer makes of NaN.
        stored : bool, default=False
            Whether the first layer shall visit stored entries only. Its index by input
            is made in each call, since weights may have changed: O(n_in + connections).
        """
        if self._for_inference is None:
            none = np.zeros(self.sizes.size, dtype=np.int64)
            nothing = np.empty(0, dtype=self.dtype)
            arrays = Network(
                sizes=self.sizes,
                first=self.first,
                indptr=self.indptr,
                indices=self.indices,
                weights=self.weights,
                biases=self.biases,
                kinds=self.kinds,
                slopes=self.slopes,
                formats=none,
                in_indptr=none[:1],
                in_indices=self.indices[:0],
                in_position=np.empty(0, dtype=self._position_type),
                in_weights=nothing,
                dense_at=none,
                dense_matrices=nothing,
                dense_gradient=nothing,
                dense_inputs=nothing,
                dense_deltas=nothing,
            )
            self._for_inference = Network(*map(read_only, arrays))
        if stored:
            return self._for_stored_inference()
        if missing_inputs is None or missing_inputs.kind != EXPECTED:
            return self._for_inference
        kinds = read_only(self._kinds_of_expectations())
        return self._for_inference._replace(kinds=kinds)

    def _for_stored_inference(self):
        first = self.layers()[0]
        by_input = sparse.csr_array(
            (first.weights, first.indices, first.indptr),
            shape=(first.n_out, first.n_in),
        ).tocsc()
        formats = self._for_inference.formats.copy()
        formats[1] = STORED
        return self._for_inference._replace(
            formats=read_only(formats),
            in_indptr=read_only(by_input.indptr.astype(np.int64)),
            in_indices=read_only(by_input.indices.astype(self.indices.dtype)),
            in_weights=read_only(by_input.data),
        )

    def for_training(
        self,
        formats: np.ndarray,
        n_lanes: int,
        missing_inputs: MissingInputs | None = None,
        room: Network | None = None,
    ) -> Network:
        """Return the arrays for the training kernel, with a fresh by-input index.

        Parameters
        ----------
        formats : ndarray of shape (L + 1,), int64
            How training works on each layer, see `layer_formats`.
        n_lanes : int
            Lanes of a batch, padding included.
        missing_inputs : MissingInputs or None, default=None
            What the first layer makes of NaN.
        room : Network or None, default=None
            What an earlier call returned: if that was of the same layers, it is used
            again, and only the index is made anew.
        """
        if room is not None and room.weights is self.weights:
            _fill_index(room)
            return room
        dense_at = np.zeros(self.sizes.size, dtype=np.int64)
        n_indexed = n_matrices = n_gradient = n_inputs = n_deltas = 0
        sizes, of_layers = self.sizes.tolist(), formats.tolist()
        for number, n_mine in enumerate(self.counts, start=1):
            if of_layers[number] in INDEXED:
                n_indexed += n_mine
            elif of_layers[number] == DENSE:
                n_in, n_out = sizes[number - 1], sizes[number]
                if n_mine == n_in * n_out:
                    dense_at[number] = -1  # the weights are the matrix
                else:
                    dense_at[number] = n_matrices
                    n_matrices += n_in * n_out
                n_gradient = max(n_gradient, n_in * n_out)
                n_inputs = max(n_inputs, n_in * n_lanes)
                n_deltas = max(n_deltas, n_out * n_lanes)
        arrays = Network(
            sizes=self.sizes,
            first=self.first,
            indptr=self.indptr,
            indices=self.indices,
            weights=self.weights,
            biases=self.biases,
            kinds=self.kinds,
            slopes=self.slopes,
            formats=formats,
            in_indptr=np.empty(sum(sizes[:-1]) + 1, dtype=np.int64),
            in_indices=np.empty(n_indexed, dtype=self.indices.dtype),
            in_position=np.empty(n_indexed, dtype=self._position_type),
            in_weights=np.empty(n_indexed, dtype=self.dtype),
            dense_at=dense_at,
            dense_matrices=np.empty(n_matrices, dtype=self.dtype),
            dense_gradient=np.empty(n_gradient, dtype=self.dtype),
            dense_inputs=np.empty(n_inputs, dtype=self.dtype),
            dense_deltas=np.empty(n_deltas, dtype=self.dtype),
        )
        if missing_inputs is not None and missing_inputs.kind == EXPECTED:
            arrays = arrays._replace(kinds=self._kinds_of_expectations())
        _fill_index(arrays)
        return arrays

    def _kinds_of_expectations(self):
        """Return the activations where those of level 1 are expectations."""
        kinds = self.kinds.copy()
        kinds[1] = EXPECTED_PIECEWISE
        return kinds


def _fill_index(arrays):
    """Make the by-input index of what kernels take anew."""
    index_by_input(
        arrays.sizes,
        arrays.first,
        arrays.indptr,
        arrays.indices,
        arrays.formats,
        arrays.in_indptr,
        arrays.in_indices,
        arrays.in_position,
    )


def degree_statistics(network):
    """Return how the connections of each layer spread over its neurons.

    Parameters
    ----------
    network : SparseNetwork

    Returns
    -------
    list of dict of str to int or float, one for each layer
        See `named_degrees`. Complexity: O(connections + neurons).
    """
    return named_degrees(degrees_of(network))


def degrees_of(network):
    """Return what `degree_spread` tells of each layer, shape (n_layers, N_DEGREES)."""
    degrees = np.empty((network.n_layers, N_DEGREES))
    degree_spread(
        network.sizes, network.first, network.indptr, network.indices, degrees
    )
    return degrees


def named_degrees(spread):
    """Return what `degree_spread` tells of each layer by name.

    Parameters
    ----------
    spread : ndarray of shape (n_layers, N_DEGREES)

    Returns
    -------
    list of dict of str to int or float, one for each layer
        ``n_active``: neurons on the reading side that somebody reads and that, in
        hidden levels, read something themselves; mean, standard deviation and maximum
        of the connections of an output neuron (``fan_in_...``) and of an input neuron
        (``fan_out_...``).
    """
    statistics = []
    for layer in spread.tolist():
        n_active, in_mean, in_std, in_max, out_mean, out_std, out_max = layer
        statistics.append(
            {
                "n_active": int(n_active),
                "fan_in_mean": in_mean,
                "fan_in_std": in_std,
                "fan_in_max": int(in_max),
                "fan_out_mean": out_mean,
                "fan_out_std": out_std,
                "fan_out_max": int(out_max),
            }
        )
    return statistics
