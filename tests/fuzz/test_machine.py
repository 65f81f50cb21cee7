"""One estimator through any sequence of calls: what is true of it stays true.

Rules do what users do between two fits: change parameters, data, format and type,
store and load, protect connections. After each, the network is whole, and what was
given is as it was.
"""

import pickle
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from scipy import sparse
from sklearn.base import clone

from sparsekit import DSTMLPClassifier, DSTMLPRegressor
from sparsekit.neural_network import (
    CheckpointCallback,
    CosineDecay,
    InfoBatch,
    LearnedRemoval,
    LinearDecay,
    Recording,
    StepDecay,
    compact,
    export_onnx,
    from_state_dict,
    load_checkpoint,
    resume,
    save_checkpoint,
    to_predictor,
    to_state_dict,
)
from sparsekit.topology import RewiringSchedule
from tests.callbacks import CutOff
from tests.fuzz.harness import behaves, state_of
from tests.fuzz.invariants import check_network

N_FEATURES = 5
PROBE = np.random.default_rng(9).normal(size=(6, N_FEATURES))

DECAYS = [
    CosineDecay(end=0.5),
    LinearDecay(final=0.1),
    LinearDecay(2),
    StepDecay((0.2,)),
]

SETTINGS = {
    "method": ["set", "rigl", "itop", "deepr", "lottery", "granet", "snfs", "cht"],
    "hidden_layer_sizes": [(6, 4), (5,), (), (6, 0)],
    "sparsity": [0.5, 0.3, 0.7, 1.5],
    "dtype": ["float32", "float64", "float16"],
    "solver": ["adam", "sgd", "sgdw", "adamw"],
    "missing": ["absent", "indicator", "expected", "raise"],
    "missing_scaling": [None, "sample", "neuron"],
    "n_jobs": [None, 2],
    "batch_size": [4, "auto"],
    "activation": ["relu", "tanh", "leaky_relu"],
    "loss": ["huber", "quantile", "poisson", "gamma"],
    "quantile": [0.9, None, 1.0],
    "label_smoothing": [0.0, 0.3, 1.0],
    "scoring": ["loss", None, "accuracy", "r2"],
    "early_stopping": [False, True],
    "warm_start": [False, True],
    "record": [None, "presentation", "epoch", Recording("epoch", store="full")],
    "sample_selection": [None, "infobatch", InfoBatch(0.3), LearnedRemoval(warm_up=1)],
    "density_schedule": [None, "cubic"],
    "schedule": [None, RewiringSchedule(every=2, unit="steps"), "cosine"],
    "grower": [None, "gradient", "unfired", "observed"],
    "standardize": [True, False],
    "dropout": [0.0, 0.3, [0.3, 0.1], [1.0, 0.0]],
    "grow_init": [None, "he", "normal", "gradient", "history"],
    "growth_moments": [None, "per_connection_step", "layer_mean"],
    "record_births": [False, True],
    "learning_rate": ["cosine", "step", *DECAYS, "adaptive"],
    "input_dropout": [0.0, 0.3],
    "learning_rate_init": [0.001, 0.1, 1e6],
    "random_state": [0, None],
}

FORMATS = {
    "array": np.asarray,
    "single": lambda X: X.astype(np.float32),
    "fortran": np.asfortranarray,
    "csr": sparse.csr_array,
    "frame": lambda X: pd.DataFrame(X, columns=list("abcde")[: X.shape[1]]),
    "csc": lambda X: sparse.csc_array(X),
    "whole numbers": lambda X: np.nan_to_num(X).astype(int),
    "one column less": lambda X: X[:, 1:],
}


