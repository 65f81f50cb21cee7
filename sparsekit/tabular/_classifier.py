"""Classification of whole tables."""

from typing import ClassVar

import numpy as np
from sklearn.metrics import log_loss
from sklearn.utils import assert_all_finite, column_or_1d, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_consistent_length

from sparsekit._utils._sklearn_compat import StrOptions
from sparsekit.network import moderate
from sparsekit.neural_network import (
    DenseMLPClassifier,
    DSTMLPClassifier,
    SETMLPClassifier,
    StaticSparseMLPClassifier,
)
from sparsekit.tabular._base_tabular import BaseSparseTabular
from sparsekit.tabular._mean_of_members import MeanClassifier


class SparseTabularClassifier(MeanClassifier, BaseSparseTabular):
    """Classifier for a table as it is: a few sparse networks and what they need.

    Numbers, truth values, categories, text and dates are read as they are, and so are
    missing values. Numbers are encoded by bins, and the mean of a few sparse networks
    of different connections predicts. How fine the bins are and how large the networks
    is chosen by rows that are held out; then the members are trained on all rows. What
    "auto" stands for was found by a benchmark of real tables (see the guide to tables).

    Parameters
    ----------
    n_members : int, default=4
        Networks, whose mean predicts. More are better, and take more time.
    sparsity : float in [0, 1) or "auto", default="auto"
        Fraction of absent connections of each network. "auto" is 95 %, or less where
        hidden neurons would have fewer than four inputs on average.
    hidden_layer_sizes : int, array-like of int or "auto", default="auto"
        Neurons of each hidden layer. "auto" tries (100,) with 8 bins a column, and
        (256, 128) with 32 bins.
    encoding : {"piecewise", "standard"} or transformer, default="piecewise"
        "piecewise": :class:`TableEncoder`, then bins (:class:`PiecewiseLinearEncoder`)
        of numbers. "standard": without bins. A transformer gets the table and returns
        numbers, NaN where one is missing.
    categorical_features : {"from_dtype"} or array-like of {bool, int, str}, \
default="from_dtype"
        Which columns hold categories, as in
        :class:`~sklearn.ensemble.HistGradientBoostingClassifier`; text always does.
    max_categories : int, default=32
        Values of a category that get an input of their own; rarer ones share one.
    max_iter : int or "auto", default="auto"
        Epochs. "auto" is 25.
    batch_size : int or "auto", default="auto"
        Rows per training step. "auto" is 32, or half of the rows if that is less.
    learning_rate_init : float or "auto", default="auto"
        Learning rate, which falls to 0 by a cosine. "auto" tries 0.003 with the smaller
        networks and 0.01 with the larger ones.
    dropout : float in [0, 1) or "auto", default="auto"
        Fraction of hidden neurons that a row does without in a training step. "auto" is
        0.1.
    method : str, default="set"
        How connections move, see :class:`DSTMLPClassifier`; "static" lets them stay.
    early_stopping : bool or "auto", default="auto"
        "auto": a fifth of the rows chooses between settings, and members are trained on
        all rows for all epochs. True: each member also holds out rows, stops by them
        and goes back to its best epoch. False: nothing is held out, and the first
        setting is taken.
    scoring : str, callable or None, default=None
        What to choose by, a scorer of scikit-learn; None for the log-loss.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes.
    network : object or None, default=None
        An unfitted network of sparsekit to take all other parameters from, such as its
        activation; None for `DSTMLPClassifier` with `method`.
    random_state : int, RandomState instance or None, default=None
        Seed of everything random.
    n_jobs : int or None, default=None
        Processes that fit members. None means 1, -1 all cores. The result is the same
        for any number.
    verbose : int, default=0
        1 prints a line per epoch of each network.

    Attributes
    ----------
    members_ : list
        The fitted networks.
    encoder_ : Pipeline
        What makes the networks' inputs of a table.
    setting_ : str
        Name of the setting that was chosen: "smooth" (few bins, small networks) or
        "fine".
    held_out_scores_ : dict of str to float
        Score of each setting on the rows that were held out; empty where there was
        nothing to choose.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_connections_ : int
        Number of connections of all members together.
    n_iter_ : int
        Epochs of the member that was trained longest.
    feature_importances_ : ndarray of shape (n_features,)
        Fraction of each column in how the predictions for up to 250 training rows
        change when it is shuffled: what the model relies on. NaN with a transformer as
        `encoding`.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, where all of them are strings.

    See Also
    --------
    SparseMLPEnsembleClassifier : The mean of networks, without encoding and choosing.
    SETMLPClassifier : One network for numbers.

    Notes
    -----
    A table of fewer than 100 rows is too small to choose by, and gets the first
    setting.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit import SparseTabularClassifier
    >>> ages = [31, None, 58, 44] * 20
    >>> jobs = ["cook", "baker", None, "cook"] * 20
    >>> table = pd.DataFrame({"age": ages, "job": jobs})
    >>> fed = ["yes", "yes", "no", "no"] * 20
    >>> model = SparseTabularClassifier(random_state=0).fit(table, fed)
    >>> model.predict(table.head(4))
    array(['yes', 'yes', 'no', 'no'], dtype='<U3')
    """

    _parameter_constraints: ClassVar[dict] = {
        **BaseSparseTabular._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "network": [
            DenseMLPClassifier,
            DSTMLPClassifier,
            SETMLPClassifier,
            StaticSparseMLPClassifier,
            None,
        ],
    }

    _target_type = "classification"
    _multilabel = False

    def __init__(
        self,
        *,
        n_members=4,
        sparsity="auto",
        hidden_layer_sizes="auto",
        encoding="piecewise",
        categorical_features="from_dtype",
        max_categories=32,
        max_iter="auto",
        batch_size="auto",
        learning_rate_init="auto",
        dropout="auto",
        method="set",
        early_stopping="auto",
        scoring=None,
        class_weight=None,
        network=None,
        random_state=None,
        n_jobs=None,
        verbose=0,
    ) -> None:
        self.n_members = n_members
        self.sparsity = sparsity
        self.hidden_layer_sizes = hidden_layer_sizes
        self.encoding = encoding
        self.categorical_features = categorical_features
        self.max_categories = max_categories
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.dropout = dropout
        self.method = method
        self.early_stopping = early_stopping
        self.scoring = scoring
        self.class_weight = class_weight
        self.network = network
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _checked_target(self, y, n_rows):
        y = column_or_1d(y, warn=True)
        check_consistent_length(y, np.empty(n_rows))
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        return y

    def _learn_target(self):
        self.classes_ = self.members_[0].classes_

    def _strata(self, y):
        return y

    def _learnable(self, y, kept, held):
        """Move rows of classes that are held out only to those to learn from."""
        unknown = ~np.isin(y[held], y[kept])
        return np.concatenate([kept, held[unknown]]), held[~unknown]

    def _default_score(self, model, values, y, sample_weight):
        """Return the negative log-loss, weighted as in training."""
        weight = compute_sample_weight(self.class_weight, y)
        if sample_weight is not None:
            weight = moderate(weight) * moderate(sample_weight)
        chances = model.predict_proba(values)
        return -log_loss(y, chances, sample_weight=weight, labels=model.classes_)

    def _spread(self, y):
        return 1.0

    def _default_network(self):
        return DSTMLPClassifier(method=self.method)

    def _more_parameters(self):
        return {"class_weight": self.class_weight}
