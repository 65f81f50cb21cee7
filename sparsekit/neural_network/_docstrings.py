"""The docstrings of the estimators, put together from what is said once."""

import inspect
import textwrap

from sparsekit.neural_network import _strategy_parameters
from sparsekit.neural_network._parameters import CONSTRAINTS, TEXTS

_TARGET = """
    So is the target of a regression, in `fit` and the first `partial_fit`;
    predictions are in its original units."""

_PATIENCE = """
    Rewiring raises the loss for a while, so the default is more patient than that of
    networks that keep their connections, and scikit-learn's (10)."""

ATTRIBUTES = [
    """coefs_ : list of scipy.sparse.csr_array
    Weight matrix of each layer, of shape (n_in, n_out); made from the stored
    arrays at each access.""",
    """intercepts_ : list of ndarray of shape (n_out,)
    Biases of each layer.""",
    """n_connections_ : int
    Number of connections over all layers.""",
    """sparsity_ : float
    Share of absent connections over all layers.""",
    """feature_importances_ : ndarray of shape (n_features,)
    Strength of each feature: the sum of the absolute weights of its connections (and of
    those of its indicator), as in QuickSelection, arXiv 2012.00560. As scikit-learn's
    other importances they sum to 1. They compare features of one scale, which
    ``standardize=True`` gives them.""",
    """loss_curve_ : list of float
    Mean training loss of every epoch, penalty included; NaN where it diverged. Rows
    that `sample_selection` left out count with the loss they had last.""",
    """loss_ : float
    Training loss of the last epoch.""",
    """best_loss_ : float
    Smallest training loss of an epoch; with `early_stopping`, too, where scikit-learn
    has None.""",
    """validation_scores_ : list of float
    Score on the validation rows after every epoch: accuracy for classifiers, R2 for
    regressors. Empty without such rows.""",
    """best_validation_score_ : float or None
    Largest of `validation_scores_`; None without validation rows.""",
    """history_ : list of dict
    One row per epoch: epoch, loss, validation_score, learning_rate, n_connections,
    n_replaced (connections replaced before the epoch and within it), n_samples (rows
    that it took), seconds.""",
    """rewiring_history_ : list of dict
    One row per rewiring and layer: epoch (epochs before it), step, layer (from 1),
    n_connections, n_dropped, n_grown, exploration_rate (share of the layer's positions
    that have ever had a connection), n_active (neurons that the layer reads and that
    read something themselves), mean, standard deviation and maximum of a neuron's
    connections (``fan_in_...`` and ``fan_out_...``), seconds (the whole rewiring).""",
    """protected_ : list of scipy.sparse.csr_array of bool
    Connections that `consolidate` protects, as `coefs_` has them.""",
    """record_ : dict of str to ndarray
    With `record`, what the last call of `fit` or `partial_fit` noted about each row of
    its X; see :mod:`sparsekit.difficulty`. Rows that were held out have NaN. After
    `partial_fit` with `sample_ids`, what all such calls noted about each sample.""",
    """n_iter_ : int
    Epochs of the last `fit`, or of all `partial_fit` calls.""",
    """t_ : int
    Training rows seen, over all epochs.""",
    """n_layers_ : int
    Number of levels of neurons, inputs and outputs included.""",
    """n_outputs_ : int
    Number of output neurons.""",
    """out_activation_ : str
    Activation of the outputs: "softmax", "logistic" or "identity".""",
    """n_features_in_ : int
    Number of features seen in `fit`.""",
    """indicator_features_ : ndarray of int
    Features with an indicator of missing values, in the order of the last rows of
    ``coefs_[0]``; empty but for ``missing="indicator"``.""",
    """feature_names_in_ : ndarray of shape (n_features,)
    Names of the features, where all of them are strings.""",
]


def declare_parameters(cls):
    """Give an estimator class the constraints and the descriptions of its parameters.

    The signature says which parameters there are. ``{parameters}``, ``{attributes}``
    and ``{differences}`` in the docstring are replaced.
    """
    defaults = dict(inspect.signature(cls.__init__).parameters)
    del defaults["self"]
    cls._parameter_constraints = {name: CONSTRAINTS[name] for name in defaults}
    if cls.__doc__:  # absent under python -OO
        sections = {
            "{parameters}": _parameter_texts(cls, defaults),
            "{attributes}": ATTRIBUTES,
            "{differences}": [_differences(cls, defaults)],
        }
        for place, texts in sections.items():
            cls.__doc__ = cls.__doc__.replace(place, _indented(texts))
    return cls


def _parameter_texts(cls, defaults):
    """Return the entries of the section "Parameters"."""
    # References before those of the parameters: the paper of SET.
    rewires = "prune_fraction" in defaults
    n_own = 1 if rewires else 0
    filled = {
        "{target}": _TARGET if cls.__name__.endswith("Regressor") else "",
        "{all_relu}": f"[{n_own + 1}]_",
        "{expected}": f"[{n_own + 2}]_",
        "{scaling}": f"[{n_own + 3}]_",
        "{patience}": str(defaults["n_iter_no_change"].default),
        "{why_patience}": _PATIENCE if rewires else "",
    }
    described = TEXTS | _strategy_parameters.TEXTS
    if "method" not in defaults:
        described |= _strategy_parameters.TEXTS_OF_SET
    texts = []
    for name in defaults:
        text = described[name]
        for place, words in filled.items():
            text = text.replace(place, words)
        texts.append(f"{name} : {text}")
    return texts


def _differences(cls, defaults):
    """Return in what an estimator is other than scikit-learn's of its kind."""
    regressor = cls.__name__.endswith("Regressor")
    theirs = "MLPRegressor" if regressor else "MLPClassifier"
    patience = defaults["n_iter_no_change"].default
    text = (
        f"Parameters and attributes of :class:`~sklearn.neural_network.{theirs}` keep "
        "name and meaning here. Other than there, features"
        f"{' and target' if regressor else ''} are standardised (`standardize`), "
        f"`learning_rate_init` is {defaults['learning_rate_init'].default} by default"
        f"{f' and `n_iter_no_change` {patience}' if patience != 10 else ''}, numbers "
        "have single precision (`dtype`), and `coefs_` are sparse. There is no solver "
        '"lbfgs"'
    )
    if regressor:
        text += (
            " and no loss but the squared error, and if `y` has one column, shape "
            "(n_samples, 1), so have the predictions"
        )
    return textwrap.fill(text + ".", 84)


def _indented(texts):
    """Return the paragraphs as a section within the docstring of a class."""
    return textwrap.indent("\n\n".join(texts), "    ").lstrip()
