"""Initial topology of the pairs of inputs that correlate most."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from sparsekit.kernels.sampling import insert_absent
from sparsekit.topology._contract import Number, check_parameters_of, needs_of
from sparsekit.topology._positions import sample_distinct
from sparsekit.topology._selection import mark_lowest, n_candidates
from sparsekit.topology.initial._base import BaseInitialTopology
from sparsekit.topology.initial._centered_features import CenteredFeatures
from sparsekit.topology.initial._random import RandomTopology, rows_of

# Up to so many inputs all pairs are compared; beyond, random candidates, so many for
# each connection.
_ALL_PAIRS, _CANDIDATES = 4096, 10.0

# Correlations that are compared at a time, and features.
_BLOCK_VALUES, _BLOCK = 2**20, 256


class CSTI(BaseInitialTopology):
    """Connections between the inputs that correlate most (CSTI).

    Every neuron of a hidden level stands for an input: neuron `i` for input
    ``i % n_inputs``, so that a level of twice as many neurons has two for each. In a
    level of fewer neurons than inputs, which the papers do not have, neurons stand for
    evenly spaced inputs, ``i * n_inputs // n_neurons``. A layer connects the pairs with
    the largest absolute correlations, those of an input with itself included; of equal
    ones the first, and after all that correlate any others at random. This applies to
    all layers but the output layer, which is random.

    Parameters
    ----------
    hidden : object with `draw` or None, default=None
        Topology of all layers but the first, which CHTs takes where it is not the
        inputs that a layer reads. None as said above, as in CHT.
    candidates : float or None, default=None
        Positions for each connection, at random, of which those with the largest
        correlations are taken. None compares all pairs for up to 4096 inputs, and means
        10 for more.

    Notes
    -----
    :meth:`draw` gets ``tiled_features``, or with `hidden` ``input_features``, as one of
    its facts: a view of some training samples that gives correlations block by block,
    or None for layers to which this does not apply. Complexity: O(n_in * n_out *
    samples) for all pairs, O(candidates * count * samples) otherwise; memory O(count)
    beside blocks of 8 MB.

    References
    ----------
    "Correlated sparse topological initialization": Zhang et al., "Epitopological
    learning and Cannistraci-Hebb network shape intelligence brain-inspired theory for
    ultra-sparse advantage in deep learning", ICLR 2024, section 3.2, for every layer;
    arXiv 2501.19107, appendix D, for layers that read the inputs.

    Examples
    --------
    Inputs 0 and 3 are nearly the same:

    >>> import numpy as np
    >>> from sparsekit import DSTMLPClassifier
    >>> from sparsekit.topology import CSTI
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 4))
    >>> X[:, 3] = X[:, 0] + 0.1 * X[:, 1]
    >>> net = DSTMLPClassifier(
    ...     (4,), allocation=[0.625, 0.0], initial_topology=CSTI(), random_state=0
    ... )
    >>> net = net.partial_fit(X, X[:, 1] > 0, classes=[False, True])
    >>> (net.coefs_[0].toarray() != 0).astype(int)
    array([[1, 0, 0, 1],
           [0, 1, 0, 0],
           [0, 0, 1, 0],
           [1, 0, 0, 1]])
    """

    _allowed: ClassVar[dict] = {"candidates": Number(1, or_none=True)}

    def __init__(self, hidden: Any = None, candidates: float | None = None):
        self.hidden = hidden
        self.candidates = candidates

    @property
    def needs(self):
        """Names of the facts that `draw` needs."""
        return needs_of(self.hidden) | {self._fact()}

    def check_parameters(self) -> None:
        """Raise ValueError or TypeError if a parameter has a value not allowed."""
        super().check_parameters()
        if self.hidden is None:
            return
        if isinstance(self.hidden, type) or not hasattr(self.hidden, "draw"):
            raise TypeError(
                "CSTI: hidden must be an object with `draw`, such as "
                f"ReceptiveField(), or None; got {self.hidden!r}."
            )
        check_parameters_of(self.hidden)

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, Any] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        self.check_parameters()
        features = None if facts is None else facts.get(self._fact())
        if features is None:
            others = RandomTopology() if self.hidden is None else self.hidden
            return others.draw(n_in, n_out, count, rng, facts)
        candidates = self.candidates
        if candidates is None and features.scale.size > _ALL_PAIRS:
            candidates = _CANDIDATES
        size = int(n_candidates(candidates, count, n_in * n_out))
        if size < n_in * n_out:
            drawn = sample_distinct(n_in * n_out, size, rng)
            positions = _strongest_of(features, drawn, n_in, n_out, count)
        else:
            positions = _strongest(features, n_in, n_out, count)
            n_more = count - positions.size
            others = sample_distinct(n_in * n_out - positions.size, n_more, rng)
            positions = insert_absent(positions, others)
        return rows_of(positions, n_in, n_out)

    def _fact(self):
        return "tiled_features" if self.hidden is None else "input_features"


def _inputs_of(n_neurons: int, n_inputs: int) -> np.ndarray:
    """Return the input that each neuron of a level stands for."""
    neurons = np.arange(n_neurons, dtype=np.int64)
    if n_neurons < n_inputs:
        return neurons * n_inputs // n_neurons
    return neurons % n_inputs


def _strongest_of(
    features: CenteredFeatures, drawn: np.ndarray, n_in: int, n_out: int, count: int
) -> np.ndarray:
    """Return those `count` of the positions `drawn` that correlate most."""
    n_features = features.scale.size
    rows, columns = np.divmod(drawn, n_in)
    rows = _inputs_of(n_out, n_features)[rows]
    columns = _inputs_of(n_in, n_features)[columns]
    strengths = np.abs(features.correlations_between(rows, columns))
    return drawn[mark_lowest(-strengths, count)]


def _strongest(
    features: CenteredFeatures, n_in: int, n_out: int, count: int
) -> np.ndarray:
    """Return the `count` positions that correlate most, or all that do, sorted."""
    n_features = features.scale.size
    columns = _inputs_of(n_in, n_features)
    inputs_of_rows = _inputs_of(n_out, n_features)
    positions, strengths = np.zeros(0, dtype=np.int64), np.zeros(0)
    least = 0.0
    step = min(_BLOCK, max(1, _BLOCK_VALUES // max(n_in, n_features)))
    for start in range(0, n_out, step):
        rows = inputs_of_rows[start : start + step]
        block = np.abs(features.correlations_of(rows)).T[:, columns].ravel()
        # Of equal ones the first are kept: later ones must be larger.
        larger = np.flatnonzero(block > least)
        positions = np.concatenate([positions, start * n_in + larger])
        strengths = np.concatenate([strengths, block[larger]])
        if positions.size > count:
            kept = mark_lowest(-strengths, count)
            positions, strengths = positions[kept], strengths[kept]
            least = strengths.min(initial=np.inf)
    return positions
