"""What the parameters of the estimators may be, and what they mean: said once."""

from numbers import Integral, Real

import numpy as np
from sklearn.metrics import get_scorer_names

from sparsekit._utils._sklearn_compat import Interval, Options, StrOptions
from sparsekit.network import ACTIVATIONS, LOSSES
from sparsekit.neural_network.parameters._strategies import STRATEGY_CONSTRAINTS
from sparsekit.neural_network.training._learning_rates import LEARNING_RATES
from sparsekit.neural_network.training._recording import WHEN, Recording
from sparsekit.neural_network.training._sample_selection import NAMED, SampleSelection

_UNIT = Interval(Real, 0, 1, closed="left")
_NON_NEGATIVE = Interval(Real, 0, None, closed="left")
_POSITIVE = Interval(Real, 0, None, closed="neither")

CONSTRAINTS: dict[str, list] = {
    **STRATEGY_CONSTRAINTS,
    "hidden_layer_sizes": [
        "array-like",
        Interval(Integral, 1, None, closed="left"),
    ],
    "loss": [StrOptions(set(LOSSES) - {"softmax", "logistic"})],
    "quantile": [Interval(Real, 0, 1, closed="neither"), None],
    "sparsity": [StrOptions({"auto"}), _UNIT],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "negative_slope": [Interval(Real, None, None, closed="neither"), None],
    "solver": [StrOptions({"sgd", "sgdw", "adam", "adamw"})],
    "alpha": [_NON_NEGATIVE],
    "dropout": [_UNIT, "array-like"],
    "input_dropout": [_UNIT],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [
        StrOptions({"constant", "invscaling", "adaptive", *LEARNING_RATES}),
        callable,
    ],
    "learning_rate_init": [_POSITIVE],
    "power_t": [_NON_NEGATIVE],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "beta_1": [_UNIT],
    "beta_2": [_UNIT],
    "epsilon": [_POSITIVE],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "tol": [_NON_NEGATIVE],
    "n_iter_no_change": [
        Interval(Integral, 1, None, closed="left"),
        Options(Real, {np.inf}),
    ],
    "early_stopping": ["boolean"],
    "scoring": [StrOptions({"loss", *get_scorer_names()}), callable, None],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "class_weight": [dict, list, StrOptions({"balanced"}), None],
    "label_smoothing": [_UNIT],
    "out_activation": [StrOptions({"auto", "softmax"})],
    "warm_start": ["boolean"],
    "standardize": ["boolean"],
    "missing": [StrOptions({"absent", "indicator", "expected", "raise"})],
    "missing_scaling": [StrOptions({"sample", "neuron"}), None],
    "record": [StrOptions(set(WHEN)), Recording, None],
    "sample_selection": [StrOptions(set(NAMED)), SampleSelection, None],
    "dtype": [StrOptions({"float32", "float64"})],
    "n_jobs": [Integral, None],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}

