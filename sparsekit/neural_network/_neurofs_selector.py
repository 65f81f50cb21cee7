"""Selection of features by a network that drops input neurons while it trains."""

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.base import clone

from sparsekit._utils._sklearn_compat import Interval
from sparsekit.neural_network._base_selector import BaseNetworkSelector
from sparsekit.topology import InputGrower, InputPruner


class NeuroFSSelector(BaseNetworkSelector):
    """Select the features that a network is left with, of which it drops ever more.

    NeuroFS [1]_ trains a sparse network that loses its weakest input neurons: at each
    rewiring some go with all their connections, some others may come back where the
    gradient of the loss is large, and the connections move to the inputs that are left.
    Selected are those with the largest strengths in the end, the sums of the absolute
    weights of their connections.

    Parameters
    ----------
    estimator : DSTMLPClassifier or DSTMLPRegressor
        Its clone is trained with :class:`~sparsekit.topology.InputPruner` and
        :class:`~sparsekit.topology.InputGrower` as `pruner` and `grower`.
    n_features_to_select : int, float in (0, 1] or None, default=None
        Number or share of the features. None means half, rounded down, but at least 1.
    end : float, default=0.65
        Share of the training in which the number of inputs falls to that of the
        selected features, in (0, 1].
    exchange : float, default=0.2
        Share of the inputs that is exchanged at a rewiring, at first; in [0, 1].

    Attributes
    ----------
    estimator_ : object
        The fitted network.
    strengths_ : ndarray of shape (n_features,)
        Its `feature_importances_`.
    support_ : ndarray of bool, shape (n_features,)
        Which features are selected; of equally strong ones the first.
    n_features_ : int
        Number of selected features.
    n_features_in_ : int
        Number of features seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, where all of them are strings.

    See Also
    --------
    AttributionSelector : Ranks by gradients of the outputs.
    QuickSelector : Ranks by the strengths in any network.

    Notes
    -----
    The network keeps its number of connections. If these need more positions than the
    selected inputs have, it reads more of them to the end.

    References
    ----------
    .. [1] Atashgahi, Zhang, Kichler, Liu, Yin, Pechenizkiy, Veldhuis and Mocanu,
       "Supervised feature selection with neuron evolution in sparse neural networks",
       Transactions on Machine Learning Research, 2023 (arXiv 2303.07200).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit import DSTMLPClassifier
    >>> from sparsekit.neural_network import NeuroFSSelector
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 50))
    >>> y = X[:, 3] + X[:, 7] > 0
    >>> net = DSTMLPClassifier((50,), sparsity=0.9, tol=0, random_state=0)
    >>> NeuroFSSelector(net, 2).fit(X, y).get_support(indices=True)
    array([3, 7])
    """

    _parameter_constraints: ClassVar[dict] = {
        **BaseNetworkSelector._parameter_constraints,
        "end": [Interval(Real, 0, 1, closed="right")],
        "exchange": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self, estimator, n_features_to_select=None, end=0.65, exchange=0.2
    ) -> None:
        super().__init__(estimator, n_features_to_select)
        self.end = end
        self.exchange = exchange

    def _trained(self, X, y, given, count):
        network = clone(self.estimator)
        if not {"pruner", "grower"} <= set(network.get_params(deep=False)):
            raise TypeError(
                "estimator must be a network whose pruner and grower can be set, such "
                f"as DSTMLPClassifier(); got {self.estimator!r}."
            )
        network.set_params(
            pruner=InputPruner(count, self.end, self.exchange),
            grower=InputGrower(count, self.end),
        )
        network.fit(X, y, **given)
        return network, np.asarray(network.feature_importances_)
