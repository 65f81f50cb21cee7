"""The networks whose training is timed, and trainers that run one step of it."""

from dataclasses import dataclass, replace

import numpy as np

from sparsekit import SETMLPClassifier
from sparsekit.network import (
    LOSSES,
    Optimizer,
    OptimizerState,
    Trainer,
    build_network,
    dense_samples,
    label_targets,
)
from sparsekit.topology import ErdosRenyi

MOMENTUM = 0.9


@dataclass(frozen=True)
class Work:
    """A network and how it is trained: softmax outputs, SGD with momentum."""

    sizes: tuple[int, ...]
    batch_size: int
    n_rows: int
    density: float
    dropout: float = 0.0
    learning_rate: float = 1e-2

    @property
    def steps_per_epoch(self):
        """Number of batches in one pass over the rows."""
        return -(-self.n_rows // self.batch_size)

    @property
    def counts(self):
        """Connections per layer."""
        return ErdosRenyi().counts(self.sizes, 1.0 - self.density)


# The network for breast cancer data of the paper behind the study.
SMALL = Work((30, 100, 100, 100, 2), 10, 380, density=0.25, dropout=0.1)

# One for images of 28 x 28 pixels.
WIDE = Work((784, 1000, 1000, 1000, 10), 128, 2560, density=0.1)


def wide(density):
    """Return the wide network at another density."""
    return replace(WIDE, density=density)


def square(width, density, *, batch_size=128, n_steps=2):
    """Return a network of three hidden layers as wide as its inputs."""
    sizes = (width, width, width, width, 10)
    return Work(sizes, batch_size, n_steps * batch_size, density)


def square_of(n_connections, density, **options):
    """Return a square network of about `n_connections`."""
    return square(round((n_connections / density / 3) ** 0.5), density, **options)


def data_for(work):
    """Draw rows and labels: nothing to learn, but all the work of learning."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((work.n_rows, work.sizes[0]), dtype=np.float32)
    return X, np.arange(work.n_rows) % work.sizes[-1]


def estimator_for(work, model=SETMLPClassifier, **parameters):
    """Return an estimator that does `work`."""
    if model.__name__.startswith("Dense"):
        sparsity = {}
    else:
        sparsity = {"sparsity": 1.0 - work.density}
    return model(
        hidden_layer_sizes=work.sizes[1:-1],
        solver="sgd",
        learning_rate_init=work.learning_rate,
        momentum=MOMENTUM,
        nesterovs_momentum=False,
        alpha=0.0,
        dropout=work.dropout,
        batch_size=work.batch_size,
        n_iter_no_change=10**6,
        random_state=0,
        **sparsity,
        **parameters,
    )


def trainer_for(work, n_threads=1):
    """Return a trainer in its initial state, without an estimator around it."""
    rng = np.random.default_rng(0)
    network = build_network(work.sizes, work.counts, "relu", None, np.float32, rng)
    X, y = data_for(work)
    n_features = work.sizes[0]
    return Trainer(
        network,
        OptimizerState.zeros(network, "sgd"),
        Optimizer("sgd", 0.0, MOMENTUM, nesterovs_momentum=False),
        dense_samples(X, np.zeros(n_features), np.ones(n_features), np.float32),
        label_targets(y, None, np.float32),
        loss=LOSSES["softmax"],
        batch_size=work.batch_size,
        dropout=work.dropout,
        n_threads=n_threads,
    )
