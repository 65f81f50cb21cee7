"""Regression of whole tables."""

from typing import ClassVar

import numpy as np
from sklearn.metrics import r2_score
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.validation import check_consistent_length

from sparsekit._utils._magnitudes import in_units, units_of
from sparsekit.network import moderate
from sparsekit.neural_network import (
    DenseMLPRegressor,
    DSTMLPRegressor,
    SETMLPRegressor,
    StaticSparseMLPRegressor,
)
from sparsekit.tabular._base_tabular import BaseSparseTabular
from sparsekit.tabular._mean_of_members import MeanRegressor


class SparseTabularRegressor(MeanRegressor, BaseSparseTabular):
    """Regressor for a table as it is: a few sparse networks and what they need.

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
        :class:`~sklearn.ensemble.HistGradientBoostingRegressor`; text always does.
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
        How connections move, see :class:`DSTMLPRegressor`; "static" lets them stay.
    early_stopping : bool or "auto", default="auto"
        "auto": a fifth of the rows chooses between settings, and members are trained on
        all rows for all epochs. True: each member also holds out rows, stops by them
        and goes back to its best epoch. False: nothing is held out, and the first
        setting is taken.
    scoring : str, callable or None, default=None
        What to choose by, a scorer of scikit-learn; None for R2, the squared
        error relative to the variance.
    network : object or None, default=None
        An unfitted network of sparsekit to take all other parameters from, such as its
        activation; None for `DSTMLPRegressor` with `method`.
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
    SparseMLPEnsembleRegressor : The mean of networks, without encoding and choosing.
    SETMLPRegressor : One network for numbers.

    Notes
    -----
    A table of fewer than 100 rows is too small to choose by, and gets the first
    setting.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit import SparseTabularRegressor
    >>> ages = [31, None, 58, 44] * 20
    >>> jobs = ["cook", "baker", None, "cook"] * 20
    >>> table = pd.DataFrame({"age": ages, "job": jobs})
    >>> hours = [30, 32, 40, 45] * 20
    >>> model = SparseTabularRegressor(random_state=0).fit(table, hours)
    >>> bool(abs(model.predict(table.head(4)) - hours[:4]).max() < 2)
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        **BaseSparseTabular._parameter_constraints,
        "network": [
            DenseMLPRegressor,
            DSTMLPRegressor,
            SETMLPRegressor,
            StaticSparseMLPRegressor,
            None,
        ],
    }

    _target_type = "regression"

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
        self.network = network
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    def _checked_target(self, y, n_rows):
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        check_consistent_length(y, np.empty(n_rows))
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return y

    def _strata(self, y):
        return None

    def _learnable(self, y, kept, held):
        return kept, held

    def _default_score(self, model, values, y, sample_weight):
        """Return R2, in units in which nothing overflows."""
        weight = None if sample_weight is None else moderate(sample_weight)
        y, predicted = (part.reshape(len(y), -1) for part in (y, model.predict(values)))
        units = units_of(y)
        return r2_score(
            in_units(y, units), in_units(predicted, units), sample_weight=weight
        )

    def _spread(self, y):
        """Return the standard deviation of each output."""
        columns = y.reshape(len(y), -1)
        units = units_of(columns)
        spread = in_units(columns, units).std(axis=0)
        return units * np.where(spread > 0, spread, 1.0)

    def _default_network(self):
        return DSTMLPRegressor(method=self.method)