TEXTS = {
    "hidden_layer_sizes": """int or array-like of int, default=(100,)
    Number of neurons of each hidden layer; an int stands for one layer. An empty tuple
    gives a linear model.""",
    "loss": """{"squared_error", "absolute_error", "huber", "poisson", "gamma", \
"quantile"}, default="squared_error"
    What is minimised, averaged over rows and outputs. "squared_error" and
    "absolute_error" estimate means and medians. "huber" is squared up to an error of
    1.35, in standard deviations of the target with `standardize`, else in units of y,
    and linear beyond, so that outliers count less. "quantile" is the pinball loss of
    the level `quantile`. "poisson" and "gamma" are half the deviances of counts and
    amounts: the network estimates the logarithm of the mean, predictions are positive,
    and y must be at least 0 (not all of it), or above 0. With `standardize` y is
    divided by its mean for them, and not shifted. `score` is R2 for every loss.""",
    "quantile": """float in (0, 1) or None, default=None
    The level that ``loss="quantile"`` estimates; 0.5 is the median. Other losses ignore
    it.""",
    "sparsity": """float in [0, 1) or "auto", default=0.9
    Fraction of absent connections over all weight matrices: of 0.9, one in ten exists.
    "auto" is 0.95, or less where hidden neurons would have fewer than four inputs on
    average, as those of a narrow table would.
    Time and memory of training follow those that exist. Layers share them by the
    Erdos-Renyi rule: the density of a layer is proportional to ``(n_in + n_out) /
    (n_in * n_out)``, and a layer that would reach 1 is dense{dense_output}.""",
    "activation": """{"identity", "logistic", "tanh", "relu", "leaky_relu", \
"all_relu"}, default="relu"
    Activation of the hidden layers. "all_relu" is a leaky ReLU whose slope changes its
    sign from layer to layer {all_relu}.""",
    "negative_slope": """float or None, default=None
    Slope left of zero for "leaky_relu" and "all_relu" (there ``-negative_slope`` in the
    first, third, ... hidden layer and ``+negative_slope`` in the others). None means
    0.01 and 0.6. Other activations ignore it.""",
    "solver": """{"sgd", "sgdw", "adam", "adamw"}, default="adam"
    Optimizer. "sgd" and "sgdw" use `momentum`; "sgdw" and "adamw" shrink the weights by
    ``learning_rate * alpha`` per step instead of adding `alpha` to the loss.""",
    "alpha": """float, default=0.1
    Strength of the L2 penalty on the weights. The penalty of a batch is
    ``0.5 * alpha * sum(weights ** 2) / batch weight``, as in scikit-learn, where the
    weight of a batch is its number of rows, or the sum of their sample weights. A
    ``weight_decay`` of PyTorch is not divided: it is ``alpha / batch_size`` for "sgd"
    and "adam", and `alpha` for "sgdw" and "adamw" (PyTorch's ``AdamW``).""",
    "dropout": """float in [0, 1) or array-like of shape (n_hidden_layers,), default=0.0
    Fraction of the hidden neurons that each sample does without in a training step, of
    all hidden layers or of each; the others are scaled by ``1 / (1 - dropout)``.""",
    "input_dropout": """float in [0, 1), default=0.0
    Fraction of the observed inputs that each sample does without in a training step;
    the others are scaled by ``1 / (1 - input_dropout)``. Dense inputs lose standardised
    values, so that their mean stands for them; CSR inputs lose stored entries, so that
    zero does. The first layer skips the lost entries where it visits the stored entries
    only (see :func:`suggest_format`).""",
    "batch_size": """int or "auto", default="auto"
    Rows per training step. "auto" means 32 or, in a `fit` to less than 1,600 rows, a
    fiftieth of them but at least 8, so that an epoch has enough steps.""",
    "learning_rate": """{"constant", "invscaling", "adaptive", "cosine", "linear", \
"step"} or callable, default="cosine"
    How the learning rate changes from epoch to epoch. "invscaling" and "adaptive" hold
    for "sgd" and "sgdw" only, as in scikit-learn: divide by ``t ** power_t`` after
    ``t`` samples, or by 5 whenever progress stalls. "cosine" and "linear" fall from
    `learning_rate_init` to 0 over `max_iter` epochs; "step" divides it by 10 after a
    half of them, and after three quarters. A callable gets the fraction of `max_iter`
    that is done and returns what `learning_rate_init` is multiplied by: for example
    ``LinearDecay(end=0.9, final=0.01)``. `partial_fit` keeps the rate of the first
    epoch.""",
    "learning_rate_init": """float, default=0.006
    Initial learning rate. The default is six times scikit-learn's: a sparse network has
    few weights, and large ones, so each must move further.""",
    "power_t": """float, default=0.5
    Exponent of "invscaling".""",
    "momentum": """float in [0, 1], default=0.9
    Momentum of "sgd" and "sgdw".""",
    "nesterovs_momentum": """bool, default=True
    Whether "sgd" and "sgdw" look ahead (Nesterov).""",
    "beta_1": """float in [0, 1), default=0.9
    Decay of the first moment in "adam" and "adamw".""",
    "beta_2": """float in [0, 1), default=0.999
    Decay of the second moment in "adam" and "adamw".""",
    "epsilon": """float, default=1e-8
    Added to the root of the second moment in "adam" and "adamw".""",
    "max_iter": """int, default=50
    Largest number of epochs.""",
    "shuffle": """bool, default=True
    Whether each epoch visits the rows in a new random order.""",
    "tol": """float, default=1e-4
    What the loss (or, with `early_stopping`, the validation score) must improve by to
    count as progress.""",
    "n_iter_no_change": """int or inf, default={patience}
    Training stops after more epochs without progress than this.{why_patience}""",
    "early_stopping": """bool, default=False
    Whether to watch the score on validation rows (see `scoring`) rather than the
    training loss, and to keep the network of the best epoch. The rows are `X_val` of
    `fit` or, without it, a random `validation_fraction` of the training rows,
    stratified for single-label classes if it has room for one row of each; a class of
    one row stays in training. With a few hundred rows these are few.""",
    "scoring": """str, callable or None, default="loss"
    What the score on validation rows is. "loss": the loss on them, as training has it
    but without penalty; `validation_scores_` hold its negative, so that larger is
    better. Other names are those of scikit-learn's scorers; they and callables
    ``scoring(estimator, X, y)`` get the network as it is after the epoch, and
    `sample_weight` where rows have weights (`class_weight` included). None: accuracy of
    a classifier, R2 of a regressor.""",
    "validation_fraction": """float in (0, 1), default=0.1
    Fraction of the training rows put aside with `early_stopping`.""",
    "class_weight": """dict, list of dict, "balanced" or None, default=None
    Weights of the classes, multiplied into `sample_weight`. "balanced" makes every
    class weigh the same; it needs `fit`, since `partial_fit` does not see all rows.""",
    "label_smoothing": """float in [0, 1), default=0.0
    Fraction of each label that is spread evenly over all classes in the loss
    {label_smoothing}, the right one included; each label indicator is a choice between
    two. It keeps probabilities away from 0 and 1. What `record` and `sample_selection`
    know of the loss is without it.""",
    "out_activation": """{"auto", "softmax"}, default="auto"
    "auto" gives a binary problem one logistic output, as in scikit-learn; "softmax"
    gives it two. One class and three or more always use softmax, label indicators
    always logistic outputs.""",
    "warm_start": """bool, default=False
    Whether a further `fit` goes on from the present weights, connections and optimizer
    state. What makes the network (`hidden_layer_sizes`, `sparsity`, `activation`,
    `negative_slope`, `dtype`, `standardize`, `missing`,
    `missing_scaling`) and the classes must not have changed.
    After `early_stopping` the optimizer starts anew.""",
    "standardize": """bool, default=True
    Whether to subtract the mean of the observed values of each feature and divide by
    their standard deviation, learned in `fit` and updated in `partial_fit`.{target}
    CSR inputs are standardised without being made dense.""",
    "missing": """{"absent", "indicator", "expected", "raise"}, default="absent"
    What to do with NaN. In CSR input a stored NaN is missing, an entry that is not
    stored is a zero.

    - "absent": takes no part in the first layer: it adds nothing to the sum and moves
      no weight. With ``standardize=True`` this equals imputing the mean.
    - "indicator": absent, and the features with missing values in `fit`
      (`indicator_features_`) get a second input each, 1 where the value is missing,
      else 0. `sparsity` holds for all inputs together. The first `partial_fit` gives
      every feature an indicator.
    - "expected": the first hidden layer takes the expectation of its activation, where
      a missing value is normal with the mean and variance of the observed ones
      {expected}. Needs a piecewise linear activation.
    - "raise": an error.""",
    "missing_scaling": """{"sample", "neuron"} or None, default=None
    Whether to scale what is observed, to make up for what is missing. "sample" scales
    the values of a row by ``(K / q) ** p``, where q of them are observed and K is the
    mean of q over the training rows {scaling}. "neuron" scales the sum of each neuron
    of the first layer by ``(f / q) ** p``, where q of the f values that it reads are
    observed: sparse neurons read few, so that q / f varies from neuron to neuron. p is
    1/2 with `standardize`, which keeps the variance of sums of centred values, and 1
    without, which keeps their mean. Not with ``missing="expected"``.""",
    "record": """{"presentation", "epoch", "rewiring"}, :class:`Recording` or None, \
default=None
    What to record of each sample in `record_`: as it is presented, after every epoch,
    or around rewirings as well. What is trained does not depend on it.""",
    "sample_selection": """{"infobatch", "removal"}, :class:`SampleSelection` or None, \
default=None
    Which of the training rows an epoch of `fit` takes. "infobatch" leaves out random
    rows of small loss and gives the others their weight (:class:`InfoBatch`); "removal"
    removes rows that are learned until they are forgotten (:class:`LearnedRemoval`).
    None takes all, as each call of `partial_fit` does, whose rows are new to it.""",
    "dtype": """{"float32", "float64"}, default="float32"
    Precision of weights and values.""",
    "n_jobs": """int or None, default=None
    Threads that share the work within a training step or a prediction. None means 1, -1
    all cores. The result is the same, bit by bit, for any number.""",
    "random_state": """int, RandomState instance or None, default=None
    Seed of connections, weights, order of the rows and dropout. An integer gives the
    same bits in every process.""",
    "verbose": """int, default=0
    1 prints one line per epoch: its number, loss, validation score where there is one,
    learning rate, connections, how many of them are new, and seconds.""",
}
