"""A trial of a pruner or a grower on example layers."""

import inspect
from typing import Any

import numpy as np
from sklearn.base import clone

from sparsekit.topology._contract import (
    check_mask,
    check_masks,
    check_positions,
    copied_states,
)
from sparsekit.topology._example_layers import arrays_of, example_layers, mirrored
from sparsekit.topology._layer import Layer

_OPTIONAL = frozenset(Layer._field_defaults)


def check_strategy(strategy: Any) -> None:
    """Check if a pruner or a grower adheres to the contract that rewirings rely on.

    The strategy is run on many layers: with empty and full rows, equal and zero
    weights, one connection, none and all; in single and double precision; with nothing
    and everything to drop or to add. The optional fields of the layers that it does not
    list in `needs` are None.

    Parameters
    ----------
    strategy : object with `select`
        ``select(layer, fraction, rng)`` makes it a pruner, ``select(layer, dropped,
        count, rng)`` a grower.

    Raises
    ------
    AssertionError
        With the reason and the layer, if

        - `strategy` cannot be cloned, or lists in `needs` what is no field of `Layer`;
        - `select` fails or modifies an array that it was given;
        - the same seed gives another result, or a call has an influence on the next
          other than by the layer's `state`, if the strategy needs that;
        - `state` then holds what no checkpoint can hold;
        - the mask of a pruner is not boolean or does not have one element for each
          connection; if it drops more than the fraction, unless it ignores the fraction
          altogether or its class has ``drops_more = True``, or less, if it has a method
          `scores`;
        - the positions of a grower are not int64, sorted, distinct and free, or not as
          many as required.

    Examples
    --------
    >>> from sparsekit.topology import SETPruner, check_strategy
    >>> check_strategy(SETPruner())
    >>> class HalfPruner(SETPruner):
    ...     def select(self, layer, fraction, rng):
    ...         return super().select(layer, 0.5, rng)[:10]
    >>> check_strategy(HalfPruner())
    Traceback (most recent call last):
    AssertionError: HalfPruner on a layer that is sparse, fraction=0.0: ...
    """
    name = type(strategy).__name__
    check = _check_growth if _is_grower(strategy, name) else _check_pruning
    _check_parameters(strategy, name)
    needs = _needs(strategy, name)
    hidden: dict[str, Any] = dict.fromkeys(_OPTIONAL - needs)
    for case, layer in example_layers().items():
        check(strategy, layer._replace(**hidden), f"{name} on a layer {_clause(case)}")
    rates = needs & {"input_rates", "nonzero_rates"}
    if rates:
        hidden |= dict.fromkeys(rates)
        layer = example_layers()["sparse"]._replace(**hidden)
        check(strategy, layer, f"{name} on a layer whose inputs have no rates")


def _require(condition, message):
    # Not an assert statement: python -O would leave it out.
    if not condition:
        raise AssertionError(message)


def _keeps_contract(here, check, *arguments):
    """Run a check of the contract, and raise its error as an AssertionError."""
    try:
        check(*arguments)
    except ValueError as error:
        raise AssertionError(f"{here}: {error}") from None


def _clause(case):
    return case if case.startswith("with") else f"that is {case}"


def _is_grower(strategy, name):
    select = getattr(strategy, "select", None)
    _require(callable(select), f"{name} has no method select.")
    arguments = list(inspect.signature(select).parameters)
    _require(
        len(arguments) in (3, 4),
        f"{name}.select takes {arguments}; a pruner's takes (layer, fraction, rng), a "
        "grower's (layer, dropped, count, rng).",
    )
    return len(arguments) == 4


def _check_parameters(strategy, name):
    try:
        copy = clone(strategy)
        same = repr(copy.get_params()) == repr(strategy.get_params())
    except Exception as error:
        raise AssertionError(
            f"{name} cannot be cloned; derive it from sklearn.base.BaseEstimator, and "
            "let __init__ store its parameters under their names and do nothing else."
        ) from error
    _require(same, f"{name} has other parameters after it was cloned.")


def _needs(strategy, name):
    needs = getattr(strategy, "needs", frozenset())
    is_set = isinstance(needs, set | frozenset)
    _require(
        is_set and needs <= _OPTIONAL,
        f"{name}.needs is {needs!r}; it must be a frozenset of names among "
        f"{sorted(_OPTIONAL)}.",
    )
    return needs


