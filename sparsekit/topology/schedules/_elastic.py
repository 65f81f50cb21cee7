"""Schedules of a number of connections that exceeds the final one for a while."""

from itertools import pairwise
from numbers import Real
from typing import ClassVar

import numpy as np

from sparsekit.topology._contract import COUNTED_BY, Strategy


class _Elastic(Strategy):
    """An excess over the final number of connections that decreases in steps."""

    def check_parameters(self) -> None:
        """Raise ValueError if a parameter has a value that is not allowed."""
        super().check_parameters()
        name_of_class = type(self).__name__
        for name in ("extra", "until"):
            given = getattr(self, name)
            if not np.iterable(given) or not all(isinstance(x, Real) for x in given):
                raise ValueError(
                    f"{name_of_class}: {name} must be numbers, got {given!r}."
                )
        extra, until = list(self.extra), list(self.until)
        is_increasing = all(a < b for a, b in pairwise([-1, *until, 2]))
        in_order = is_increasing and all(0 <= fraction <= 1 for fraction in until)
        if len(extra) != len(until) or not in_order or min(extra, default=0) < 0:
            raise ValueError(
                f"{name_of_class}: extra must be numbers of at least 0, and until as "
                f"many increasing numbers in [0, 1]; got {self.extra!r} and "
                f"{self.until!r}."
            )

    def _extra_at(self, progress):
        """Return the excess now, relative to the final number."""
        self.check_parameters()
        for extra, until in zip(self.extra, self.until, strict=True):
            if progress < until:
                return extra
        return 0.0


class ElasticDensity(_Elastic):
    """Density somewhat above the final one that decreases in steps.

    New connections are trained for a while beside those that they are to replace.

    Parameters
    ----------
    extra : sequence of float, default=(0.5, 0.25)
        Excess of the density of each step over the final one, relative to that one, not
        negative.
    until : sequence of float, default=(0.6, 0.8)
        Fraction of the training at which each step ends, in [0, 1], increasing; as many
        as `extra`.

    See Also
    --------
    ElasticSchedule : Replaces the excess at every rewiring.

    References
    ----------
    Yuan et al., "MEST: accurate and fast memory-economic sparse training framework on
    the edge", NeurIPS 2021, section 3.2 (elastic mutation with a soft memory bound).
    The default is what they add at a sparsity of 90 %, 5 and 2.5 points.

    Examples
    --------
    >>> from sparsekit.topology import ElasticDensity
    >>> schedule = ElasticDensity()
    >>> [round(schedule.density(0.1, progress), 3) for progress in (0, 0.7, 0.9)]
    [0.15, 0.125, 0.1]
    """

    def __init__(self, extra=(0.5, 0.25), until=(0.6, 0.8)) -> None:
        self.extra = extra
        self.until = until

    def density(self, final: float, progress: float) -> float:
        """Return the density now, at most 1; see :meth:`CubicDensity.density`."""
        return min(final * (1.0 + self._extra_at(progress)), 1.0)


class ElasticSchedule(_Elastic):
    """Replaces at every rewiring what :class:`ElasticDensity` adds to the final number.

    A rewiring drops connections to the final number and grows the excess anew: the soft
    memory bound. New connections have been trained when they compete with those that
    they were added to, and the memory of the excess is taken up all the time.

    Parameters
    ----------
    every : int, default=1
        Number of units of training between two rewirings.
    unit : {"epochs", "steps"}, default="epochs"
        Unit of `every`: passes over the training samples, or mini-batches.
    extra : sequence of float, default=(0.5, 0.25)
        As in :class:`ElasticDensity`.
    until : sequence of float, default=(0.6, 0.8)
        As in :class:`ElasticDensity`.

    Notes
    -----
    With an excess of e the network has 1 + e times its final number of connections, of
    which the fraction e / (1 + e) is replaced, or the ``prune_fraction`` of the
    training if that is less. After the last of `until` no more connections are.

    References
    ----------
    Yuan et al., "MEST: accurate and fast memory-economic sparse training framework on
    the edge", NeurIPS 2021, section 3.2: with a soft memory bound, weights are removed
    down to the target sparsity s and grown up to s - p, where p decreases.

    Examples
    --------
    >>> from sparsekit.topology import ElasticSchedule
    >>> schedule = ElasticSchedule()
    >>> [round(schedule.fraction(0.5, progress), 3) for progress in (0, 0.7, 0.9)]
    [0.333, 0.2, 0.0]
    """

    _allowed: ClassVar[dict] = COUNTED_BY

    def __init__(
        self, every=1, unit="epochs", extra=(0.5, 0.25), until=(0.6, 0.8)
    ) -> None:
        self.every = every
        self.unit = unit
        self.extra = extra
        self.until = until

    def fraction(self, initial: float, progress: float) -> float:
        """Return the fraction of the connections to replace now.

        Parameters
        ----------
        initial : float
            The most that is replaced, in [0, 1].
        progress : float
            Fraction of the training that is done, in [0, 1].

        Returns
        -------
        float
            In [0, initial].

        Raises
        ------
        ValueError
            If a parameter has a value that is not allowed.
        """
        extra = self._extra_at(progress)
        return min(initial, extra / (1.0 + extra))
