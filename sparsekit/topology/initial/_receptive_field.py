"""Initial topology of receptive fields: connections to inputs that are near."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import Number
from sparsekit.topology.initial._base import BaseInitialTopology
from sparsekit.topology.initial._random import rows_of

# Connections that are drawn at a time.
_BLOCK = 2**16


class ReceptiveField(BaseInitialTopology):
    """A bipartite receptive field: inputs are drawn, the near ones more often.

    Inputs and outputs are evenly spaced on the same ring, see :class:`SmallWorld`. Each
    output draws its inputs one after another, with a probability proportional to
    ``(1 + d) ** -((1 - r) / r)`` among those that are left, where `d` is the number of
    steps on the ring from the input opposite the output. So the randomness depends on
    the distance throughout, where a small world has windows and connections to
    anywhere.

    Parameters
    ----------
    randomness : float, default=0.25
        The parameter `r` of the paper, in [0, 1]: 0 takes the nearest inputs, 1 draws
        all alike.
    fan_in : {"fixed", "uniform"}, default="fixed"
        Numbers of inputs of the outputs: "fixed" for numbers that differ by at most
        one, "uniform" for random ones, of which all up to twice the mean are equally
        probable.

    Notes
    -----
    Complexity: O(count log count + n_out + n_in log n_in), and O(n_in) more for each
    different number of inputs.

    References
    ----------
    Zhang et al., "Brain network science modelling of sparse neural networks enables
    Transformers and LLMs to perform as fully connected", arXiv 2501.19107, section 3.2
    and appendix D, "bipartite receptive field model" (BRF). A `randomness` of 0.25 is
    best there on images.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.topology import ReceptiveField
    >>> rng = np.random.default_rng(0)
    >>> indptr, indices = ReceptiveField(randomness=0.0).draw(6, 3, 9, rng)
    >>> indices.reshape(3, 3)
    array([[0, 1, 2],
           [2, 3, 4],
           [0, 4, 5]], dtype=int32)
    """

    _allowed: ClassVar[dict] = {
        "randomness": Number(0, 1),
        "fan_in": ("fixed", "uniform"),
    }

    def __init__(self, randomness: float = 0.25, fan_in: str = "fixed"):
        self.randomness = randomness
        self.fan_in = fan_in

    def draw(
        self,
        n_in: int,
        n_out: int,
        count: int,
        rng: np.random.Generator,
        facts: Mapping[str, np.ndarray | None] | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        self.check_parameters()
        ends = np.arange(n_out + 1, dtype=np.int64) * count // n_out
        fan_in = np.diff(ends)
        if self.fan_in == "uniform":
            fan_in = _uniform(n_in, n_out, count, rng)
        # By rank, from the nearest on: 0, then one step ahead, one back, two ahead ...
        steps = (np.arange(n_in, dtype=np.int64) + 1) // 2
        steps[2::2] *= -1
        opposite = (2 * np.arange(n_out, dtype=np.int64) + 1) * n_in // (2 * n_out)
        positions = []
        for size in np.unique(fan_in[fan_in > 0]):
            alike = np.flatnonzero(fan_in == size)
            n_blocks = -(-alike.size * int(size) // _BLOCK)
            for rows in np.array_split(alike, min(n_blocks, alike.size)):
                ranks = self._ranks(np.abs(steps), rows.size, int(size), rng)
                columns = (opposite[rows, np.newaxis] + steps[ranks]) % n_in
                positions.append((rows[:, np.newaxis] * n_in + columns).ravel())
        all_positions = np.concatenate([np.zeros(0, dtype=np.int64), *positions])
        return rows_of(np.sort(all_positions), n_in, n_out)

    def _ranks(self, distances, n_rows, size, rng):
        """Return the ranks that `n_rows` outputs draw, shape (n_rows, size)."""
        if self.randomness == 0 or size == distances.size:
            return np.tile(np.arange(size), (n_rows, 1))
        exponent = (1 - self.randomness) / self.randomness
        return _draw_rows(-exponent * np.log1p(distances), n_rows, size, rng)


def _uniform(n_in, n_out, count, rng):
    """Return random numbers of inputs that sum to `count`, at most `n_in` each."""
    if 2 * count > n_in * n_out:
        return n_in - _uniform(n_in, n_out, n_in * n_out - count, rng)
    sizes = _divided(rng.random(n_out), count)
    # Where half of all positions are connected, twice the mean is a little too much.
    surplus = np.maximum(sizes - n_in, 0).sum()
    sizes = np.minimum(sizes, n_in)
    return sizes + _divided(n_in - sizes, surplus) if surplus else sizes


def _divided(weights, total):
    """Return whole numbers in proportion to `weights`, rounded, that sum to `total`."""
    ends = np.cumsum(weights)
    return np.diff(np.floor(ends / ends[-1] * total).astype(np.int64), prepend=0)


def _draw_rows(log_weights, n_rows, size, rng):
    """Draw `size` ranks without replacement for each row.

    Every draw of a row takes a rank with a probability proportional to its weight among
    those that are left.

    Parameters
    ----------
    log_weights : ndarray of shape (n,)
        Falling.
    n_rows, size : int
        With a size of less than n.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_rows, size), int64
        Complexity: O(n_rows * size * log(n_rows * size) + n).

    Notes
    -----
    If every rank arrives after an exponential time with its weight as the rate, the
    first `size` arrivals are such draws. The time of the heaviest ranks, a little more
    than `size`, is drawn for each. The others are the arrivals of a Poisson process up
    to a horizon, of which there are few. The unit of time is the mean time of the first
    of the others, and times are logarithms, since rates differ by any power.
    """
    n = log_weights.size
    tails = np.logaddexp.accumulate(log_weights[::-1])[::-1]
    # Of so many ranks expected by the horizon, counted with a chance of min(1, weight),
    # at least 1 - 1 / e arrive.
    expected = np.arange(n) + np.exp(tails - log_weights)
    wanted = (size + 3 * np.sqrt(size) + 3) / (1 - np.exp(-1))
    n_heavy = int(np.searchsorted(expected, wanted))
    unit = log_weights[n_heavy] if n_heavy < n else log_weights[-1]
    rest = np.cumsum(np.exp(log_weights[n_heavy:] - unit))
    rate = rest[-1] if rest.size else 0.0
    length = 1.0
    if n_heavy < n:
        length = (wanted - n_heavy) / rate
        if n_heavy:
            length = max(length, np.exp(unit - log_weights[n_heavy - 1]))
    heavy = np.log(rng.standard_exponential((n_rows, n_heavy)))
    heavy -= log_weights[:n_heavy] - unit
    rows = [np.repeat(np.arange(n_rows), n_heavy)]
    ranks = [np.tile(np.arange(n_heavy), n_rows)]
    times = [heavy.ravel()]
    horizons = np.full(n_rows, np.log(length))
    short = np.arange(n_rows)
    while True:
        arrivals = rng.poisson(rate * length, size=short.size)
        rows.append(np.repeat(short, arrivals))
        at = rate * rng.random(rows[-1].size)
        ranks.append(n_heavy + np.searchsorted(rest, at, side="right").clip(max=n - 1))
        since = np.exp(horizons[rows[-1]]) - length
        times.append(np.log(since + length * rng.random(rows[-1].size)))
        rows, ranks, times = _first_arrivals(n, rows, ranks, times)
        in_time = times[0] <= horizons[rows[0]]
        n_drawn = np.bincount(rows[0][in_time], minlength=n_rows)
        short = np.flatnonzero(n_drawn < size)
        if not short.size or n_heavy == n:
            break
        length = np.exp(horizons[short[0]])
        horizons[short] += np.log(2)
    starts = np.searchsorted(rows[0], np.arange(n_rows))
    return ranks[0][starts[:, np.newaxis] + np.arange(size)]


def _first_arrivals(n, rows, ranks, times):
    """Return each rank of each row at its first time, by row and time, in lists."""
    all_rows, all_ranks, all_times = map(np.concatenate, (rows, ranks, times))
    order = np.argsort(all_times, kind="stable")
    keys = all_rows[order] * n + all_ranks[order]
    _, first = np.unique(keys, return_index=True)
    kept = order[np.sort(first)]
    kept = kept[np.argsort(all_rows[kept], kind="stable")]
    return [all_rows[kept]], [all_ranks[kept]], [all_times[kept]]