def _check_pruning(pruner, layer, where):
    n = layer.indices.size
    masks = {}
    for fraction in (0.0, 0.29, 0.5, 1.0):
        here = f"{where}, fraction={fraction}"
        mask = _run(pruner, (layer, fraction), here)
        _keeps_contract(here, check_mask, pruner, layer, mask)
        masks[fraction] = mask
    # A pruner that drops what has no use says so by an attribute of its class.
    may_exceed = getattr(pruner, "drops_more", False) or all(
        (mask == masks[0.0]).all() for mask in masks.values()
    )
    if getattr(pruner, "scope", "layer") != "layer":
        for fraction in masks:
            here = f"{where}, fraction={fraction}"
            _check_network(pruner, layer, fraction, here, may_exceed)
    if may_exceed:
        return
    for fraction, mask in masks.items():
        most, n_dropped = int(fraction * n), np.count_nonzero(mask)
        _require(
            n_dropped <= most,
            f"{where}, fraction={fraction}: {n_dropped} of {n} connections are dropped;"
            f" at most {most} may be, unless the pruner ignores the fraction.",
        )
        _require(
            n_dropped == most or not hasattr(pruner, "scores"),
            f"{where}, fraction={fraction}: {n_dropped} of {n} connections are dropped;"
            f" a pruner with scores drops exactly {most}.",
        )


def _check_network(pruner, layer, fraction, here, may_exceed):
    """Check the ranking of a network: the layer, and its mirror image after it."""
    select = getattr(pruner, "select_network", None)
    _require(
        callable(select),
        f"{here}: a pruner with scope={pruner.scope!r} needs a method "
        "select_network(layers, fraction, rng).",
    )
    here += ", select_network of the layer and its mirror image"
    layers = [layer, mirrored(layer)]
    if layer.state is not None:
        layers[0] = layer._replace(state={})
    asked = [fraction] * 2 if pruner.scope == "layers" else fraction
    try:
        masks = select(layers, asked, np.random.default_rng(0))
    except Exception as error:
        raise AssertionError(f"{here}: select_network raised {error!r}.") from error
    _keeps_contract(here, check_masks, pruner, layers, masks)
    most, n_dropped = int(fraction * 2 * layer.indices.size), np.count_nonzero(masks)
    _require(
        n_dropped <= most or may_exceed,
        f"{here}: {n_dropped} connections are dropped; at most {most} may be.",
    )


def _check_growth(grower, layer, where):
    n = layer.indices.size
    every_third = np.arange(n) % 3 == 0
    for dropped in (np.zeros(n, dtype=bool), every_third, np.ones(n, dtype=bool)):
        dropped.flags.writeable = False
        n_free = layer.n_free + int(np.count_nonzero(dropped))
        for count in sorted({0, min(1, n_free), n_free // 2, n_free}):
            here = f"{where}, {dropped.sum()} of {n} dropped, count={count}"
            positions = _run(grower, (layer, dropped, count), here)
            _keeps_contract(
                here, check_positions, grower, layer, dropped, count, positions
            )


def _run(strategy, arguments, here):
    """Return what `select` returns, which must depend on its arguments only."""
    given = [
        array
        for argument in arguments
        for array in (
            arrays_of(argument) if isinstance(argument, Layer) else [argument]
        )
        if isinstance(array, np.ndarray)
    ]
    before = [array.copy() for array in given]
    result, state = _select(strategy, arguments, here)
    others = [_select(one, arguments, here) for one in (strategy, clone(strategy))]
    if state is not None:
        # The next rewiring begins with what this one noted.
        arguments = (arguments[0]._replace(state=state), *arguments[1:])
        _select(strategy, arguments, here)
    same = all(map(np.array_equal, given, before))
    _require(same, f"{here}: select modified an array that it was given.")
    for other, other_state in others:
        _require(
            np.array_equal(result, other),
            f"{here}: select returned another result for the same seed; let all that "
            "is random come from rng, and keep nothing between calls but in "
            "layer.state.",
        )
        _require(
            repr(state) == repr(other_state),
            f"{here}: select left something else in layer.state for the same seed.",
        )
    return result


def _select(strategy, arguments, here):
    """Return what `select` returns, and what it leaves in a copy of the state."""
    layer, *others = arguments
    if layer.state is not None:
        (state,) = copied_states(strategy, [layer.state])
        layer = layer._replace(state=state)
    try:
        result = strategy.select(layer, *others, np.random.default_rng(0))
        if layer.state is not None:
            copied_states(strategy, [layer.state])
    except Exception as error:
        writes = "read-only" in str(error) or "readonly" in str(error)
        hint = " Arrays that are passed in must not be modified." if writes else ""
        raise AssertionError(f"{here}: select raised {error!r}.{hint}") from error
    return result, layer.state
