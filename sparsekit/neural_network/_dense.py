"""The dense network in the same engine, to compare with."""

from sparsekit.neural_network._classifier import BaseSparseMLPClassifier
from sparsekit.neural_network._regressor import BaseSparseMLPRegressor
from sparsekit.neural_network.parameters._docstrings import declare_parameters


@declare_parameters
class DenseMLPClassifier(BaseSparseMLPClassifier):
    """Dense MLP classifier with the options of the sparse ones.

    It is trained by the same code as the sparse classifiers: the network to compare
    them with. Missing values, NaN, are taken as they are.

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
    SETMLPClassifier : Few connections, which move.
    StaticSparseMLPClassifier : Few connections, which stay.

    Notes
    -----
    {differences}

    References
    ----------
    {references}

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sparsekit import DenseMLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X[::3, 5] = float("nan")
    >>> net = DenseMLPClassifier(random_state=0).fit(X, y)
    >>> bool(net.score(X, y) > 0.9)
    True
    """

    _method_name = "static"

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        *,
        activation="relu",
        negative_slope=None,
        solver="adam",
        alpha=0.1,
        dropout=0.0,
        input_dropout=0.0,
        batch_size="auto",
        learning_rate="cosine",
        learning_rate_init=0.006,
        power_t=0.5,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        max_iter=50,
        shuffle=True,
        tol=1e-4,
        n_iter_no_change=10,
        early_stopping=False,
        scoring="loss",
        validation_fraction=0.1,
        class_weight=None,
        label_smoothing=0.0,
        out_activation="auto",
        warm_start=False,
        standardize=True,
        missing="absent",
        missing_scaling=None,
        record=None,
        sample_selection=None,
        dtype="float32",
        n_jobs=None,
        random_state=None,
        verbose=0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.negative_slope = negative_slope
        self.solver = solver
        self.alpha = alpha
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.scoring = scoring
        self.validation_fraction = validation_fraction
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing
        self.out_activation = out_activation
        self.warm_start = warm_start
        self.standardize = standardize
        self.missing = missing
        self.missing_scaling = missing_scaling
        self.record = record
        self.sample_selection = sample_selection
        self.dtype = dtype
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose


@declare_parameters
class DenseMLPRegressor(BaseSparseMLPRegressor):
    """Dense MLP regressor with the options of the sparse ones.

    It is trained by the same code as the sparse regressors: the network to compare
    them with. Missing values, NaN, are taken as they are.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    SETMLPRegressor : Few connections, which move.
    StaticSparseMLPRegressor : Few connections, which stay.

    Notes
    -----
    {differences}

    References
    ----------
    {references}

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sparsekit import DenseMLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> X[::3, 5] = float("nan")
    >>> net = DenseMLPRegressor(random_state=0).fit(X, y)
    >>> bool(net.score(X, y) > 0.3)
    True
    """

    _method_name = "static"

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        *,
        loss="squared_error",
        quantile=None,
        activation="relu",
        negative_slope=None,
        solver="adam",
        alpha=0.1,
        dropout=0.0,
        input_dropout=0.0,
        batch_size="auto",
        learning_rate="cosine",
        learning_rate_init=0.006,
        power_t=0.5,
        momentum=0.9,
        nesterovs_momentum=True,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        max_iter=50,
        shuffle=True,
        tol=1e-4,
        n_iter_no_change=10,
        early_stopping=False,
        scoring="loss",
        validation_fraction=0.1,
        warm_start=False,
        standardize=True,
        missing="absent",
        missing_scaling=None,
        record=None,
        sample_selection=None,
        dtype="float32",
        n_jobs=None,
        random_state=None,
        verbose=0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.loss = loss
        self.quantile = quantile
        self.activation = activation
        self.negative_slope = negative_slope
        self.solver = solver
        self.alpha = alpha
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.scoring = scoring
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.standardize = standardize
        self.missing = missing
        self.missing_scaling = missing_scaling
        self.record = record
        self.sample_selection = sample_selection
        self.dtype = dtype
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
