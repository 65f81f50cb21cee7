"""The docstrings of the estimators, put together from what is said once."""

import inspect
import textwrap

from sparsekit.neural_network.parameters._constraints import CONSTRAINTS, TEXTS
from sparsekit.neural_network.parameters._strategies import (
    SET_CONSTRAINTS,
    SET_TEXTS,
    STRATEGY_TEXTS,
)

_TARGET = """
    So is the target of a regression, in `fit` and the first `partial_fit`;
    predictions are in its original units."""

_UNITS = """
    It is in the units in which the network learns: y in standard deviations, or in
    means for ``loss="poisson"`` and "gamma"; in its own with ``standardize=False``."""

_OUTPUTS = {
    "Classifier": '"softmax" or "logistic"',
    "Regressor": '"identity", or "exp" for ``loss="poisson"`` and "gamma"',
}

_DENSE_OUTPUT = """, unless
    `allocation` or `method` says otherwise. Beside a dense output it is the sparsity of
    the other layers, and `sparsity_` that of the whole network"""

_PATIENCE = """
    Rewiring raises the loss for a while, so the default is more patient than that of
    networks that keep their connections, and scikit-learn's (10)."""

_ATTRIBUTES = [
    """coefs_ : list of CSR matrices
    Weight matrix of each layer, of shape (n_in, n_out); made from the stored
    arrays at each access. Their stored entries are the connections, of which some have
    the weight zero: new ones, and those that a penalty took there; ``coef.nnz`` counts
    them, ``coef.count_nonzero()`` does not. scikit-learn's
    ``set_config(sparse_interface=...)`` says whether they are ``csr_matrix``, as by
    default, or ``csr_array``.""",
    """intercepts_ : list of ndarray of shape (n_out,)
    Biases of each layer.""",
    """n_connections_ : int
    Number of connections over all layers.""",
    """sparsity_ : float
    Fraction of absent connections over all layers.""",
    """feature_importances_ : ndarray of shape (n_features,)
    Strength of each feature: the sum of the absolute weights of its connections (and of
    those of its indicator), as in QuickSelection, arXiv 2012.00560. As scikit-learn's
    other importances they sum to 1. They compare features of one scale, which
    ``standardize=True`` gives them.""",
    """loss_curve_ : list of float
    Mean training loss of every epoch, penalty included; NaN where it diverged.{units}
    Rows that `sample_selection` left out count with the loss they had last.
    `partial_fit` keeps the last 250 epochs, here and in `history_`.""",
    """loss_ : float
    Training loss of the last epoch.""",
    """best_loss_ : float
    Smallest training loss of an epoch; with `early_stopping`, too, where scikit-learn
    has None.""",
    """validation_scores_ : list of float
    Score on the validation rows after every epoch, as `scoring` says: by default the
    negative of the loss. Empty without such rows.""",
    """best_validation_score_ : float or None
    Largest of `validation_scores_`; None without validation rows.""",
    """history_ : list of dict
    One row per epoch: epoch, loss, validation_score, learning_rate, n_connections,
    n_replaced (connections that moved to another position before the epoch and within
    it), n_samples (rows that it took), seconds. `partial_fit` keeps the last 250
    epochs, which it goes on counting.""",
    """rewiring_history_ : list of dict
    One row per rewiring and layer: epoch (epochs before it), step, layer (from 1),
    n_connections, n_dropped, n_grown, n_regrown (of these, where one was just dropped),
    exploration_rate (share of the layer's positions that have ever had a connection),
    n_active (neurons that the layer reads and that read something themselves), mean,
    standard deviation and maximum of a neuron's connections (``fan_in_...`` and
    ``fan_out_...``), seconds (the whole rewiring).
    `partial_fit` keeps the last 250 rewirings.""",
    """births_ : list of CSR matrices of int
    With `record_births`, the number of the rewiring in which each connection grew last,
    0 for the first ones, as `coefs_` has them.""",
    """protected_ : list of CSR matrices of bool
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
    Activation of the outputs: {outputs}.""",
    """n_features_in_ : int
    Number of features seen in `fit`.""",
    """indicator_features_ : ndarray of int
    Features with an indicator of missing values, in the order of the last rows of
    ``coefs_[0]``; empty but for ``missing="indicator"``.""",
    """feature_names_in_ : ndarray of shape (n_features,)
    Names of the features, where all of them are strings.""",
]


