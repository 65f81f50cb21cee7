"""The connections of a layer, as pruners and growers see them."""

from typing import Any, NamedTuple

import numpy as np

from sparsekit.kernels._lanes import lanes_of
from sparsekit.kernels.gradients import gradients_at

# Lanes that are summed at once: every width of a tile in training is a multiple of it.
_VECTOR = 16


class Layer(NamedTuple):
    """The connections of a layer in CSR format by output neuron; read only.

    The first four fields are always there. Each of the others is None unless a
    strategy names it in its class attribute ``needs``, a frozenset of names: it is not
    computed otherwise.

    Attributes
    ----------
    indptr : ndarray of shape (n_out + 1,)
        Row `i` holds the connections ``indptr[i]`` to ``indptr[i + 1]``.
    indices : ndarray of shape (n_connections,)
        Input neuron of each connection, sorted within a row, without duplicates.
    weights : ndarray of shape (n_connections,)
    n_in : int
        Number of input neurons.
    input_rates : ndarray of shape (n_in,) or None
        Fraction of the samples in which each input is observed, in [0, 1]. None for
        the layers that read hidden neurons.
    nonzero_rates : ndarray of shape (n_in,) or None
        Fraction of the samples in which each input is observed and not zero in the data
        as they were given. None for the layers that read hidden neurons.
    values : ndarray of shape (n_tiles, n_in, n_lanes) or None
        Values of the inputs for some training samples, a lane for each sample.
    deltas : ndarray of shape (n_tiles, n_out, n_lanes) or None
        Gradient of the mean loss of these samples at the sums of the output neurons.
        With `values` it gives the gradient at any position, see :meth:`gradients_at`.
    signs : ndarray of shape (n_connections,) or None
        Sign of each weight after the last rewiring; of a new connection, whose weight
        was 0, a sign drawn at random.
    explored : ndarray of int64 or None
        Positions ``row * n_in + column`` that have ever had a connection, sorted.
    progress : float or None
        Share of the training that is done, in [0, 1].
    epoch, step : int or None
        Epochs and mini-batches before this rewiring.
    number, n_layers : int or None
        Which layer it is, from 1, and how many the network has.
    state : dict or None
        What the strategy has noted about this layer at earlier rewirings, empty at
        first, by names: arrays of numbers, numbers and strings. It alone may be written
        to, and is kept for the next rewiring, through checkpoints and pickles. Every
        strategy has a dict of its own for each layer. Arrays in it are not moved along
        with connections: key them by position, see :meth:`positions`.
    protected : ndarray of bool, shape (n_connections,) or None
        Connections that a rewiring never drops, whatever the pruner chooses: all of a
        layer that is to stay dense. None if there are none. It is there without being
        named in ``needs``.

    Examples
    --------
    Two output neurons, of which the second reads the first and the last input:

    >>> import numpy as np
    >>> from sparsekit.topology import Layer
    >>> layer = Layer(np.array([0, 0, 2]), np.array([0, 3]), np.ones(2), n_in=4)
    >>> layer.n_out, layer.n_free, layer.positions().tolist()
    (2, 6, [4, 7])
    """

    indptr: np.ndarray
    indices: np.ndarray
    weights: np.ndarray
    n_in: int
    input_rates: np.ndarray | None = None
    nonzero_rates: np.ndarray | None = None
    values: np.ndarray | None = None
    deltas: np.ndarray | None = None
    signs: np.ndarray | None = None
    explored: np.ndarray | None = None
    progress: float | None = None
    epoch: int | None = None
    step: int | None = None
    number: int | None = None
    n_layers: int | None = None
    state: dict[str, Any] | None = None
    protected: np.ndarray | None = None

    @property
    def n_out(self) -> int:
        """Number of output neurons."""
        return self.indptr.size - 1

    @property
    def n_free(self) -> int:
        """Number of positions without a connection."""
        return self.n_out * self.n_in - self.indices.size

    @property
    def n_protected(self) -> int:
        """Number of connections that are protected."""
        return 0 if self.protected is None else int(np.count_nonzero(self.protected))

    @property
    def is_fixed(self) -> bool:
        """Whether all connections are protected: the layer is in no ranking."""
        return self.protected is not None and bool(self.protected.all())

    @property
    def is_output(self) -> bool:
        """Whether this is known to be the last layer."""
        return self.number is not None and self.number == self.n_layers

    def positions(self) -> np.ndarray:
        """Return the positions of the connections.

        Returns
        -------
        ndarray of shape (n_connections,), int64
            ``row * n_in + column`` of each connection, sorted.
        """
        rows = np.repeat(np.arange(self.n_out, dtype=np.int64), np.diff(self.indptr))
        return rows * self.n_in + self.indices

    def gradients_at(self, positions: np.ndarray) -> np.ndarray:
        """Return the gradient of the loss at any positions, connected or not.

        Parameters
        ----------
        positions : ndarray of int64
            ``row * n_in + column``.

        Returns
        -------
        ndarray of shape (len(positions),)
            Without the penalty on the weights. Complexity: O(positions * samples).

        Raises
        ------
        ValueError
            If `values` or `deltas` is None, because the strategy does not name both in
            ``needs``, or if a position is outside the layer.
        """
        values, deltas = (_whole_vectors(part) for part in self.probed())
        end = values.shape[1] * deltas.shape[1]
        if positions.size and not 0 <= positions.min() <= positions.max() < end:
            raise ValueError(f"positions must be in [0, {end}), those of the layer.")
        lanes = lanes_of(values.dtype, _VECTOR)
        return gradients_at(lanes, values, deltas, positions)

    def probed(self) -> tuple[np.ndarray, np.ndarray]:
        """Return `values` and `deltas`.

        Returns
        -------
        values, deltas : ndarray
            The fields of the same names.

        Raises
        ------
        ValueError
            If one is None, because the strategy does not name both in ``needs``.
        """
        if self.values is None or self.deltas is None:
            raise ValueError(
                "The gradient is not known: layer.values or layer.deltas is None. A "
                "strategy that asks for it says so by "
                "needs = frozenset({'values', 'deltas'})."
            )
        return self.values, self.deltas


def _whole_vectors(tiles):
    """Return tiles whose lanes fill whole vectors; those of training do already."""
    n_more = -tiles.shape[-1] % _VECTOR
    return np.pad(tiles, [(0, 0), (0, 0), (0, n_more)]) if n_more else tiles
