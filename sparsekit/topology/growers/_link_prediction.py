"""Grower by link prediction on the graph of the connections."""

from typing import ClassVar

import numpy as np

from sparsekit.kernels.linking import (
    Links,
    path_scores,
    transpose,
    walk_ends,
    weigh_walks,
)
from sparsekit.kernels.sampling import insert_absent
from sparsekit.kernels.wiring import free_positions
from sparsekit.topology._contract import Number
from sparsekit.topology._layer import Layer
from sparsekit.topology._positions import sample_distinct
from sparsekit.topology._selection import mark_highest, n_candidates
from sparsekit.topology.growers._base import BaseGrower
from sparsekit.topology.growers._random import RandomGrower

_RULES = ("CH3-L3p", "CH2-L3n")

# Paths of soft sampling for each new connection, at first and at most, and in any case:
# the largest ratio of a few says little of that of all.
_FIRST_WALKS, _MOST_WALKS, _FEWEST_WALKS = 4, 8, 512


class LinkPredictionGrower(BaseGrower):
    r"""Add connections by Cannistraci-Hebb link prediction.

    Cannistraci-Hebb training (CHT, CHTs) uses neither weights nor gradients: output and
    input neurons are the two sides of a bipartite graph of the remaining connections,
    and a connection is predicted where many paths of length three lead from the output
    neuron `r` over an input neuron `z1` and an output neuron `z2` to the input neuron
    `c`, in a community with few connections to the outside. The nodes `z` on these
    paths are the *local community* of the pair. Of the connections of such a node,
    `i(z)` lead to other nodes of the community, one leads to `r` or `c`, and the `e(z)`
    others lead outside: `e(z1) = d(z1) - 1 - i(z1)`, where `d` is the number of
    connections and `i(z1)` that of the output neurons that read both `z1` and `c`; `z2`
    likewise. The rules are

    - "CH3-L3p", by path:
      :math:`\sum_{paths} 1 / \sqrt{(1 + e(z_1)) (1 + e(z_2))}`;
    - "CH2-L3n", by node: :math:`\sum_{z} (1 + i(z)) / (1 + e(z))` over the local
      community, which is what the authors' code of CHTs computes by matrix products.

    Parameters
    ----------
    rule : {"CH3-L3p", "CH2-L3n"}, default="CH3-L3p"
        The score of a position.
    candidates : float or None, default=2.0
        Candidates for each connection to add, at least 1. They are the ends of random
        paths of length three, so that the probability of a position grows with the
        number of paths to it and falls with the degrees of their nodes: even with 1 the
        growth follows the paths. Where these ends are too few, because some are
        connected or drawn twice, the rest are drawn uniformly. None or infinity means
        all free positions, as in CHT. With a temperature, a number of candidates does
        not matter: as many paths are drawn as it takes.
    temperature : float or None, default=None
        None takes the largest scores (CHT). With a number, positions are drawn one
        after another with a probability proportional to score**(1 / temperature)
        among all that remain; 1 is the soft sampling of CHTs, nearly 0 takes the
        largest.
    max_degree : int or None, default=128
        Maximum number of connections of a neuron that are used for a candidate: every
        second, third, ... one, from a random one on, with a weight of two, three, ...
        This bounds the time where neurons have many connections. The number of paths is
        then estimated without bias, and the score nearly so, as it is not linear in
        `i(z)`: on random connections, 250 for a neuron, scores are 0.5 % too large and
        have a correlation of 0.93 with the exact ones. With fewer than a fifth of the
        connections they are of little use. None uses all.

    Notes
    -----
    Positions without a path are ranked last, in random order. Complexity:
    O(n_connections * d + c (log c + d + p)) for c candidates, neurons of d connections,
    of which `max_degree` count at most, and p paths of a candidate.

    Soft sampling needs no scores of positions that it does not draw. A score is a sum
    over paths. Random paths are accepted with a probability in proportion to their
    summand over the probability of being drawn (rejection sampling), so that the first
    accepted path to any other position leads to each in proportion to its score. The
    bound that rejection needs is the largest ratio met. Paths are drawn until enough
    are accepted, until 8 have been drawn for each new connection, or until hardly one
    in 8 leads to a position that none led to before; if fewer than needed are
    accepted, those come next that a smaller bound would accept. With a temperature of 1
    this takes O(n_connections + c d log n_connections) for c paths, about 6 for a new
    connection; with another one, the scores at their ends are computed.
    ``candidates=None`` computes all scores instead (Gumbel top-k).

    References
    ----------
    Zhang et al., "Epitopological learning and Cannistraci-Hebb network shape
    intelligence brain-inspired theory for ultra-sparse advantage in deep learning",
    ICLR 2024 (CHT, CH3-L3). Zhang et al., "Brain network science modelling of sparse
    neural networks enables Transformers and LLMs to perform as fully connected",
    NeurIPS 2025, arXiv 2501.19107 (CHTs, CH2-L3n). Muscoloni, Michieli, Zhang and
    Cannistraci, "Adaptive network automata modelling of complex networks", preprint
    202012.0808, 2020 (CH2 and CH3).

    Examples
    --------
    The only free positions with a path are (1, 1), by 1 - 0 - 0 - 1, and (0, 2):

    >>> import numpy as np
    >>> from sparsekit.topology import Layer, LinkPredictionGrower
    >>> indptr, indices = np.array([0, 2, 4, 4]), np.array([0, 1, 0, 2])
    >>> layer = Layer(indptr, indices, np.ones(4), n_in=3)
    >>> grower = LinkPredictionGrower(candidates=None)
    >>> grower.select(layer, np.zeros(4, dtype=bool), 2, np.random.default_rng(0))
    array([2, 4])
    """

    needs: frozenset[str] = frozenset()

    _allowed: ClassVar[dict] = {
        "rule": _RULES,
        "candidates": Number(1, or_none=True),
        "temperature": Number(closed="neither", or_none=True),
        "max_degree": Number(1, or_none=True, whole=True),
    }

    def __init__(
        self,
        rule: str = "CH3-L3p",
        candidates: float | None = 2.0,
        temperature: float | None = None,
        max_degree: int | None = 128,
    ):
        self.rule = rule
        self.candidates = candidates
        self.temperature = temperature
        self.max_degree = max_degree

    def select(
        self, layer: Layer, dropped: np.ndarray, count: int, rng: np.random.Generator
    ) -> np.ndarray:
        self.check_parameters()
        links = _surviving_links(layer, dropped)
        if self.temperature is not None and _is_finite(self.candidates):
            found = self._drawn_softly(links, count, rng)
            return _completed(layer, dropped, found, count, rng)
        n_free = layer.n_free + np.count_nonzero(dropped)
        size = int(n_candidates(self.candidates, count, n_free))
        if size == n_free:
            positions = RandomGrower().select(layer, dropped, size, rng)
        else:
            positions = _ends_of_paths(layer, dropped, links, size, rng)
        scores = self._scores(links, positions, rng)
        if self.temperature is not None:
            with np.errstate(divide="ignore"):
                scores = np.log(scores) / self.temperature + rng.gumbel(size=size)
        return positions[mark_highest(scores, count, rng)]

    def _scores(self, links, positions, rng):
        return path_scores(
            rng.integers(2**64, dtype=np.uint64),
            links,
            positions,
            self.rule == "CH3-L3p",
            self._most_of(links),
        )

    def _most_of(self, links):
        """Return how many connections of a neuron are looked at."""
        all_of_them = max(links.row_starts.size, links.column_starts.size)
        return all_of_them if self.max_degree is None else self.max_degree

    def _drawn_softly(self, links, count, rng):
        """Return at most `count` positions with a path, sorted, each by its score."""
        by_path = self.rule == "CH3-L3p"
        link_rows = np.repeat(
            np.arange(links.row_starts.size - 1, dtype=links.columns.dtype),
            np.diff(links.row_starts),
        )
        ends = np.cumsum(_walk_weights(links, link_rows, by_path))
        found, keys, bound = np.zeros(0, dtype=np.int64), np.zeros(0), -np.inf
        if not count or not ends.size or ends[-1] == 0:
            return found
        n_walks = _FIRST_WALKS * min(count, links.columns.size)
        n_walks, n_done, n_met = max(n_walks, _FEWEST_WALKS), 0, 0
        while True:
            seed = rng.integers(2**64, dtype=np.uint64)
            drawn, ratios = weigh_walks(
                seed,
                links,
                link_rows,
                ends,
                n_walks - n_done,
                by_path,
                self._most_of(links),
            )
            n_round, n_done = n_walks - n_done, n_walks
            drawn, ratios = drawn[drawn >= 0], ratios[drawn >= 0]
            np.log(ratios, out=ratios)
            if self.temperature != 1:
                different, at = np.unique(drawn, return_inverse=True)
                scores = self._scores(links, different, rng)[at]
                # An estimate is 0 where all that leads there is passed over.
                known = scores > 0
                drawn, ratios = drawn[known], ratios[known]
                ratios += (1 / self.temperature - 1) * np.log(scores[known])
            bound = ratios.max(initial=bound)
            ratios += rng.standard_exponential(ratios.size)
            found, keys = np.concatenate([found, drawn]), np.concatenate([keys, ratios])
            accepted = _first_different(found[keys >= bound], count)
            if accepted.size == count:
                return accepted
            n_before, n_met = n_met, np.unique(found).size
            is_exhausted = n_met - n_before < n_round / _MOST_WALKS
            if is_exhausted or n_done >= _MOST_WALKS * count:
                return _first_different(found[np.argsort(-keys, kind="stable")], count)
            n_walks = 2 * n_done