# By the word that stands for the number in the text of a parameter.
_REFERENCES = {
    "set": """Mocanu, Mocanu, Stone, Nguyen, Gibescu and Liotta, "Scalable training of
   artificial neural networks with adaptive sparse connectivity inspired by network
   science", Nature Communications 9, 2383, 2018.""",
    "all_relu": """Curci, Mocanu and Pechenizkiy, "Truly sparse neural networks at
   scale", arXiv 2102.01732, 2021.""",
    "cht": """Zhang et al., "Epitopological learning and Cannistraci-Hebb network shape
   intelligence brain-inspired theory for ultra-sparse advantage in deep learning", ICLR
   2024.""",
    "smet": """Xiao et al., "Memory-efficient LLM training with dynamic sparsity: from
   stability to practical scaling", ICML 2026, arXiv 2606.00888.""",
    "expected": """Smieja, Struski, Tabor, Zielinski and Spurek, "Processing of missing
   data by neural networks", NeurIPS 2018.""",
    "label_smoothing": """Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the
   inception architecture for computer vision", CVPR 2016, section 7.""",
    "scaling": """Yi, Lee, Kim, Hwang and Yang, "Why not to use zero imputation?
   Correcting sparsity bias in training neural networks", ICLR 2020.""",
}


def declare_parameters(cls):
    """Give an estimator class the constraints and the descriptions of its parameters.

    The signature says which parameters there are. ``{parameters}``, ``{attributes}``,
    ``{differences}`` and ``{references}`` in the docstring are replaced.
    """
    defaults = dict(inspect.signature(cls.__init__).parameters)
    del defaults["self"]
    constraints = CONSTRAINTS
    if "method" not in defaults:
        constraints = constraints | SET_CONSTRAINTS
    cls._parameter_constraints = {name: constraints[name] for name in defaults}
    if cls.__doc__:  # absent under python -OO
        left_out = set() if _rewires(defaults) else {"set"}
        left_out |= {"label_smoothing"} - defaults.keys()
        if "grow_init" not in defaults:
            left_out |= {"cht", "smet"}
        cited = [key for key in _REFERENCES if key not in left_out]
        entries = [
            f".. [{number}] {_REFERENCES[key]}" for number, key in enumerate(cited, 1)
        ]
        sections = {
            "{parameters}": "\n\n".join(_parameter_texts(cls, defaults, cited)),
            "{attributes}": _attributes(cls),
            "{differences}": _differences(cls, defaults),
            "{references}": "\n".join(entries),
        }
        for place, text in sections.items():
            indented = textwrap.indent(text, "    ").lstrip()
            cls.__doc__ = cls.__doc__.replace(place, indented)
    return cls


def _attributes(cls):
    """Return the entries of the section "Attributes"."""
    kind = "Regressor" if cls.__name__.endswith("Regressor") else "Classifier"
    left_out = () if "record_births" in cls._parameter_constraints else ("births_",)
    entries = [text for text in _ATTRIBUTES if text.split()[0] not in left_out]
    text = "\n\n".join(entries)
    text = text.replace("{outputs}", _OUTPUTS[kind])
    return text.replace("{units}", _UNITS if kind == "Regressor" else "")


def _rewires(defaults):
    return "prune_fraction" in defaults


def _parameter_texts(cls, defaults, cited):
    """Return the entries of the section "Parameters"."""
    filled = {
        "{target}": _TARGET if cls.__name__.endswith("Regressor") else "",
        "{dense_output}": _DENSE_OUTPUT if "method" in defaults else "",
        "{patience}": str(defaults["n_iter_no_change"].default),
        "{why_patience}": _PATIENCE if _rewires(defaults) else "",
        **{f"{{{key}}}": f"[{number}]_" for number, key in enumerate(cited, 1)},
    }
    described = TEXTS | STRATEGY_TEXTS
    if "method" not in defaults:
        described |= SET_TEXTS
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
    more_patient = f"; `n_iter_no_change` is {patience}" if _rewires(defaults) else ""
    text = (
        f"Parameters and attributes of :class:`~sklearn.neural_network.{theirs}` keep "
        "name and meaning here. The differences: features"
        f"{' and target' if regressor else ''} are standardised (`standardize`), the "
        "default training is short (`max_iter`, `batch_size`, `learning_rate`, "
        f"`learning_rate_init`, `alpha`{more_patient}), numbers have single "
        'precision (`dtype`), and `coefs_` are sparse. There is no solver "lbfgs"'
    )
    if regressor:
        text += (
            ", `loss` is no positional parameter, and if `y` has one column, shape "
            "(n_samples, 1), so have the predictions"
        )
    return textwrap.fill(text + ".", 84)
