"""The estimators that tests go through, in one place."""

import importlib
import inspect
import pkgutil

from sklearn.linear_model import Ridge, SGDRegressor

import sparsekit
from sparsekit import (
    DenseMLPClassifier,
    DenseMLPRegressor,
    DSTMLPClassifier,
    DSTMLPRegressor,
    SETMLPClassifier,
    SETMLPRegressor,
    StaticSparseMLPClassifier,
    StaticSparseMLPRegressor,
)
from sparsekit.continual import ReplayClassifier, ReplayRegressor
from sparsekit.difficulty import (
    HardSampleSelector,
    SubsetFitClassifier,
    SubsetFitRegressor,
)
from sparsekit.missingness import (
    BlockMasker,
    LabelMasker,
    MARMasker,
    MCARMasker,
    MissingnessTransformer,
    MNARMasker,
    MonotoneMasker,
)
from sparsekit.neural_network import (
    AttributionSelector,
    NeuroFSSelector,
    QuickSelector,
)
from sparsekit.tabular import (
    PiecewiseLinearEncoder,
    SparseMLPEnsembleClassifier,
    SparseMLPEnsembleRegressor,
    SparseTabularClassifier,
    SparseTabularRegressor,
    TableEncoder,
)

# One recipe each: what the parts of DSTMLP* do is tested where they are.
CLASSIFIERS = [SETMLPClassifier, StaticSparseMLPClassifier, DenseMLPClassifier]
REGRESSORS = [SETMLPRegressor, StaticSparseMLPRegressor, DenseMLPRegressor]
NETWORKS = CLASSIFIERS + REGRESSORS
ALL_NETWORKS = [DSTMLPClassifier, DSTMLPRegressor, *NETWORKS]

# All networks share their code, so that a few of them show what settings do; what each
# setting means has tests of its own.
NETWORK_VARIANTS = [
    *(network() for network in ALL_NETWORKS),
    SETMLPClassifier(
        batch_size=20, sparsity=0.5, missing="indicator", missing_scaling="neuron"
    ),
    DSTMLPClassifier(method="rigl", missing="raise", out_activation="softmax"),
    DenseMLPRegressor(loss="gamma", sample_selection="infobatch"),
]


def quick(network):
    """Return a network that learns the small tables of the suite in a few epochs."""
    return network((20,), learning_rate_init=0.05, max_iter=100, random_state=0)


META_VARIANTS = [
    QuickSelector(quick(SETMLPClassifier)),
    AttributionSelector(quick(SETMLPClassifier), every_epoch=False),
    NeuroFSSelector(quick(DSTMLPClassifier)),
    HardSampleSelector(quick(SETMLPRegressor), random_state=0),
    SubsetFitClassifier(
        quick(SETMLPClassifier),
        HardSampleSelector(quick(SETMLPClassifier), by="random", random_state=0),
    ),
    SubsetFitRegressor(
        Ridge(), HardSampleSelector(quick(SETMLPRegressor), random_state=0)
    ),
    ReplayClassifier(quick(SETMLPClassifier), strategy="difficulty", random_state=0),
    ReplayRegressor(SGDRegressor(random_state=0), random_state=0),
]

TABULAR_VARIANTS = [
    PiecewiseLinearEncoder(4, strategy="tree", add_indicator=True),
    TableEncoder(),
    SparseMLPEnsembleClassifier(
        quick(SETMLPClassifier).set_params(sparsity=0.5),
        n_members=2,
        strategy="cyclic",
        random_state=0,
    ),
    SparseMLPEnsembleRegressor(
        quick(SETMLPRegressor).set_params(sparsity=0.5), n_members=2, random_state=0
    ),
    SparseTabularClassifier(n_members=2, hidden_layer_sizes=20, random_state=0),
    SparseTabularRegressor(
        n_members=1, encoding="standard", hidden_layer_sizes=20, random_state=0
    ),
]

MASKERS = [
    MCARMasker(),
    MARMasker(),
    MNARMasker(),
    BlockMasker(),
    MonotoneMasker(),
    MissingnessTransformer(),
]
# Those for scikit-learn's checks; the contract of maskers is tested on all variants.
CHECKED_MASKERS = [
    *MASKERS,
    LabelMasker(),
    MARMasker(link="groups", when="fit", exact=True, random_state=0),
    MNARMasker(kind="latent", shape="left", row_key="position", random_state=0),
    MissingnessTransformer([("first", "mnar", [0])], when="transform"),
]


MASKER_VARIANTS = [
    *MASKERS,
    LabelMasker(),
    MARMasker(drivers=1, random_state=0),
    MARMasker(link="rank", shape="tail", random_state=0),
    MARMasker(link="groups", when="fit"),
    MARMasker(exact=True, row_key="position"),
    MNARMasker(kind="quantile", random_state=0),
    MNARMasker(kind="latent", shape="left", random_state=0),
    MNARMasker(kind="logistic", shape="mid", strength=3),
    MNARMasker(exact=True, when="transform"),
    MCARMasker(rate_unit="rows", random_state=0),
    MissingnessTransformer("mar", random_state=0),
    MissingnessTransformer(MNARMasker(kind="latent"), 0.4),
    MissingnessTransformer([("first", "mnar", [0])], exact=True),
    MissingnessTransformer("label"),
    MCARMasker(missing_rate=0.7, random_state=0),
    MCARMasker(row_key="position"),
    MCARMasker(when="fit"),
    MCARMasker(when="transform"),
    MissingnessTransformer(row_key="position", random_state=0),
    MissingnessTransformer(when="fit", random_state=0),
    MissingnessTransformer(when="transform", random_state=0),
]


def public_estimators():
    """Return all public classes with a method `fit`, in the order of their names."""
    subpackages = [
        subpackage.name for subpackage in pkgutil.iter_modules(sparsekit.__path__)
    ]
    found = set()
    for subpackage in [name for name in subpackages if not name.startswith("_")]:
        module = importlib.import_module(f"sparsekit.{subpackage}")
        public = (getattr(module, name) for name in getattr(module, "__all__", []))
        found |= {each for each in public if inspect.isclass(each) and _fits(each)}
    return sorted(found, key=lambda each: each.__name__)


def _fits(each):
    return callable(getattr(each, "fit", None))
