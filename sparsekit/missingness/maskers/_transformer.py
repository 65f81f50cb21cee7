"""The masker whose mechanism is a parameter."""

from numbers import Real

import numpy as np
from sklearn.base import clone

from sparsekit._utils._sklearn_compat import Interval, StrOptions, _BaseComposition
from sparsekit.missingness.maskers._base import BaseMasker
from sparsekit.missingness.maskers._label import LabelMasker
from sparsekit.missingness.maskers._mar import MARMasker
from sparsekit.missingness.maskers._mcar import MCARMasker
from sparsekit.missingness.maskers._mnar import MNARMasker
from sparsekit.missingness.maskers._patterned import BlockMasker, MonotoneMasker
from sparsekit.missingness.maskers._rates import selected_columns

MECHANISMS = {
    "block": BlockMasker,
    "label": LabelMasker,
    "mar": MARMasker,
    "mcar": MCARMasker,
    "mnar": MNARMasker,
    "monotone": MonotoneMasker,
}


class MissingnessTransformer(_BaseComposition, BaseMasker):
    """Make values missing by the mechanism of your choice, or by several.

    One transformer for all mechanisms, so that a grid search can go over mechanisms,
    and different columns can have different ones.

    Parameters
    ----------
    mechanism : str, masker or list of (name, mechanism, columns), default="mcar"
        Why values are missing:

        - "mcar", "mar", "mnar", "block", "monotone" or "label": `MCARMasker`,
          `MARMasker`, `MNARMasker`, `BlockMasker`, `MonotoneMasker` or `LabelMasker`
          with its defaults. **"label" needs** `y` **and masks in** ``fit_transform``
          **only.**
        - A masker with other parameters. Its own `when`, `exact`, `row_key` and
          `random_state` are ignored: those given here hold.
        - A list of triples as in a `ColumnTransformer`: a name, one of the above, and
          the columns that it masks (names, indices or booleans). It sees all columns of
          X, and its rate is a fraction of the cells *of its columns*. Parameters of the
          parts are reached as ``name__parameter``.
    missing_rate : float in [0, 1] or array-like of shape (n_features,), default=None
        Fraction of the cells of X that are made missing, or one rate per column. None
        means that of each mechanism (0.2 where it is named by a string). A list of
        mechanisms takes a single number, which holds for each.
    when : {"both", "fit", "transform"}, default="both"
        When values are made missing: in training and prediction, in training only
        (``transform`` **then returns the values as they are**), or in prediction only
        (``fit_transform`` then does).
    rate_unit : {"cells", "columns", "rows"}, default=None
        What a single rate is a fraction of; see the maskers. None means that of the
        mechanism. Not for lists.
    features : array-like of str, int or bool, default=None
        Columns that may be masked. None means those of the mechanism. Not for lists.
    exact : bool, default=False
        Whether each column loses a fixed number of its observed values: their expected
        number, rounded. A row's mask then depends on the other rows.
    row_key : {"content", "position"}, default="content"
        What identifies a row: its content, so that equal rows share a mask, or its
        position in the table.
    random_state : int, RandomState instance or None, default=None
        Source of the seed, drawn once in each fit. An int gives the same masks in every
        process; None gives new masks at each fit, fixed in the fitted object.

    Attributes
    ----------
    maskers_ : list of maskers
        The fitted mechanisms.
    target_rates_ : ndarray of shape (n_features,)
        Mean probability over the observed cells of each column of the fit data.
    realized_rates_ : ndarray of shape (n_features,)
        Fraction of the cells of each column of the fit data that the mask covers.
    realized_rate_ : float
        Fraction of all cells of the fit data that the masker's mask covers, whatever
        `when` says. Cells that were missing before are not covered.
    seed_ : int
        Seed of the random numbers. Mechanisms with the same seed compare the same
        random numbers with different probabilities.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of features seen during fit, if `X` has string column names.

    See Also
    --------
    MCARMasker : Missing completely at random, with all the details.

    Notes
    -----
    Mechanisms of a list must have different columns. A driver of a MAR mechanism must
    not be masked by another one: that would not be MAR, and is refused.

    Examples
    --------
    >>> import numpy as np
    >>> from sparsekit.missingness import MARMasker, MissingnessTransformer
    >>> X = np.random.default_rng(0).normal(size=(1000, 4))
    >>> masker = MissingnessTransformer(
    ...     [("dose", MARMasker(0.5, drivers=[0]), [2]), ("income", "mnar", [1, 3])],
    ...     random_state=0,
    ... )
    >>> masker.fit(X).describe()[["mechanism", "depends_on", "target_rate"]]
           mechanism     depends_on  target_rate
    column
    x0                                       0.0
    x1          mnar  its own value          0.2
    x2           mar             x0          0.5
    x3          mnar  its own value          0.2
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's protocol)
        **BaseMasker._parameter_constraints,
        "mechanism": [StrOptions(set(MECHANISMS)), BaseMasker, list],
        "missing_rate": [Interval(Real, 0, 1, closed="both"), "array-like", dict, None],
        "rate_unit": [StrOptions({"cells", "columns", "rows"}), None],
    }

    def __init__(
        self,
        mechanism="mcar",
        missing_rate=None,
        *,
        when="both",
        rate_unit=None,
        features=None,
        exact=False,
        row_key="content",
        random_state=None,
    ) -> None:
        self.mechanism = mechanism
        self.missing_rate = missing_rate
        self.when = when
        self.rate_unit = rate_unit
        self.features = features
        self.exact = exact
        self.row_key = row_key
        self.random_state = random_state

    def get_params(self, deep=True):
        """Return the parameters, those of the mechanisms of a list included.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return the parameters of the mechanisms, too.

        Returns
        -------
        params : dict
            Values of the parameters by name.
        """
        return self._get_params("_named_maskers", deep=deep)

    def set_params(self, **params):
        """Set parameters, also those of the mechanisms of a list.

        Parameters
        ----------
        **params : dict
            Values by name: ``name__parameter`` for a mechanism's parameter, ``name``
            for the mechanism itself.

        Returns
        -------
        self : object
            The estimator itself.
        """
        return self._set_params("_named_maskers", **params)

    @property
    def _named_maskers(self):
        """The pairs (name, mechanism) of a list, as `_BaseComposition` takes them."""
        if not isinstance(self.mechanism, list):
            return []
        # Parameters are checked in fit; until then a list may hold anything.
        return [item[:2] for item in self.mechanism if _is_triple(item)]

    @_named_maskers.setter
    def _named_maskers(self, pairs):
        self.mechanism = [
            (name, mechanism, columns)
            for (name, mechanism), (_, _, columns) in zip(
                pairs, self.mechanism, strict=True
            )
        ]

    def _unfitted_maskers(self):
        """Return a masker for each mechanism, with the parameters that hold for all."""
        common = {"when": self.when, "exact": self.exact, "row_key": self.row_key}
        if isinstance(self.mechanism, list):
            maskers = self._maskers_of_list()
        else:
            maskers = [_new_masker(self.mechanism)]
            common |= {"rate_unit": self.rate_unit, "features": self.features}
        common["missing_rate"] = self.missing_rate
        for masker in maskers:
            known = masker.get_params(deep=False)
            given = {k: v for k, v in common.items() if k in known and v is not None}
            masker.set_params(**given)
        return maskers

    def _maskers_of_list(self):
        n_features, names = self.n_features_in_, self._names()
        self._check_list()
        maskers, taken = [], np.zeros(n_features, dtype=bool)
        for name, mechanism, columns in self.mechanism:
            masker = _new_masker(mechanism)
            if masker.features is not None:
                raise ValueError(
                    f"The mechanism {name!r} has features={masker.features!r}, but its "
                    "columns are given in the list: set features=None."
                )
            chosen = selected_columns(name, columns, n_features, names)
            if taken[chosen].any():
                raise ValueError(
                    f"The columns of the mechanism {name!r} belong to another one, too:"
                    f" {chosen[taken[chosen]].tolist()}."
                )
            taken[chosen] = True
            unit = "rows" if masker.rate_unit == "rows" else "columns"
            maskers.append(masker.set_params(features=chosen, rate_unit=unit))
        return maskers

    def _check_list(self):
        if not (self.mechanism and all(map(_is_triple, self.mechanism))):
            raise ValueError(
                "mechanism must be a name, a masker or a non-empty list of triples "
                f"(name, mechanism, columns); got {self.mechanism!r}."
            )
        self._validate_names([name for name, _, _ in self.mechanism])
        for parameter in ("rate_unit", "features"):
            if getattr(self, parameter) is not None:
                raise ValueError(
                    f"{parameter}={getattr(self, parameter)!r} cannot be combined with "
                    "a list of mechanisms: set it in the mechanisms."
                )
        if not (self.missing_rate is None or isinstance(self.missing_rate, Real)):
            raise ValueError(
                f"missing_rate={self.missing_rate!r} cannot be combined with a list of "
                "mechanisms: give one number, or None."
            )

    def _learn_target(self, y, n_samples):
        self.maskers_ = self._unfitted_maskers()
        for masker in self.maskers_:
            masker._validate_params()
            masker.seed_, masker.n_features_in_ = self.seed_, self.n_features_in_
            if self._names() is not None:
                masker.feature_names_in_ = self.feature_names_in_
        return self._stacked(
            [masker._learn_target(y, n_samples) for masker in self.maskers_], n_samples
        )

    def _target_scores(self, y, n_samples):
        return self._stacked(
            [masker._target_scores(y, n_samples) for masker in self.maskers_], n_samples
        )

    def _stacked(self, scores, n_samples):
        """Return one column of target scores per mechanism; NaN where it has none."""
        if not self._needs_target:
            return None
        empty = np.full(n_samples, np.nan)
        return np.column_stack([empty if s is None else s for s in scores])

    def _set_probabilities(self, X, keys, target):
        for k, masker in enumerate(self.maskers_):
            masker._set_probabilities(X, keys, self._part(target, k))
        self.target_rates_ = sum(masker.target_rates_ for masker in self.maskers_)
        for masker in self.maskers_:
            if isinstance(masker, MARMasker):
                self._check_drivers(masker)

    def _check_drivers(self, masker):
        others = (self.target_rates_ > 0) & ~(masker.target_rates_ > 0)
        drivers = (masker.driver_groups_ >= 0) & (masker.weights_ != 0)
        clash = self.get_feature_names_out()[others & drivers]
        if clash.size:
            raise ValueError(
                f"The columns {clash.tolist()} drive a MAR mechanism and are masked by "
                "another mechanism. With missing drivers it would not be MAR: name "
                "other drivers."
            )

    def _part(self, target, k):
        """Return the target scores of mechanism k, None where it has none."""
        if target is None or not self.maskers_[k]._needs_target:
            return None
        return np.ascontiguousarray(target[:, k])

    def _probabilities(self):
        parts = [masker._probabilities() for masker in self.maskers_]
        # Mechanisms have different columns, and some give all rows one line of numbers.
        return lambda rows, keys, target: sum(
            part(rows, keys, self._part(target, k)) for k, part in enumerate(parts)
        )

    def _units(self, n_features):
        units = np.arange(n_features)
        for masker in self.maskers_:
            masked = masker.target_rates_ > 0
            units[masked] = masker._units(n_features)[masked]
        return units

    def _set_realized(self, mask):
        super()._set_realized(mask)
        for masker in self.maskers_:
            own = masker.target_rates_ > 0
            masker.realized_rates_ = np.where(own, self.realized_rates_, 0.0)
            masker.realized_rate_ = float(masker.realized_rates_.mean())

    def _column_mechanisms(self):
        names = np.full(self.n_features_in_, "", dtype=object)
        causes = names.copy()
        for masker in self.maskers_:
            own = masker.target_rates_ > 0
            parts = masker._column_mechanisms()
            for result, part in zip((names, causes), parts, strict=True):
                result[own] = np.broadcast_to(part, own.shape)[own]
        return names, causes

    @property
    def _rows_share_probabilities(self):
        return all(masker._rows_share_probabilities for masker in self.maskers_)

    @property
    def _needs_target(self):
        given = [self.mechanism, *(mechanism for _, mechanism in self._named_maskers)]
        return any(
            (isinstance(m, str) and m == "label") or isinstance(m, LabelMasker)
            for m in given
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self._needs_target
        return tags


def _is_triple(item):
    return isinstance(item, tuple) and len(item) == 3


def _new_masker(mechanism):
    """Return an unfitted masker for a name or a masker."""
    if isinstance(mechanism, BaseMasker) and not isinstance(
        mechanism, MissingnessTransformer
    ):
        return clone(mechanism)
    if isinstance(mechanism, str) and mechanism in MECHANISMS:
        return MECHANISMS[mechanism]()
    raise ValueError(
        f"A mechanism must be one of {sorted(MECHANISMS)} or a masker such as "
        f"MARMasker(); got {mechanism!r}."
    )