@st.composite
def data(draw):
    """Draw rows and targets that are usually sound."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    n = draw(st.sampled_from([12, 12, 5, 1]))
    X = rng.normal(size=(n, N_FEATURES))
    X[rng.random(X.shape) < draw(st.sampled_from([0.0, 0.2]))] = np.nan
    n_classes = draw(st.sampled_from([3, 3, 3, 2, 4]))
    how = draw(st.sampled_from(["array"] * 4 + sorted(FORMATS)))
    return FORMATS[how](X), np.arange(n) % n_classes


class Machine(RuleBasedStateMachine):
    """An estimator, with what other estimators it has been made into."""

    loaded = Bundle("loaded")

    @initialize(regression=st.booleans(), method=st.sampled_from(SETTINGS["method"]))
    def begin(self, regression, method):
        make = DSTMLPRegressor if regression else DSTMLPClassifier
        self.net = make((6, 4), method=method, sparsity=0.5, max_iter=3)
        self.net.set_params(random_state=0, batch_size=4)
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "net.ckpt"

    @property
    def is_fitted(self):
        return hasattr(self.net, "_network")

    def targets(self, y):
        return y * 1.5 if isinstance(self.net, DSTMLPRegressor) else y

    def learn(self, method, X, y, **further):
        """Call a method that changes the estimator, or leaves it as it was."""
        y = self.targets(y)
        before = state_of(self.net)
        done = behaves(lambda: getattr(self.net, method)(X, y, **further), X, y)
        if done is None:
            changed = state_of(self.net) != before
            assert not changed, "a call that failed changed the estimator"

    @rule(given=data(), weighted=st.booleans())
    def fit(self, given, weighted):
        X, y = given
        weight = {"sample_weight": np.linspace(0, 1, len(y))} if weighted else {}
        self.learn("fit", X, y, **weight)

    @rule(given=data(), named=st.booleans())
    def partial_fit(self, given, named):
        X, y = given
        further = {}
        if not isinstance(self.net, DSTMLPRegressor):
            further["classes"] = [0, 1, 2]
        if named:
            further["sample_ids"] = np.arange(len(y)) % 4 + 3
        self.learn("partial_fit", X, y, **further)

    @precondition(lambda self: self.is_fitted)
    @rule(
        given=data(),
        fraction=st.sampled_from([0.5, 0.0, 1.0, 2.0]),
        importance=st.sampled_from(["fisher", "mas", "magnitude", "no"]),
        protect=st.sampled_from(["gradient", "pruning"]),
    )
    def consolidate(self, given, fraction, importance, protect):
        options = {"fraction": fraction, "importance": importance, "protect": protect}
        self.learn("consolidate", *given, **options)
        assert len(self.net.protected_) == len(self.net.coefs_)

    @precondition(lambda self: self.is_fitted)
    @rule()
    def release(self):
        self.net.release()
        assert sum(matrix.nnz for matrix in self.net.protected_) == 0

    @rule(names=st.lists(st.sampled_from(sorted(SETTINGS)), max_size=2), data=st.data())
    def set_params(self, names, data):
        known = self.net.get_params(deep=False)
        given = {n: data.draw(st.sampled_from(SETTINGS[n])) for n in names}
        self.net.set_params(**{k: v for k, v in given.items() if k in known})

    @precondition(lambda self: self.is_fitted)
    @rule()
    def made_into_others(self):
        smaller = compact(self.net)
        check_network(smaller, PROBE)
        rows = PROBE[:, : self.net.n_features_in_]
        if hasattr(self.net, "feature_names_in_"):
            rows = pd.DataFrame(rows, columns=self.net.feature_names_in_)
        assert np.array_equal(smaller.predict(rows), self.net.predict(rows))
        behaves(lambda: to_predictor(self.net).predict(rows), rows)
        twin = from_state_dict(self.net, to_state_dict(self.net, "csr"))
        assert np.array_equal(twin.predict(rows), self.net.predict(rows))
        path = Path(self.folder.name) / "net.onnx"
        behaves(lambda: export_onnx(self.net, path), allowed=(ImportError,))

    @rule(target=loaded, how=st.sampled_from(["pickle", "checkpoint", "clone"]))
    def copied(self, how):
        return self.copy(how)

    def copy(self, how):
        if how == "clone":
            return clone(self.net)
        if how == "pickle":
            return pickle.loads(pickle.dumps(self.net))
        save_checkpoint(self.net, self.path)
        net = load_checkpoint(self.path)
        assert state_of(net) == state_of(self.net)
        return net

    @rule(net=loaded)
    def go_on_with(self, net):
        self.net = net

    @rule(given=data(), stops=st.integers(1, 3))
    def resume(self, given, stops):
        """Break a fit off, and go on with it from its file."""
        X, y = given
        net, y = clone(self.net), self.targets(y)
        net.set_params(random_state=0, verbose=0)
        path = Path(self.folder.name) / "fit.ckpt"
        path.unlink(missing_ok=True)
        net.set_callbacks(CheckpointCallback(path), CutOff(stops, error=Stopped))
        whole = behaves(lambda: net.fit(X, y), X, y, allowed=(Stopped,))
        if whole is None and path.exists():
            resumed = behaves(lambda: resume(path, X, y), X, y)
            if resumed is not None:
                straight = quietly(clone(net).set_callbacks().fit, X, y)
                for name, array in straight._network.to_dict().items():
                    assert np.array_equal(array, getattr(resumed._network, name)), name
                self.net = resumed

    @invariant()
    def is_whole(self):
        if not self.is_fitted:
            return
        check_network(self.net, PROBE)
        for name in ("loss_curve_", "history_"):
            assert len(getattr(self.net, name)) >= self.net.n_iter_ > 0

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()


class Stopped(Exception):
    """The fit is broken off."""


def quietly(call, *args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args)


TestMachine = Machine.TestCase
