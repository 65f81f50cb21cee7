"""Pruners that choose at random."""

from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator

from sparsekit.topology._contract import Number, needs_of
from sparsekit.topology._layer import Layer
from sparsekit.topology._positions import sample_distinct
from sparsekit.topology.pruners._magnitude import MagnitudePruner
from sparsekit.topology.pruners._score import ScorePruner


class SoftPruner(ScorePruner):
    """Drop connections at random, with a probability that falls with their score.

    The connections to keep are sampled one after another without replacement, with
    probabilities proportional to ``score ** temperature``. One with a low score may be
    kept and one with a high score dropped, which explores more topologies.

    Parameters
    ----------
    pruner : ScorePruner or None, default=None
        Gives the scores and the scope. None means :class:`MagnitudePruner`.
    temperature : float, default=1.0
        The higher, the closer to dropping the lowest scores; near 0, all connections
        have the same probability. Connections with the score 0 are dropped first.
    final_temperature : float or None, default=None
        The temperature at the end of the training; None keeps `temperature`. CHTs goes
        from 1 to 3.

    Notes
    -----
    In the paper the temperature T is ``d / (1 - d)``, and it is the softness d that
    rises linearly, from 1/2 to 3/4: halfway T is 5/3 and not 2. So it is here, whatever
    the two temperatures are.

    This is Gumbel top-k sampling: ``temperature * log(score)`` plus a Gumbel random
    number has the order of successive draws, the last of which are dropped. Complexity:
    O(n_connections) beside the scores.

    References
    ----------
    Zhang et al., "Brain network science modelling of sparse neural networks enables
    transformers and LLMs to perform as fully connected", NeurIPS 2025
    (arXiv:2501.19107): the soft removal of CHTs, equation 2. Kool et al., "Stochastic
    beams and where to find them", ICML 2019, section 2.3: Gumbel top-k sampling.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RelativeImportancePruner, SoftPruner
    >>> layer = Layer(np.array([0, 5]), np.arange(5), np.arange(5.0), n_in=9)
    >>> pruner = SoftPruner(RelativeImportancePruner(), temperature=2.0)
    >>> pruner.select(layer, 0.4, np.random.default_rng(0)).sum()
    np.int64(2)
    """

    _allowed: ClassVar[dict] = {
        "temperature": Number(closed="neither"),
        "final_temperature": Number(closed="neither", or_none=True),
    }

    def __init__(self, pruner=None, temperature=1.0, final_temperature=None) -> None:
        self.pruner = pruner
        self.temperature = temperature
        self.final_temperature = final_temperature

    @property
    def needs(self):
        """Names of the fields of `Layer` that scores and temperature need."""
        needs = needs_of(self._scorer())
        return needs if self.final_temperature is None else needs | {"progress"}

    @property
    def scope(self):
        """Scope of the ranking: that of the pruner that gives the scores."""
        return self._scorer().scope

    def scores(self, layer: Layer) -> np.ndarray:
        """Return the scores that `pruner` gives."""
        return self._scorer().scores(layer)

    def check_parameters(self) -> None:
        """Raise ValueError or TypeError if a parameter has a value not allowed."""
        self._scorer().check_parameters()
        super().check_parameters()

    def _scorer(self):
        if self.pruner is None:
            return MagnitudePruner()
        if not isinstance(self.pruner, ScorePruner):
            raise TypeError(
                "SoftPruner: pruner must be a ScorePruner, such as MagnitudePruner(), "
                f"or None; got {self.pruner!r}."
            )
        return self.pruner

    def _keys(self, layer, rng):
        with np.errstate(divide="ignore"):
            keys = np.log(self.scores(layer), dtype=np.float64)
        keys *= self._temperature_at(layer.progress)
        keys += rng.gumbel(size=keys.size)
        return keys

    def _temperature_at(self, progress):
        if self.final_temperature is None:
            return self.temperature
        if progress is None:
            raise ValueError(
                "SoftPruner needs the progress of the training for its "
                "final_temperature, and layer.progress is None."
            )
        first, last = (t / (1 + t) for t in (self.temperature, self.final_temperature))
        softness = first + (last - first) * progress
        return softness / (1 - softness)


class RandomPruner(BaseEstimator):
    """Drop connections uniformly at random.

    The baseline for pruners by weight or gradient.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import Layer, RandomPruner
    >>> layer = Layer(np.array([0, 5]), np.arange(5), np.ones(5), n_in=9)
    >>> RandomPruner().select(layer, 0.4, np.random.default_rng(0)).sum()
    np.int64(2)
    """

    def select(
        self, layer: Layer, fraction: float, rng: np.random.Generator
    ) -> np.ndarray:
        """Choose the connections to drop.

        Parameters
        ----------
        layer : Layer
        fraction : float
            In [0, 1]. Exactly ``floor(fraction * n_connections)`` are dropped.
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of bool, shape (n_connections,)
            True where a connection is dropped. Complexity: O(n_connections).
        """
        dropped = np.zeros(layer.indices.size, dtype=bool)
        dropped[sample_distinct(dropped.size, int(fraction * dropped.size), rng)] = True
        return dropped
