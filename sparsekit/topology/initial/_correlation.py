"""Initial topology by the correlations of the inputs."""

from collections.abc import Mapping

import numpy as np

from sparsekit.kernels.sampling import draw_by_column
from sparsekit.topology.initial._base import BaseInitialTopology
from sparsekit.topology.initial._centered_features import CenteredFeatures
from sparsekit.topology.initial._random import RandomTopology, rows_of


class CorrelationTopology(BaseInitialTopology):
    """More connections for inputs that correlate strongly with other inputs.

    Free positions are drawn one after another with a probability proportional to
    ``s_j``, the sum of the absolute correlations of their input `j` with all other
    inputs. Inputs without any correlation come last. This applies to the first layer;
    the others start as in :class:`RandomTopology`.

    All pairs are computed for up to 1000 inputs. For more, `s_j` is estimated from 100
    random projections.

    Notes
    -----
    :meth:`draw` gets the ``input_strengths`` `s_j` as one of its facts: an ndarray of
    shape (n_in,), not negative, or None for other layers than the first. Complexity:
    O(count log count + n_in + n_out).

    References
    ----------
    "Correlated sparse topological initialization" (CSTI): Zhang et al., "Epitopological
    learning and Cannistraci-Hebb network shape intelligence brain-inspired theory for
    ultra-sparse advantage in deep learning", ICLR 2024; arXiv 2501.19107, appendix D.
    :class:`CSTI` is the one of the papers, which connects the pairs with the largest
    correlations. Here the inputs get connections in proportion to their correlations,
    to random hidden neurons, and every input with a correlation gets some.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import CorrelationTopology
    >>> facts = {"input_strengths": np.array([5.0, 0.1, 5.0, 0.1])}
    >>> rng = np.random.default_rng(0)
    >>> indptr, indices = CorrelationTopology().draw(4, 100, 80, rng, facts)
    >>> np.bincount(indices)[[1, 3]].sum() < 8
    np.True_
    """

    needs = frozenset({"input_strengths"})

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        given = None if facts is None else facts.get("input_strengths")
        if given is None:
            return RandomTopology().draw(n_in, n_out, count, rng)
        strengths = np.ascontiguousarray(given, dtype=np.float64)
        if (
            strengths.shape != (n_in,)
            or not ((strengths >= 0) & np.isfinite(strengths)).all()
        ):
            raise ValueError(
                f"input_strengths must be {n_in} finite numbers that are not negative, "
                f"one for each input; got {given!r}."
            )
        positions = draw_by_column(
            rng.integers(2**64, dtype=np.uint64),
            np.zeros(n_out + 1, dtype=np.int64),
            np.empty(0, dtype=np.int32),
            np.empty(0, dtype=bool),
            strengths,
            count,
        )
        return rows_of(np.sort(positions), n_in, n_out)


# Up to so many features all pairs are computed, some features at a time.
_ALL_PAIRS = 1000
_BLOCK = 256


def correlation_strengths(
    X,
    rng: np.random.Generator,
    *,
    fill: np.ndarray | None = None,
    n_projections: int | None = None,
) -> np.ndarray:
    """Return the sum of the absolute correlations of each feature with all others.

    Parameters
    ----------
    X : ndarray or scipy.sparse CSR array of shape (n_samples, n_features)
        The inputs of the network, with missing values as NaN or as 0. NaN counts as 0,
        which is the mean of standardised inputs: the more values are missing, the
        weaker the correlation.
    rng : numpy.random.Generator
        Used for the projections only.
    fill : ndarray of shape (n_features,) or None, default=None
        For CSR input, the value of the entries that are not stored. None means 0.
    n_projections : int or None, default=None
        None means all pairs for up to 1000 features, and 100 projections for more.

    Returns
    -------
    ndarray of shape (n_features,), float64
        ``s_j = sum over k != j of |r_jk|`` with Pearson's correlation r, which is 0 for
        a feature that does not vary.

    Notes
    -----
    A sum of Cauchy numbers with weights r_jk is a Cauchy number times ``sum |r_jk|``
    (Indyk, "Stable distributions, pseudorandom generators, embeddings, and data stream
    computation", Journal of the ACM 53, 2006, theorem 3). The correlations with m
    random combinations of features take O(m * stored values), and the median of their
    sizes estimates the sum with a relative standard error of ``pi / (2 sqrt(m))``.
    Memory beside the input: O((n_samples + n_features) * m), or O((n_samples +
    n_features) * 256) for all pairs, whose time is O(n_features * stored values); for
    CSR input the stored values once more.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 4))
    >>> X[:, 1] = X[:, 0] + 0.1 * rng.normal(size=500)
    >>> correlation_strengths(X, rng).round(1)
    array([1.1, 1.1, 0.1, 0.1])
    """
    features = CenteredFeatures(X, fill)
    n_features = features.scale.size
    if n_projections is None and n_features <= _ALL_PAIRS:
        return _all_pairs(features)
    m = 100 if n_projections is None else n_projections
    combinations = rng.standard_cauchy(size=(n_features, m))
    mixed = features.correlations_with(features.combine(combinations))
    # A feature's correlation with itself is known, 1, and does not count.
    mixed -= combinations
    return np.where(features.scale > 0, np.median(np.abs(mixed), axis=1), 0.0)


def _all_pairs(features):
    n_features = features.scale.size
    strengths = np.zeros(n_features)
    for start in range(0, n_features, _BLOCK):
        block = np.arange(start, min(start + _BLOCK, n_features))
        correlations = np.abs(features.correlations_of(block))
        correlations[block, block - start] = 0.0
        strengths[block] = correlations.sum(axis=0)
    return strengths
