"""What a fit needs of an estimator whose rows lie in parts, each with a copy to train.

`sparsekit.distributed` says which copy is trained where, and how they become one.
"""

import math
from copy import copy

import numpy as np
from sklearn.base import clone

from sparsekit._utils._exact_moments import ExactMoments
from sparsekit.network import Change, degrees_of, has_velocity, n_samples_of
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._checks import validate_parameters
from sparsekit.neural_network.parameters._methods import strategies_of
from sparsekit.neural_network.training._fit_loop import FitLoop, PreparedFit
from sparsekit.neural_network.training._history import show_epoch
from sparsekit.neural_network.training._inputs import with_scales
from sparsekit.neural_network.training._rewirings import Rewirings, rows_of_change
from sparsekit.topology import (
    Exploration,
    MagnitudePruner,
    Plan,
    Replacement,
    SETPruner,
    needs_of,
)

# Parameters whose other values ask for all rows at once, or for a fit of one piece.
_USUAL = {
    "early_stopping": False,
    "record": None,
    "sample_selection": None,
    "warm_start": False,
}

# What belongs to single connections, and would have to be averaged with them.
_OF_CONNECTIONS = {
    "record_births": False,
    "rewind": False,
    "grow_init": "zero",
    "growth_moments": "zero",
}

# What rewirings keep that counts epochs and steps.
_COUNTERS = ("n_since_rewiring", "n_steps")


def check_partwise(estimator, shared):
    """Refuse an estimator that cannot be trained on parts.

    Parameters
    ----------
    estimator : object
    shared : bool
        Whether all copies have the same connections.

    Raises
    ------
    TypeError or ValueError
    """
    if not isinstance(estimator, BaseSparseMLP):
        raise TypeError(
            "estimator must be a network of sparsekit, got a "
            f"{type(estimator).__name__}."
        )
    validate_parameters(estimator)
    strategies = strategies_of(estimator)
    refused = _others(_USUAL, lambda name: getattr(estimator, name))
    if estimator.learning_rate == "adaptive" and has_velocity(estimator.solver):
        refused.append("learning_rate='adaptive'")
    if vars(estimator).get("_skl_callbacks"):
        refused.append("callbacks")
    if refused:
        raise ValueError(f"Training on parts does not support {', '.join(refused)}.")
    if shared or not strategies.rewires:
        return
    refused = _others(
        _OF_CONNECTIONS,
        lambda name: getattr(strategies, name, getattr(estimator, name, False)),
    )
    needs = needs_of(strategies.pruner, strategies.grower, strategies.redistribution)
    if "signs" in needs:
        refused.append(f"pruner={strategies.pruner}")
    if refused:
        raise ValueError(
            f"topology='own' does not support {', '.join(refused)}: what is known of "
            "single connections has no average. Use topology='shared'."
        )


def _others(usual, value_of):
    """Return the parameters that have another value, as text."""
    found = {name: value_of(name) for name in usual}
    return [f"{name}={v!r}" for name, v in found.items() if v != usual[name]]


def pruner_of_average(estimator):
    """Return what prunes an average as the estimator prunes; None if it never does."""
    strategies = strategies_of(estimator)
    if not strategies.rewires:
        return None
    by_sign = isinstance(strategies.pruner, SETPruner)
    return strategies.pruner if by_sign else MagnitudePruner()


def facts_of_rows(estimator, X, y):
    """Return what the rows of a part tell; those of all parts are enough for `begin`.

    Returns
    -------
    dict
    """
    reader = clone(estimator)
    X, y = reader._check_X(X, y, reset=True)
    return {
        "names": getattr(reader, "feature_names_in_", None),
        "moments": ExactMoments(X.shape[1]).add(X),
        "targets": reader._facts_of_targets(y),
    }


def joined_facts(facts):
    """Return what parts tell together.

    Parameters
    ----------
    facts : dict of int to dict
        By number of the part, see `facts_of_rows`.

    Returns
    -------
    dict
        ``moments`` of all rows, and ``targets``, a list.

    Raises
    ------
    ValueError
        If there is no part, or the parts have not the same features.
    """
    if not facts:
        raise ValueError("There are no rows in any part.")
    first, *others = facts
    names, moments = facts[first]["names"], facts[first]["moments"]
    for number in others:
        one = facts[number]
        n_features, expected = one["moments"].n_missing.size, moments.n_missing.size
        if n_features != expected:
            raise ValueError(
                f"Part {number} has {n_features} features, and part {first} has "
                f"{expected}."
            )
        if not np.array_equal(names, one["names"]):
            raise ValueError(
                f"Part {number} has the features {one['names']}, and part {first} has "
                f"{names}."
            )
        moments.merge(one["moments"])
    return {"moments": moments, "targets": [one["targets"] for one in facts.values()]}


