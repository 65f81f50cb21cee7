"""Selection of features by what a sparse network keeps connected to."""

import numpy as np
from sklearn.base import clone

from sparsekit.neural_network._base_selector import BaseNetworkSelector


class QuickSelector(BaseNetworkSelector):
    """Select the features that a sparse network reads most strongly.

    A network that rewires itself moves its connections to the inputs that help. The
    strength of an input is the sum of the absolute weights of its connections, and the
    strongest are selected (QuickSelection [1]_). One network is trained, whatever the
    number of features.

    Parameters
    ----------
    estimator : object
        A network of sparsekit, or any estimator that has `feature_importances_` once it
        is fitted. It is cloned.
    n_features_to_select : int, float in (0, 1] or None, default=None
        Number or share of the features. None means half, rounded down, but at least 1.

    Attributes
    ----------
    estimator_ : object
        The fitted estimator.
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
    NeuroFSSelector : Drops input neurons while the network trains.
    sklearn.feature_selection.SelectFromModel : Selects by a threshold.

    Notes
    -----
    The paper trains a denoising autoencoder, which needs no labels; here the network
    learns `y`, and selects what `y` depends on. Weights compare where features have one
    scale, so leave the network's ``standardize=True``; a larger `alpha` takes the
    weights of useless features nearer to zero.

    References
    ----------
    .. [1] Atashgahi, Sokar, van der Lee, Mocanu, Mocanu, Veldhuis and Pechenizkiy,
       "Quick and robust feature selection: the strength of energy-efficient sparse
       training for autoencoders", Machine Learning 111, 2022 (arXiv 2012.00560).

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import QuickSelector
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 50))
    >>> y = X[:, 3] + X[:, 7] > 0
    >>> net = SETMLPClassifier(alpha=1.0, batch_size=20, random_state=0)
    >>> net = net.set_params(early_stopping=True, n_iter_no_change=10)
    >>> selector = QuickSelector(net, 2).fit(X, y)
    >>> selector.get_support(indices=True)
    array([3, 7])
    """

    def _trained(self, X, y, given, count):
        estimator = clone(self.estimator).fit(X, y, **given)
        return estimator, np.asarray(estimator.feature_importances_)
