"""The studies that have a name: their grids and their networks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Preset:
    """Everything about a study; `datasets` are what it takes if it is given no data.

    `params` holds parameters of networks; each model takes those that it has.
    """

    description: str
    sparsities: tuple[float, ...]
    missing_rates: tuple[float, ...]
    datasets: tuple[str, ...] = ("breast_cancer",)
    models: tuple[str, ...] = ("dense", "static", "set")
    mechanisms: tuple[str, ...] = ("mcar",)
    n_seeds: int = 3
    test_size: float = 1 / 3
    params: Mapping[str, object] = field(default_factory=dict)


# More epochs without progress than any study has: training never stops early.
NEVER = 1_000_000


def fixed_epochs(n_epochs):
    """Return the parameters that train for `n_epochs`, whatever the loss does.

    All models of a study get the same number of epochs. A rule that stops early would
    give those models more training whose loss happens to be noisier.
    """
    return {"max_iter": n_epochs, "n_iter_no_change": NEVER, "tol": 0.0}


FIGURE2 = Preset(
    description="Breast Cancer Wisconsin, network 30-100-100-100-2, three models at "
    "seven sparsities and ten missing rates",
    sparsities=(0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.98),
    missing_rates=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    params={
        "hidden_layer_sizes": (100, 100, 100),
        "activation": "relu",
        "out_activation": "softmax",
        "solver": "sgd",
        "learning_rate": "constant",
        "learning_rate_init": 0.001,
        "momentum": 0.9,
        "nesterovs_momentum": False,
        "alpha": 0.0,
        "batch_size": 10,
        "dropout": 0.1,
        "prune_fraction": 0.1,
        # Fixed with the dense network on complete data, and with seeds that the study
        # does not use (docs/user_guide/study.md).
        **fixed_epochs(100),
    },
)

QUICK = replace(
    FIGURE2,
    description="the network and data of figure2 on a small grid, with few epochs: "
    "shows in seconds what a study looks like, and proves nothing",
    sparsities=(0.5, 0.95),
    missing_rates=(0.0, 0.4, 0.8),
    params={**FIGURE2.params, **fixed_epochs(20)},
)

TABLE = Preset(
    description="a table of your own: Adam, two hidden layers of 100 neurons, "
    "batches of 32",
    sparsities=(0.5, 0.8, 0.9, 0.95),
    missing_rates=(0.0, 0.2, 0.4, 0.6, 0.8),
    # The estimators' default, one batch for all of a small table, would leave it a
    # single step per epoch, and SET a single step between two rewirings.
    params={"hidden_layer_sizes": (100, 100), "batch_size": 32, **fixed_epochs(100)},
)

REFERENCE = Preset(
    description="eight tables, three mechanisms, dense, static, SET, RigL and CHTs "
    "networks and five other models; takes an hour or more on one core",
    datasets=(
        "breast_cancer",
        "digits",
        "wine",
        "diabetes",
        "friedman1",
        "madelon",
        "moons",
        "hastie",
    ),
    models=(
        "dense",
        "static",
        "set",
        "rigl",
        "chts",
        "hist_gradient_boosting",
        "logistic_mean",
        "logistic_iterative",
        "mlp_mean",
        "mlp_iterative",
    ),
    sparsities=(0.5, 0.9, 0.95, 0.98),
    missing_rates=(0.0, 0.1, 0.2, 0.4, 0.6, 0.8),
    mechanisms=("mcar", "mar", "mnar"),
    n_seeds=10,
    # Dropout, since without it the dense network overfits small tables (diabetes): seen
    # with seeds that the study does not use.
    params={
        "hidden_layer_sizes": (100, 100),
        "batch_size": 32,
        "dropout": 0.2,
        **fixed_epochs(50),
    },
)

PRESETS = {
    "figure2": FIGURE2,
    "quick": QUICK,
    "table": TABLE,
    "reference": REFERENCE,
}
