"""The arrays of a network, and nothing that depends on data."""

import numpy as np
from scipy import sparse

from sparsekit._layout import read_only
from sparsekit.kernels._structs import Network
from sparsekit.kernels.wiring import index_by_input
from sparsekit.topology import Layer

_INT32_MAX = np.iinfo(np.int32).max


class SparseNetwork:
    """Connections, weights and biases of all layers in shared flat arrays.

    Layer ``l`` (from 1) has shape (n_out, n_in) = (sizes[l], sizes[l - 1]) and is
    stored in CSR by output neuron.

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
    """

    _FIELDS = ("sizes", "indptr", "indices", "weights", "biases", "kinds", "slopes")

    def __init__(self, sizes, indptr, indices, weights, biases, kinds, slopes):
        self.sizes = sizes
        self.indptr = indptr
        self.indices = indices
        self.weights = weights
        self.biases = biases
        self.kinds = kinds
        self.slopes = slopes
        ends = np.concatenate([[0], np.cumsum(sizes)])
        self.first = (ends[:-1] - sizes[0]).astype(np.int64)

    @property
    def n_layers(self) -> int:
        """Number of weight matrices."""
        return self.sizes.size - 1

    @property
    def dtype(self) -> np.dtype:
        """Number type of weights and values."""
        return self.weights.dtype

    def to_dict(self) -> dict[str, np.ndarray]:
        """Return the arrays by name: all that a copy needs."""
        return {name: getattr(self, name) for name in self._FIELDS}

    def copy(self) -> "SparseNetwork":
        """Return a network with arrays of its own."""
        return SparseNetwork(**{k: a.copy() for k, a in self.to_dict().items()})

    def rows(self, layer: int) -> slice:
        """Return the rows of `layer` among the rows of all layers."""
        start = self.first[layer]
        return slice(start, start + self.sizes[layer])

    def connections(self, layer: int) -> slice:
        """Return the connections of `layer` among those of all layers."""
        rows = self.rows(layer)
        return slice(int(self.indptr[rows.start]), int(self.indptr[rows.stop]))

    def layer(self, layer: int) -> Layer:
        """Return one layer's CSR arrays, with `indptr` counted from 0."""
        rows, mine = self.rows(layer), self.connections(layer)
        indptr = self.indptr[rows.start : rows.stop + 1] - mine.start
        return Layer(
            indptr, self.indices[mine], self.weights[mine], int(self.sizes[layer - 1])
        )

    def coefs(self) -> list[sparse.csr_array]:
        """Return every layer as a CSR array of shape (n_in, n_out)."""
        matrices = []
        for number in range(1, self.n_layers + 1):
            indptr, indices, weights, n_in = self.layer(number)
            by_output = sparse.csr_array(
                (weights, indices, indptr), shape=(indptr.size - 1, n_in)
            )
            matrices.append(by_output.T.tocsr())
        return matrices

    def intercepts(self) -> list[np.ndarray]:
        """Return the biases of every layer."""
        layers = range(1, self.n_layers + 1)
        return [self.biases[self.rows(number)].copy() for number in layers]

    def for_inference(self) -> Network:
        """Return the arrays for the prediction kernel, all read-only.

        Weights loaded with ``mmap_mode="r"`` are read-only; with read-only views of the
        others, too, prediction is compiled once and not once per origin.
        """
        no_index = np.empty(0, dtype=np.int32)
        no_indptr = np.zeros(1, dtype=np.int64)
        arrays = self._kernel_arrays(no_indptr, no_index, no_index)
        return Network(*map(read_only, arrays))

    def for_training(self) -> Network:
        """Return the arrays for the training kernel, with a fresh by-input index."""
        n_hidden = int(self.sizes[1:-1].sum())
        start = int(self.indptr[self.sizes[1]])
        n_indexed = self.weights.size - start
        small = self.weights.size <= _INT32_MAX
        in_indptr = np.empty(n_hidden + 1, dtype=np.int64)
        in_indices = np.empty(n_indexed, dtype=self.indices.dtype)
        in_position = np.empty(n_indexed, dtype=np.int32 if small else np.int64)
        index_by_input(
            self.sizes,
            self.first,
            self.indptr,
            self.indices,
            in_indptr,
            in_indices,
            in_position,
        )
        return self._kernel_arrays(in_indptr, in_indices, in_position)

    def _kernel_arrays(self, in_indptr, in_indices, in_position):
        return Network(
            self.sizes,
            self.first,
            self.indptr,
            self.indices,
            self.weights,
            self.biases,
            in_indptr,
            in_indices,
            in_position,
            self.kinds,
            self.slopes,
        )
