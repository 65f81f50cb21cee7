"""From the parameters of an estimator to the strategies that they stand for."""

from typing import Any, NamedTuple

from sklearn.base import clone

from sparsekit.neural_network.parameters._methods import DEFAULTS, RECIPES
from sparsekit.topology import STRATEGIES, PerLayer, check_parameters_of


class Strategies(NamedTuple):
    """How a network begins and how it is rewired; see `DEFAULTS` for the names."""

    pruner: Any
    grower: Any
    prune_fraction: float
    schedule: Any
    density_schedule: Any
    redistribution: Any
    allocation: Any
    topology: Any
    weight_init: str
    rewind: bool
    sparsity: float

    @property
    def rewires(self) -> bool:
        """Whether connections ever change."""
        return self.prune_fraction > 0 or self.density_schedule is not None

    @property
    def n_batches(self) -> int:
        """Batches whose gradient the strategies want to know."""
        parts = (self.pruner, self.grower, self.redistribution, self.topology)
        return max(getattr(part, "n_batches", 1) for part in parts)


def strategies_of(estimator):
    """Return the strategies that an estimator's method and parameters stand for.

    A parameter that is None, or that the estimator does not have, is as its method
    says.

    Raises
    ------
    ValueError or TypeError
        If a part was made with parameters that it does not allow: before any training,
        and not at the first rewiring.
    """
    recipe = DEFAULTS | RECIPES[estimator._method_name]
    chosen = {}
    for name, usual in recipe.items():
        given = getattr(estimator, name, None)
        chosen[name] = _made(name, usual if given is None else given)
        check_parameters_of(chosen[name])
    return Strategies(**chosen, sparsity=getattr(estimator, "sparsity", 0.0))


def n_rewirings(strategies, n_epochs, first):
    """Return how many rewirings a fit has between its epochs.

    None stands inside: those that are counted in steps are tasks within the epochs.
    """
    if not strategies.rewires or strategies.schedule.unit == "steps":
        return 0
    return (n_epochs - int(first)) // strategies.schedule.every


def _made(name, value):
    if name not in STRATEGIES or value is None:
        return value
    if isinstance(value, str):
        return STRATEGIES[name][value]()
    if isinstance(value, type):
        raise TypeError(
            f"{name} must be an object, not a class; got {value.__name__}. Did you "
            f"mean {name}={value.__name__}()?"
        )
    if name == "allocation" and not hasattr(value, "counts"):
        return PerLayer(value)
    return clone(value, safe=False)