def begin(estimator, facts, X, y):
    """Build the network of an estimator that knows no rows but what `facts` tell.

    Parameters
    ----------
    estimator : BaseSparseMLP
        Its `random_state` is the seed of the network.
    facts : dict
        See `joined_facts`.
    X, y : array-like
        Rows of one part, for topologies that look at rows.
    """
    X, y = estimator._check_X(X, y, reset=True)
    estimator._seed()
    estimator._learn_targets(facts["targets"])
    targets = estimator._encode(y, None, first=False, partial=True)
    moments = facts["moments"]
    inputs = with_scales(
        moments.moments() | {"has_missing": moments.n_missing > 0},
        estimator.standardize,
    )
    batch_size = estimator.batch_size
    _fit_batches(estimator, X.shape[0])
    estimator._first_trainer(strategies_of(estimator), X, targets, inputs=inputs)
    estimator.batch_size = batch_size  # other parts may have more rows
    estimator.n_iter_ = 0


def prepared_rows(estimator, X, y):
    """Return samples and targets of a part, as `train_on` takes them."""
    X, y = estimator._check_X(X, y)
    targets = estimator._encode(y, None, first=False, partial=True)
    return estimator._samples(X, np.dtype(estimator.dtype)), targets


def train_on(estimator, rows, seed, n_epochs, rewires):
    """Train for some epochs on prepared rows.

    Parameters
    ----------
    estimator : BaseSparseMLP
        Fitted, and nobody else's; it goes on from its `n_iter_` of `max_iter` epochs.
    rows : tuple
        See `prepared_rows`.
    seed : numpy.random.SeedSequence
    n_epochs : int
    rewires : bool
        Whether connections move between epochs.

    Returns
    -------
    losses : ndarray of shape (n_epochs,)
        Mean loss of the rows in each epoch; NaN if training diverged in one of them.
    notes : dict
        The ``rates`` of learning in each epoch, and what rewirings ``kept``.
    """
    trainer, strategies = _trainer_on(estimator, rows, seed)
    if not rewires:
        strategies = strategies._replace(prune_fraction=0.0, density_schedule=None)
    loop = FitLoop(estimator, PreparedFit(trainer, strategies))
    loop.first_epoch = estimator.n_iter_
    loop.run(estimator.n_iter_ + n_epochs)
    epochs = estimator.history_[-n_epochs:]
    losses = np.array([row["loss"] for row in epochs])
    if loop.stopped:
        losses = np.full(n_epochs, np.nan)
    return losses, {
        "rates": [row["learning_rate"] for row in epochs],
        "kept": progress_of(estimator, whole=False)["_rewiring"],
    }


def rewire_on(estimator, rows, seed, last):
    """Rewire if that is due; what needs gradients gets those of prepared rows.

    Parameters
    ----------
    estimator, rows, seed
        As in `train_on`.
    last : bool
        Whether training is over, and only connections that a density schedule has not
        come to drop are to go.

    Returns
    -------
    int
        Number of connections that moved.
    """
    trainer, strategies = _trainer_on(estimator, rows, seed)
    rewirings = Rewirings(estimator, trainer, strategies)
    rewirings.begin_epoch(estimator.n_iter_ / estimator.max_iter, 0.0)
    n_replaced = 0
    if last:
        rewirings.finish()
    elif (wanted := rewirings.wanted()) is not None:
        n_replaced = rewirings.rewire(*wanted)
    rewirings.keep()
    estimator._keep(trainer)
    return n_replaced


def _trainer_on(estimator, rows, seed):
    samples, targets = rows
    estimator._generator = np.random.default_rng(seed)
    _fit_batches(estimator, n_samples_of(samples))
    trainer = estimator._trainer(
        estimator._network, estimator._optimizer, samples, targets, partial=False
    )
    return trainer, strategies_of(estimator)


def _fit_batches(estimator, n_rows):
    """Let a part with fewer rows than a batch be a batch, without a warning."""
    if estimator.batch_size != "auto":
        estimator.batch_size = min(estimator.batch_size, n_rows)


