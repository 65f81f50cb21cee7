"""Several sparse networks, each with connections of its own, as one estimator."""

from copy import deepcopy
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import (
    BaseEstimator,
    MetaEstimatorMixin,
    clone,
    is_classifier,
)
from sklearn.utils import check_random_state, get_tags
from sklearn.utils.metadata_routing import UNUSED
from sklearn.utils.validation import check_is_fitted

from sparsekit._utils._estimators import (
    DocLinkMixin,
    fit_router,
    routed,
    unchanged_on_error,
)
from sparsekit._utils._sklearn_compat import (
    HasMethods,
    Interval,
    StrOptions,
    _fit_context,
)
from sparsekit.neural_network import SETMLPClassifier, SETMLPRegressor
from sparsekit.tabular._in_pieces import trained_on
from sparsekit.tabular._mean_of_members import MeanClassifier, MeanRegressor
from sparsekit.tabular._tasks import fitted_in_task, fitted_in_tasks


class BaseEnsemble(DocLinkMixin, MetaEstimatorMixin, BaseEstimator):
    """Base of the ensembles; not for direct use."""

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions({"independent", "cyclic"})],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimator=None,
        *,
        n_members=4,
        strategy="independent",
        random_state=None,
        n_jobs=None,
    ) -> None:
        self.estimator = estimator
        self.n_members = n_members
        self.strategy = strategy
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self._prototype())
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        return tags

    # Only handed on: what is requested, the estimator says.
    __metadata_request__fit: ClassVar[dict] = {"sample_weight": UNUSED}

    def get_metadata_routing(self) -> Any:
        """Return who gets the metadata of `fit`.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Routes `fit` to that of the estimator.
        """
        return fit_router(self, estimator=self._prototype())

    def _prototype(self):
        """Return the network that the members are copies of."""
        return self._default() if self.estimator is None else self.estimator

    @unchanged_on_error
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, sample_weight: Any = None, **fit_params: Any) -> Self:
        """Fit the members.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Rows, as the network takes them.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        **fit_params : dict
            What else the network's `fit` takes, for instance `X_val` and `y_val`. With
            scikit-learn's metadata routing it gets what it requests by
            `set_fit_request`.

        Returns
        -------
        self : object
            The ensemble itself.

        Raises
        ------
        ValueError
            For an estimator of the wrong kind, and for what the networks refuse.
        """
        if is_classifier(self._prototype()) != is_classifier(self):
            kind = "classifier" if is_classifier(self) else "regressor"
            raise ValueError(
                f"estimator must be a {kind}, got {self._prototype()!r} instead."
            )
        given = routed(self, sample_weight=sample_weight, **fit_params).estimator.fit
        seeds = self._seeds()
        context = self._init_callback_context(max_subtasks=self.n_members)
        context.call_on_fit_task_begin(estimator=self, X=X, y=y)
        if self.strategy == "cyclic":
            members = self._cycles(X, y, given, seeds[0], context)
        else:
            members = [self._member(seed) for seed in seeds]
            members = fitted_in_tasks(self, context, "member", members, X, y, given)
        self._of(members)
        context.call_on_fit_task_end(
            estimator=self, reconstruction_attributes={}, X=X, y=y
        )
        return self

    def _partial_fit(self, X, y, sample_weight, given):
        """Train every member for an epoch, see `partial_fit`."""
        self._validate_params()  # scikit-learn does so in the first call only
        if sample_weight is not None:
            given = given | {"sample_weight": sample_weight}
        if hasattr(self, "members_"):
            members = self.members_
        else:
            members = [self._member(seed) for seed in self._seeds()]
        return self._of(trained_on(members, X, y, given, self.n_jobs))

    def _seeds(self):
        rng = check_random_state(self.random_state)
        return rng.randint(np.iinfo(np.int32).max, size=self.n_members).tolist()

    def _of(self, members):
        """Return the ensemble with these members."""
        self.members_ = members
        self.n_features_in_ = members[0].n_features_in_
        if hasattr(members[0], "feature_names_in_"):
            self.feature_names_in_ = members[0].feature_names_in_
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self._learn_targets()
        return self

    def _inputs(self, X):
        return X

    def _learn_targets(self):
        """Take over from the members what is known about the target."""

    def _member(self, seed):
        return clone(self._prototype()).set_params(random_state=seed)

    def _cycles(self, X, y, given, seed, context):
        """Train one network in cycles; return a copy of it after each of them."""
        network = self._member(seed)
        if not hasattr(network, "warm_start"):
            raise ValueError(
                "strategy='cyclic' trains one network on and on, so it needs an "
                f"estimator with warm_start, and {network!r} has none."
            )
        if network.max_iter < self.n_members:
            raise ValueError(
                f"strategy='cyclic' with n_members={self.n_members} needs at least one "
                f"epoch per cycle, but max_iter={network.max_iter}."
            )
        network.set_params(warm_start=True, n_iter_no_change=np.inf)
        ends = np.arange(self.n_members + 1) * network.max_iter // self.n_members
        members = []
        for n_epochs in np.diff(ends):
            task = context.subcontext(task_name="member")
            network.set_params(max_iter=int(n_epochs))
            fitted_in_task(self, task, network, X, y, given)
            members.append(deepcopy(network))
        return members

    @property
    def feature_importances_(self) -> np.ndarray:
        """Mean of the members' `feature_importances_`."""
        check_is_fitted(self)
        return np.mean([m.feature_importances_ for m in self.members_], axis=0)