def _first_different(positions, count):
    """Return the first `count` different ones, sorted."""
    different, first = np.unique(positions, return_index=True)
    return np.sort(different[np.argsort(first)[:count]])


def _is_finite(candidates):
    return candidates is not None and candidates != np.inf


def _walk_weights(links, link_rows, by_path):
    """Return how often a walk shall take each connection; see `weigh_walks`."""
    others_1 = np.diff(links.column_starts)[links.columns] - 1.0
    others_2 = np.diff(links.row_starts)[link_rows] - 1.0
    if by_path:
        return np.sqrt(others_1 * others_2)
    return np.where(others_1 * others_2 > 0, others_1 + others_2, 0.0)


def _surviving_links(layer, dropped):
    """Return the remaining connections by row and by column."""
    kept = ~dropped
    row_starts = np.concatenate([[0], np.cumsum(kept)])[layer.indptr]
    columns = layer.indices[kept]
    return Links(row_starts, columns, *transpose(row_starts, columns, layer.n_in))


def _ends_of_paths(layer, dropped, links, size, rng):
    """Return `size` free positions, as many as possible at ends of such paths."""
    found = np.zeros(0, dtype=np.int64)
    if links.columns.size:
        seed = rng.integers(2**64, dtype=np.uint64)
        found = np.sort(walk_ends(seed, links, size))
        found = found[np.diff(found, prepend=-1) > 0]
    return _completed(layer, dropped, found, size, rng)


def _completed(layer, dropped, found, size, rng):
    """Return `found`, sorted free positions, and others at random up to `size`."""
    taken = layer.positions()[~dropped]
    ranks = found - np.searchsorted(taken, found)  # among the free positions
    n_absent = layer.n_free + np.count_nonzero(dropped) - found.size
    others = sample_distinct(n_absent, size - found.size, rng)
    ranks = insert_absent(ranks, others)
    return free_positions(layer.indptr, layer.indices, layer.n_in, dropped, ranks)
