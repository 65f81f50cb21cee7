"""Dynamic sparse training: any published method, or one put together from parts."""

from sparsekit.neural_network._classifier import BaseSparseMLPClassifier
from sparsekit.neural_network._regressor import BaseSparseMLPRegressor
from sparsekit.neural_network.parameters._docstrings import declare_parameters


@declare_parameters
class DSTMLPClassifier(BaseSparseMLPClassifier):
    """Sparse MLP classifier trained with a method of dynamic sparse training.

    Dynamic sparse training (DST) keeps the network sparse throughout and rewires it now
    and then: it prunes the connections that seem to matter least and grows others.
    Published methods differ in what is pruned, what is grown, when, and how many
    connections at a time. `method` names one, and each of its parts (`pruner`,
    `grower`, `schedule`, ...) can be replaced, by name or by an object. For plain SET,
    :class:`SETMLPClassifier` has fewer parameters. No method ever forms an array of
    (neurons x neurons). Missing values, NaN, are taken as they are.

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
    SETMLPClassifier : The same with ``method="set"``.
    StaticSparseMLPClassifier : The same with ``method="static"``.
    DenseMLPClassifier : All connections.

    Notes
    -----
    {differences}

    References
    ----------
    {references}

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sparsekit import DSTMLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> net = DSTMLPClassifier(method="rigl", early_stopping=True, random_state=0)
    >>> bool(net.fit(X, y).score(X, y) > 0.9)
    True
    """

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        *,
        method="set",
        sparsity=0.9,
        prune_fraction=None,
        pruner=None,
        grower=None,
        schedule=None,
        density_schedule=None,
        redistribution=None,
        allocation=None,
        initial_topology=None,
        weight_init=None,
        grow_init=None,
        growth_moments=None,
        record_births=False,
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
        n_iter_no_change=30,
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
        self.method = method
        self.sparsity = sparsity
        self.prune_fraction = prune_fraction
        self.pruner = pruner
        self.grower = grower
        self.schedule = schedule
        self.density_schedule = density_schedule
        self.redistribution = redistribution
        self.allocation = allocation
        self.initial_topology = initial_topology
        self.weight_init = weight_init
        self.grow_init = grow_init
        self.growth_moments = growth_moments
        self.record_births = record_births
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
class DSTMLPRegressor(BaseSparseMLPRegressor):
    """Sparse MLP regressor trained with a method of dynamic sparse training.

    Dynamic sparse training (DST) keeps the network sparse throughout and rewires it now
    and then: it prunes the connections that seem to matter least and grows others.
    Published methods differ in what is pruned, what is grown, when, and how many
    connections at a time. `method` names one, and each of its parts (`pruner`,
    `grower`, `schedule`, ...) can be replaced, by name or by an object. For plain SET,
    :class:`SETMLPRegressor` has fewer parameters. No method ever forms an array of
    (neurons x neurons). Missing values, NaN, are taken as they are.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    {attributes}

    See Also
    --------
    SETMLPRegressor : The same with ``method="set"``.
    StaticSparseMLPRegressor : The same with ``method="static"``.
    DenseMLPRegressor : All connections.

    Notes
    -----
    {differences}

    References
    ----------
    {references}

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sparsekit import DSTMLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> net = DSTMLPRegressor(method="rigl", early_stopping=True, random_state=0)
    >>> bool(net.fit(X, y).score(X, y) > 0.3)
    True
    """

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        *,
        loss="squared_error",
        quantile=None,
        method="set",
        sparsity=0.9,
        prune_fraction=None,
        pruner=None,
        grower=None,
        schedule=None,
        density_schedule=None,
        redistribution=None,
        allocation=None,
        initial_topology=None,
        weight_init=None,
        grow_init=None,
        growth_moments=None,
        record_births=False,
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
        n_iter_no_change=30,
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
        self.method = method
        self.sparsity = sparsity
        self.prune_fraction = prune_fraction
        self.pruner = pruner
        self.grower = grower
        self.schedule = schedule
        self.density_schedule = density_schedule
        self.redistribution = redistribution
        self.allocation = allocation
        self.initial_topology = initial_topology
        self.weight_init = weight_init
        self.grow_init = grow_init
        self.growth_moments = growth_moments
        self.record_births = record_births
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