def progress_of(estimator, *, whole):
    """Return how far a fit has come, as far as copies go by it.

    Parameters
    ----------
    estimator : BaseSparseMLP
    whole : bool
        Whether all that rewirings keep belongs to it, or what of it holds for networks
        with other connections, too.
    """
    kept = estimator._rewiring
    if not whole:
        names = [*_COUNTERS, "states"]
        if "explored" in needs_of(strategies_of(estimator).grower):
            names.append("exploration")
        kept = {name: kept[name] for name in names if name in kept}
    return {
        "n_iter_": estimator.n_iter_,
        "t_": estimator.t_,
        "history_": estimator.history_[-1:],
        "_rewiring": kept,
    }


def copy_at(estimator, network, state, progress):
    """Return a copy of an estimator with a network of its own, at some progress."""
    twin = copy(estimator)
    twin.loss_curve_, twin.validation_scores_, twin.rewiring_history_ = [], [], []
    twin._best_loss = math.nan
    twin._network, twin._optimizer = network, state
    vars(twin).update(progress)
    return twin


def without_network(estimator):
    """Return a silent copy of an estimator that knows all but its network."""
    twin = copy(estimator)
    for name in ("_network", "_optimizer", "_rewiring"):
        delattr(twin, name)
    twin.verbose = 0
    return twin


def network_of(estimator):
    """Return the network and the state of its optimizer."""
    return estimator._network, estimator._optimizer


def end_round(estimator, network, state, mean, n_replaced, of_round):
    """Go on from the mean of copies that were trained for some epochs.

    Parameters
    ----------
    estimator : BaseSparseMLP
    network : SparseNetwork
    state : OptimizerState
    mean : object
        With `losses`, `n_rows` and `notes`, see `train_on`.
    n_replaced : int
        Connections that moved before the round.
    of_round : dict
        What to note in the last epoch of the round.
    """
    for loss, rate in zip(mean.losses.tolist(), mean.notes["rates"], strict=True):
        estimator.n_iter_ += 1
        estimator.t_ += mean.n_rows
        estimator.loss_curve_.append(loss)
        row = {
            "epoch": estimator._n_epochs + 1,
            "loss": loss,
            "validation_score": None,
            "learning_rate": rate,
            "n_connections": int(network.weights.size),
            "n_replaced": 0,
            "n_samples": mean.n_rows,
            **dict.fromkeys(of_round, 0),
            "round": of_round["round"],
        }
        estimator.history_.append(row)
    estimator._rewiring |= mean.notes["kept"]
    if network.indices is not estimator._network.indices:
        n_replaced = _note_other_connections(estimator, network)
    row |= of_round | {"n_replaced": n_replaced}
    estimator._network, estimator._optimizer = network, state
    if estimator.verbose:
        show_epoch(row, first=len(mean.losses) == len(estimator.history_))


def take_rewiring(estimator, rewired):
    """Go on from what `rewire_on` made of a copy."""
    network, state = network_of(rewired)
    estimator._network, estimator._optimizer = network, state
    estimator._rewiring = rewired._rewiring
    estimator.rewiring_history_ += rewired.rewiring_history_


def hand_over(fitted, estimator):
    """Give an estimator all that a fit learned."""
    parameters = estimator.get_params(deep=False)
    gone = ("_protection", "_training", "_notes_by_id", "record_", "feature_names_in_")
    for name in gone:
        vars(estimator).pop(name, None)
    for name, value in vars(fitted).items():
        if name not in parameters and name != "_rounds":
            setattr(estimator, name, value)


def _note_other_connections(estimator, network):
    """Note a mean of copies with other connections as if a rewiring had led there.

    Returns the number of connections that the estimator's network does not have.
    """
    before, kept = estimator._network, estimator._rewiring
    change = _change_between(before, network)
    exploration = Exploration(
        network.sizes,
        exact="explored" in needs_of(strategies_of(estimator).grower),
        state=kept.get("exploration"),
    )
    if "exploration" not in kept:
        exploration.add_layers(before.layers())
    exploration.add(change.plan.grown, change.plan.ends)
    kept["exploration"] = exploration.to_dict()
    estimator.rewiring_history_ += rows_of_change(
        estimator, network, change, exploration.rates, kept["n_steps"], math.nan
    )
    return int(change.plan.grown.size)


def _change_between(before, after):
    """Return the change that leads from one network to another of its levels."""
    replacements = []
    for old, new in zip(before.layers(), after.layers(), strict=True):
        old, new = old.positions(), new.positions()
        dropped = ~np.isin(old, new, assume_unique=True)
        grown = np.setdiff1d(new, old, assume_unique=True)
        replacements.append(Replacement(dropped, grown))
    none = np.zeros(len(replacements), dtype=np.int64)
    return Change(Plan.of(replacements), none, degrees_of(after))
