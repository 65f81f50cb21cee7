"""The arrays of a network, and nothing that depends on data."""

import numpy as np
from scipy import sparse

from sparsekit._layout import read_only
from sparsekit.kernels._structs import DENSE, INDEXED, Network
from sparsekit.kernels.forward import EXPECTED_PIECEWISE
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
        ends = np.concatenate([[0], np.cumsum(sizes)]) - sizes[0]
        self.first = ends[:-1].astype(np.int64)
        self._row_ends = ends[1:].tolist()  # plain numbers: layers are asked for often

    def __repr__(self):
        levels = "-".join(map(str, self.sizes.tolist()))
        return f"SparseNetwork({levels}, {self.weights.size} connections, {self.dtype})"

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

    def copy(self, *, topology: bool = True) -> "SparseNetwork":
        """Return a network with arrays of its own.

        Without `topology`, only weights and biases are; connections are shared.
        """
        own = self._FIELDS if topology else ("weights", "biases")
        arrays = self.to_dict()
        return SparseNetwork(**arrays | {name: arrays[name].copy() for name in own})

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
        rows = self.rows(layer)
        return slice(int(self.indptr[rows.start]), int(self.indptr[rows.stop]))

    def layer(self, layer: int) -> Layer:
        """Return one layer's CSR arrays, with `indptr` counted from 0."""
        rows = self.rows(layer)
        indptr = self.indptr[rows.start : rows.stop + 1]
        begin, end = int(indptr[0]), int(indptr[-1])
        return Layer(
            indptr - begin,
            self.indices[begin:end],
            self.weights[begin:end],
            int(self.sizes[layer - 1]),
        )

    def layers(self) -> list[Layer]:
        """Return all layers."""
        return [self.layer(number) for number in range(1, self.n_layers + 1)]

    def coefs(self) -> list[sparse.csr_array]:
        """Return every layer as a CSR array of shape (n_in, n_out)."""
        matrices = []
        for number in range(1, self.n_layers + 1):
            layer = self.layer(number)
            by_output = sparse.csr_array(
                (layer.weights, layer.indices, layer.indptr),
                shape=(layer.n_out, layer.n_in),
            )
            matrices.append(by_output.T.tocsr())
        return matrices

    def intercepts(self) -> list[np.ndarray]:
        """Return the biases of every layer."""
        layers = range(1, self.n_layers + 1)
        return [self.biases[self.rows(number)].copy() for number in layers]

    def for_inference(self, *, expected: bool = False) -> Network:
        """Return the arrays for the prediction kernel, all read-only.

        Weights loaded with ``mmap_mode="r"`` are read-only; with read-only views of the
        others, too, prediction is compiled once and not once per origin.

        Parameters
        ----------
        expected : bool, default=False
            Whether level 1 has expected activations, see `kernels.holes`.
        """
        formats = np.zeros(self.sizes.size, dtype=np.int64)
        arrays = self._kernel_arrays(formats, 0, 0, expected)
        return Network(*map(read_only, arrays))

    def for_training(
        self, formats: np.ndarray, n_lanes: int, *, expected: bool = False
    ) -> Network:
        """Return the arrays for the training kernel, with a fresh by-input index.

        Parameters
        ----------
        formats : ndarray of shape (L + 1,), int64
            How training works on each layer, see `layer_formats`.
        n_lanes : int
            Lanes of a batch, padding included.
        expected : bool, default=False
            Whether level 1 has expected activations, see `kernels.holes`.
        """
        indexed = [n for n, kind in enumerate(formats.tolist()) if kind in INDEXED]
        mine = [self.connections(number) for number in indexed]
        n_indexed = sum(part.stop - part.start for part in mine)
        arrays = self._kernel_arrays(formats, n_indexed, n_lanes, expected)
        index_by_input(arrays)
        return arrays

    def _kernel_arrays(self, formats, n_indexed, n_lanes, expected):
        small = self.weights.size <= _INT32_MAX
        kinds = self.kinds
        if expected:
            kinds = kinds.copy()
            kinds[1] = EXPECTED_PIECEWISE
        return Network(
            sizes=self.sizes,
            first=self.first,
            indptr=self.indptr,
            indices=self.indices,
            weights=self.weights,
            biases=self.biases,
            kinds=kinds,
            slopes=self.slopes,
            formats=formats,
            in_indptr=np.zeros(int(self.sizes[:-1].sum()) + 1, dtype=np.int64),
            in_indices=np.empty(n_indexed, dtype=self.indices.dtype),
            in_position=np.empty(n_indexed, dtype=np.int32 if small else np.int64),
            in_weights=np.empty(n_indexed, dtype=self.dtype),
            **self._dense_arrays(np.flatnonzero(formats == DENSE), n_lanes),
        )

    def _dense_arrays(self, layers, n_lanes):
        at = np.zeros(self.sizes.size, dtype=np.int64)
        room = {"matrices": 0, "gradient": 0, "inputs": 0, "deltas": 0}
        for layer in layers:
            n_in, n_out = int(self.sizes[layer - 1]), int(self.sizes[layer])
            mine = self.connections(int(layer))
            if mine.stop - mine.start == n_in * n_out:
                at[layer] = -1
            else:
                at[layer] = room["matrices"]
                room["matrices"] += n_in * n_out
            room["gradient"] = max(room["gradient"], n_in * n_out)
            room["inputs"] = max(room["inputs"], n_in * n_lanes)
            room["deltas"] = max(room["deltas"], n_out * n_lanes)
        arrays = {f"dense_{k}": np.empty(n, self.dtype) for k, n in room.items()}
        return {"dense_at": at, **arrays}
