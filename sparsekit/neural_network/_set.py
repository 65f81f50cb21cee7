"""SET: sparse from the first step, with connections that move while it trains."""

from sparsekit.neural_network._classifier import BaseSparseMLPClassifier
from sparsekit.neural_network._parameters import document_parameters
from sparsekit.neural_network._regressor import BaseSparseMLPRegressor


@document_parameters
class SETMLPClassifier(BaseSparseMLPClassifier):
    """Sparse neural network that rewires itself: SET classifier.

    The network is sparse from the first step to the last: weights live in CSR arrays,
    and time and memory follow the connections that exist. After every epoch but the
    last, the connections with the weights nearest to zero are replaced by new random
    ones (sparse evolutionary training, SET [1]_); their number never changes. Missing
    values, NaN, are taken as they are.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels; label numbers for label indicators.

    {attributes}

    See Also
    --------
    DenseMLPClassifier
    StaticSparseMLPClassifier

    References
    ----------
    .. [1] Mocanu, Mocanu, Stone, Nguyen, Gibescu and Liotta, "Scalable training of
       artificial neural networks with adaptive sparse connectivity inspired by network
       science", Nature Communications 9, 2383, 2018.
    .. [2] Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale",
       arXiv 2102.01732, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sparsekit import SETMLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X[::3, 5] = float("nan")
    >>> net = SETMLPClassifier(early_stopping=True, random_state=0).fit(X, y)
    >>> bool(net.score(X, y) > 0.9)
    True
    """

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        *,
        sparsity=0.9,
        prune_fraction=0.3,
        activation="relu",
        negative_slope=None,
        solver="adam",
        alpha=0.0001,
        dropout=0.0,
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init=0.003,
        power_t=0.5,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        max_iter=200,
        shuffle=True,
        tol=1e-4,
        n_iter_no_change=30,
        early_stopping=False,
        validation_fraction=0.1,
        class_weight=None,
        out_activation="auto",
        warm_start=False,
        standardize=True,
        missing="absent",
        dtype="float32",
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        self._set_parameters(locals())


@document_parameters
class SETMLPRegressor(BaseSparseMLPRegressor):
    """Sparse neural network that rewires itself: SET regressor.

    The network is sparse from the first step to the last: weights live in CSR arrays,
    and time and memory follow the connections that exist. After every epoch but the
    last, the connections with the weights nearest to zero are replaced by new random
    ones (sparse evolutionary training, SET [1]_); their number never changes. Missing
    values, NaN, are taken as they are. The loss is the squared error.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    DenseMLPRegressor
    StaticSparseMLPRegressor

    References
    ----------
    .. [1] Mocanu, Mocanu, Stone, Nguyen, Gibescu and Liotta, "Scalable training of
       artificial neural networks with adaptive sparse connectivity inspired by network
       science", Nature Communications 9, 2383, 2018.
    .. [2] Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at scale",
       arXiv 2102.01732, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sparsekit import SETMLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> X[::3, 5] = float("nan")
    >>> net = SETMLPRegressor(early_stopping=True, random_state=0).fit(X, y)
    >>> bool(net.score(X, y) > 0.3)
    True
    """

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        *,
        sparsity=0.9,
        prune_fraction=0.3,
        activation="relu",
        negative_slope=None,
        solver="adam",
        alpha=0.0001,
        dropout=0.0,
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init=0.003,
        power_t=0.5,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        max_iter=200,
        shuffle=True,
        tol=1e-4,
        n_iter_no_change=30,
        early_stopping=False,
        validation_fraction=0.1,
        warm_start=False,
        standardize=True,
        missing="absent",
        dtype="float32",
        n_jobs=None,
        random_state=None,
        verbose=0,
    ):
        self._set_parameters(locals())
