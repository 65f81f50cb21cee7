"""Selection of features by the gradients of the outputs at the inputs."""

from typing import ClassVar

import numpy as np
from scipy import sparse
from sklearn.base import clone, is_classifier

from sparsekit.network import input_sensitivities
from sparsekit.neural_network._base_selector import BaseNetworkSelector
from sparsekit.neural_network._fitted_network import check_fitted_network, check_network

# Numbers of a block of rows.
_BLOCK = 2**20


class AttributionSelector(BaseNetworkSelector):
    """Select the features to which the outputs of a network are most sensitive.

    The strength of a feature is its neuron attribution [1]_: the mean over the rows of
    the absolute gradient of an output at the feature, summed over the outputs and, with
    `every_epoch`, over the epochs of the training. Unlike the strength of
    :class:`QuickSelector` it takes the way through all layers into account.

    Parameters
    ----------
    estimator : object
        A network of sparsekit. It is cloned.
    n_features_to_select : int, float in (0, 1] or None, default=None
        Number or share of the features. None means half, rounded down, but at least 1.
    every_epoch : bool, default=True
        Whether attributions are summed over all epochs, as in the paper; the network
        is then trained by `partial_fit` for `max_iter` epochs, without early stopping.
        False takes those of the fitted network.

    Attributes
    ----------
    estimator_ : object
        The fitted network.
    strengths_ : ndarray of shape (n_features,)
        The attributions.
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
    NeuroFSSelector : Drops input neurons while the network trains.
    QuickSelector : Ranks by the weights of the first layer.

    Notes
    -----
    Gradients are those of the outputs before softmax, at the standardised features. A
    missing value has none; where it has an input of its own, this counts for the
    feature. Complexity: O(connections) for each row, output and, with `every_epoch`,
    epoch.

    References
    ----------
    .. [1] Atashgahi, Liu, Pechenizkiy, Veldhuis and Mocanu, "Unveiling the power of
       sparse neural networks for feature selection", arXiv 2408.04583, 2024, equations
       2 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import AttributionSelector
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 50))
    >>> y = X[:, 3] + X[:, 7] > 0
    >>> net = SETMLPClassifier((50,), max_iter=20, random_state=0)
    >>> AttributionSelector(net, 2).fit(X, y).get_support(indices=True)
    array([3, 7])
    """

    _parameter_constraints: ClassVar[dict] = {
        **BaseNetworkSelector._parameter_constraints,
        "every_epoch": ["boolean"],
    }

    def __init__(self, estimator, n_features_to_select=None, every_epoch=True) -> None:
        super().__init__(estimator, n_features_to_select)
        self.every_epoch = every_epoch

    def _trained(self, X, y, given, count):
        check_network(self.estimator)
        network = clone(self.estimator)
        if not self.every_epoch:
            network.fit(X, y, **given)
            return network, neuron_attributions(network, X)
        classes = {}
        if is_classifier(network) and np.ndim(y) == 1:
            classes = {"classes": np.unique(y)}
        strengths = 0.0
        for _ in range(network.max_iter):
            network.partial_fit(X, y, **classes, **given)
            strengths = strengths + neuron_attributions(network, X)
        return network, strengths


def neuron_attributions(network, X):
    """Return the neuron attribution of each feature.

    Parameters
    ----------
    network : BaseSparseMLP
        Fitted.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)

    Returns
    -------
    ndarray of shape (n_features,), float64

    Raises
    ------
    TypeError
        If `network` is not a network of sparsekit.
    ValueError
        For networks with ``missing="expected"`` or `missing_scaling`.
    """
    check_fitted_network(network)
    arrays = network._network
    if network._missing_inputs(arrays.dtype) is not None:
        raise ValueError(
            "attributions are known for networks without missing='expected' and "
            f"missing_scaling only; got missing={network.missing!r} and "
            f"missing_scaling={network.missing_scaling!r}."
        )
    X = network._check_X(X)
    n_samples, n_features = X.shape
    sums = np.zeros(int(arrays.sizes[0]))
    step = max(1, _BLOCK // int(arrays.sizes.max()))
    for start in range(0, n_samples, step):
        block = X[start : start + step]
        sensitivities = input_sensitivities(arrays, network._samples(block))
        sensitivities[:, :n_features][_is_missing(block)] = 0.0
        sums += sensitivities.sum(axis=0)
    sums /= n_samples
    strengths = sums[:n_features].copy()
    strengths[network.indicator_features_] += sums[n_features:]
    return strengths


def _is_missing(block):
    """Return where values are missing, a dense array of bool."""
    if not sparse.issparse(block):
        return np.isnan(block)
    missing = np.zeros(block.shape, dtype=bool)
    rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    missing[rows, block.indices] = np.isnan(block.data)
    return missing
