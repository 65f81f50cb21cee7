"""Add connections where the gradient has pointed one way for some batches."""

import numpy as np

from sparsekit.topology._gradient_grower import GradientGrower
from sparsekit.topology._parameters import check_number


class MomentumGrower(GradientGrower):
    """Add connections where the momentum of the gradient is largest in size.

    Sparse networks from scratch (SNFS) keep the momentum of every weight, absent ones
    included, in a dense array, and add connections where it is largest. Here nothing
    is kept for connections that do not exist. Instead the gradient at the candidates
    is taken on `n_batches` batches, and the momentum starts from zero there:
    m <- decay * m + gradient, batch by batch.

    That differs from the paper in four ways: the batches all meet the weights as they
    are now, where a running momentum mixes gradients at weights of the past; older
    batches than these do not count (with the defaults the paper's average gives them
    0.9**8 = 43 % of its weight); candidates are sampled; and layers keep their number
    of connections, which the paper redistributes between layers by momentum.

    Parameters
    ----------
    decay : float, default=0.9
        Weight of a batch relative to the next one, in [0, 1]: 1 is a plain mean.
    n_batches : int, default=8
        Batches over which the trainer takes the gradient. Each has an equal share of
        the tiles of `values` and `deltas`, the oldest first; where the shares are not
        whole numbers, the oldest batches have a tile more than the others.
    candidates : float or None, default=3.0
        Candidates for each connection to add; see :class:`GradientGrower`.

    References
    ----------
    Dettmers and Zettlemoyer, "Sparse networks from scratch: faster training without
    losing performance", arXiv 1907.04840, 2019, section 3 and algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, MomentumGrower
    >>> layer = Layer(np.array([0, 1, 1]), np.array([0]), np.ones(1), n_in=2)
    >>> values = np.array([[[1.0], [2.0]], [[1.0], [-2.0]]])  # two batches of a tile
    >>> layer = layer._replace(values=values, deltas=np.full((2, 2, 1), 0.5))
    >>> dropped = np.array([False])
    >>> grower = MomentumGrower(decay=0.9, n_batches=2)
    >>> grower.select(layer, dropped, 1, np.random.default_rng(0))
    array([2])
    """

    def __init__(
        self,
        decay: float = 0.9,
        n_batches: int = 8,
        candidates: float | None = 3.0,
    ):
        super().__init__(candidates=candidates, n_batches=n_batches)
        self.decay = decay

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter is none of those allowed."""
        super().check_parameters()
        check_number(self, "decay", 0, 1)

    def _gradients(self, layer, positions):
        """Return the momentum at the candidates."""
        shares = (np.array_split(part, self.n_batches) for part in layer.probed())
        momentum = np.zeros(positions.size)
        for values, deltas in zip(*shares, strict=True):
            batch = layer._replace(values=values, deltas=deltas)
            momentum = self.decay * momentum + batch.gradients_at(positions)
        return momentum
