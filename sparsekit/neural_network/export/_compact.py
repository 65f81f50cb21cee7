"""Fitted networks without the neurons that say nothing."""

import copy
from typing import TypeVar

from sparsekit.network import live_parts, subnetwork
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network._fitted_network import check_fitted_network
from sparsekit.neural_network.export._composed import Composed

Network = TypeVar("Network", bound=BaseSparseMLP | Composed)


def compact(estimator: Network) -> Network:
    """Return a fitted estimator without dead neurons; predictions stay as they are.

    A hidden neuron is dead if no other neuron reads it, or if it reads none and its
    value is zero: with the activations "relu", "leaky_relu", "all_relu", "identity" and
    "tanh" if its bias is 0, with "relu" also if it is negative. Those that only served
    dead ones follow. A neuron that reads none but has another value stays, since moving
    it into the biases of its readers would change how their sums round.

    Parameters
    ----------
    estimator : object
        A fitted network of sparsekit, a `SparseMLPEnsemble*` of such networks, or a
        `SparseTabular*`; it is not changed.

    Returns
    -------
    object
        An estimator of the same class with smaller arrays and the smaller
        `hidden_layer_sizes`, or with such members. All its outputs equal those of
        `estimator`, not only within rounding. It is made to predict: if anything was
        removed, a further `partial_fit` or warm start is an error, since `sparsity`
        gives another number of connections.

    Raises
    ------
    TypeError
        For another estimator.
    sklearn.exceptions.NotFittedError
        For an estimator that is not fitted.

    Notes
    -----
    Complexity: O(connections). Neurons of very sparse networks die in rewirings: about
    the share ``exp(-c)`` of a level has no reader, where c connections leave a neuron
    on average. Curci et al. [1]_ remove weak neurons, too, and change predictions.

    References
    ----------
    .. [1] Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale",
       arXiv 2102.01732, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import compact
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier((100, 100), sparsity=0.99, tol=0.01, random_state=0)
    >>> small = compact(net.fit(X, y))
    >>> small.hidden_layer_sizes < net.hidden_layer_sizes
    True
    >>> bool((small.predict_proba(X) == net.predict_proba(X)).all())
    True
    """
    if isinstance(estimator, Composed):
        return estimator._compacted()
    check_fitted_network(estimator)
    network = estimator._network
    neurons, connections = live_parts(network)
    small = _without_arrays(estimator)
    small._network = subnetwork(network, neurons, connections)
    small._optimizer = estimator._optimizer.of_parts(neurons, connections)
    if not neurons.all():
        # What was noted about connections names some that are no more.
        small._rewiring = {
            key: small._rewiring[key] for key in ("n_since_rewiring", "n_steps")
        }
        if "births" in estimator._rewiring:
            births = estimator._rewiring["births"]
            small._rewiring |= {
                "births": births[connections],
                "n_rewirings": estimator._rewiring["n_rewirings"],
            }
        small.release()
        small.hidden_layer_sizes = tuple(small._network.sizes[1:-1].tolist())
    return small


def _without_arrays(estimator):
    """Return a copy of an estimator that shares nothing with it, arrays left out."""
    twin = copy.copy(estimator)
    for name in ("_network", "_optimizer", "_training"):
        vars(twin).pop(name, None)
    callbacks = vars(twin).pop("_skl_callbacks", None)
    twin = copy.deepcopy(twin)
    return twin if callbacks is None else twin.set_callbacks(*callbacks)