class SparseMLPEnsembleClassifier(MeanClassifier, BaseEnsemble):
    """Mean of several sparse MLP classifiers of different topologies and seeds.

    Networks that are sparse from the first step differ in what their neurons read, more
    than dense ones do, so that the mean of a few is better than one of as many
    connections.

    Parameters
    ----------
    estimator : object or None, default=None
        The network that members are copies of, with other seeds and so with other
        connections; None for `SETMLPClassifier` with its defaults.
    n_members : int, default=4
        Number of members.
    strategy : {"independent", "cyclic"}, default="independent"
        "independent": each member is trained on its own, for `max_iter` epochs.
        "cyclic": one network is trained for all its `max_iter` epochs, in as many equal
        cycles as there are members, and the network at the end of each cycle is a
        member (FreeTickets [1]_). A learning rate that falls, as
        ``learning_rate="cosine"`` does, rises again in each cycle. It costs the time of
        one member.
    random_state : int, RandomState instance or None, default=None
        Seed of the members' seeds.
    n_jobs : int or None, default=None
        Processes that fit members. None means 1, -1 all cores. The result is the same
        for any number.

    Attributes
    ----------
    members_ : list
        The fitted networks.
    classes_ : ndarray of shape (n_classes,)
        Class labels; label numbers for label indicators.
    n_connections_ : int
        Number of connections of all members together.
    feature_importances_ : ndarray of shape (n_features,)
        Mean over the members of the strength of each feature.
    n_features_in_ : int
        Number of features seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, where all of them are strings.

    See Also
    --------
    SparseTabularClassifier : Also encodes tables and chooses the networks.

    References
    ----------
    .. [1] Liu, Chen, Atashgahi, Chen, Sokar, Mocanu, Pechenizkiy, Wang and Mocanu,
       "Deep ensembling with no overhead for either training or testing: the all-round
       blessings of dynamic sparsity", ICLR 2022 (arXiv 2106.14568).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.tabular import SparseMLPEnsembleClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> net = SETMLPClassifier(max_iter=20, n_iter_no_change=float("inf"))
    >>> ensemble = SparseMLPEnsembleClassifier(net, n_members=3, random_state=0)
    >>> len(ensemble.fit(X, y).members_)
    3
    """

    def _default(self):
        return SETMLPClassifier()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _learn_targets(self):
        self.classes_ = self.members_[0].classes_
        self._multilabel = getattr(self.members_[0], "_multilabel", False)


class SparseMLPEnsembleRegressor(MeanRegressor, BaseEnsemble):
    """Mean of several sparse MLP regressors of different topologies and seeds.

    Networks that are sparse from the first step differ in what their neurons read, more
    than dense ones do, so that the mean of a few is better than one of as many
    connections.

    Parameters
    ----------
    estimator : object or None, default=None
        The network that members are copies of, with other seeds and so with other
        connections; None for `SETMLPRegressor` with its defaults.
    n_members : int, default=4
        Number of members.
    strategy : {"independent", "cyclic"}, default="independent"
        "independent": each member is trained on its own, for `max_iter` epochs.
        "cyclic": one network is trained for all its `max_iter` epochs, in as many equal
        cycles as there are members, and the network at the end of each cycle is a
        member (FreeTickets [1]_). A learning rate that falls, as
        ``learning_rate="cosine"`` does, rises again in each cycle. It costs the time of
        one member.
    random_state : int, RandomState instance or None, default=None
        Seed of the members' seeds.
    n_jobs : int or None, default=None
        Processes that fit members. None means 1, -1 all cores. The result is the same
        for any number.

    Attributes
    ----------
    members_ : list
        The fitted networks.
    n_connections_ : int
        Number of connections of all members together.
    feature_importances_ : ndarray of shape (n_features,)
        Mean over the members of the strength of each feature.
    n_features_in_ : int
        Number of features seen in `fit`.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, where all of them are strings.

    See Also
    --------
    SparseTabularRegressor : Also encodes tables and chooses the networks.

    References
    ----------
    .. [1] Liu, Chen, Atashgahi, Chen, Sokar, Mocanu, Pechenizkiy, Wang and Mocanu,
       "Deep ensembling with no overhead for either training or testing: the all-round
       blessings of dynamic sparsity", ICLR 2022 (arXiv 2106.14568).

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sparsekit import SETMLPRegressor
    >>> from sparsekit.tabular import SparseMLPEnsembleRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> net = SETMLPRegressor(max_iter=20, n_iter_no_change=float("inf"))
    >>> ensemble = SparseMLPEnsembleRegressor(net, n_members=3, random_state=0)
    >>> len(ensemble.fit(X, y).members_)
    3
    """

    def _default(self):
        return SETMLPRegressor()
