"""The same training in sparsekit and in other libraries, as functions of the epochs."""

import warnings
from importlib.util import find_spec

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.speed.networks import MOMENTUM, data_for, estimator_for
from sparsekit import DenseMLPClassifier, SETMLPClassifier, StaticSparseMLPClassifier


def _fits(work, make):
    X, y = data_for(work)

    def train(n_epochs):
        with warnings.catch_warnings():
            # A fixed number of epochs is what a measurement wants.
            warnings.simplefilter("ignore", ConvergenceWarning)
            make(n_epochs).fit(X, y)

    return train


def _ours(model):
    def training(work, n_threads):
        return _fits(
            work,
            lambda n: estimator_for(work, model, tol=0.0, max_iter=n, n_jobs=n_threads),
        )

    return training


def _sklearn(work, n_threads):
    return _fits(
        work,
        lambda n_epochs: MLPClassifier(
            work.sizes[1:-1],
            solver="sgd",
            learning_rate_init=work.learning_rate,
            momentum=MOMENTUM,
            nesterovs_momentum=False,
            alpha=0.0,
            batch_size=work.batch_size,
            max_iter=n_epochs,
            tol=0.0,
            n_iter_no_change=10**6,
            random_state=0,
        ),
    )


def _torch(work, n_threads, hidden_layer=None):
    import torch

    torch.set_num_threads(n_threads)
    hidden_layer = hidden_layer or torch.nn.Linear
    X, y = (torch.from_numpy(array) for array in data_for(work))
    modules = []
    for n_in, n_out in zip(work.sizes[:-2], work.sizes[1:-1], strict=True):
        modules += [hidden_layer(n_in, n_out), torch.nn.ReLU()]
        if work.dropout:
            modules.append(torch.nn.Dropout(work.dropout))
    net = torch.nn.Sequential(*modules, torch.nn.Linear(*work.sizes[-2:]))
    optimizer = torch.optim.SGD(
        net.parameters(), lr=work.learning_rate, momentum=MOMENTUM
    )

    def train(n_epochs):
        for _ in range(n_epochs):
            for rows in torch.randperm(len(X)).split(work.batch_size):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(net(X[rows]), y[rows]).backward()
                optimizer.step()

    return train


def _torch_csr(work, n_threads):
    import torch

    class SparseLinear(torch.nn.Module):
        """A CSR weight; `torch.sparse.mm` gives its entries a gradient."""

        def __init__(self, n_in, n_out):
            super().__init__()
            kept = torch.rand(n_out, n_in) < work.density
            bound = (n_in * work.density) ** -0.5
            weight = torch.empty(n_out, n_in).uniform_(-bound, bound) * kept
            self.weight = torch.nn.Parameter(weight.to_sparse_csr())
            self.bias = torch.nn.Parameter(torch.zeros(n_out))

        def forward(self, x):
            return torch.sparse.mm(self.weight, x.T).T + self.bias

    return _torch(work, n_threads, SparseLinear)


def _sparselab(work, n_threads):
    import sparselab

    def hidden_layer(n_in, n_out):
        return sparselab.SparseLinear(n_in, n_out, sparsity=1.0 - work.density)

    return _torch(work, n_threads, hidden_layer)


# Each takes a work and a number of threads, and returns a function of the epochs.
TRAININGS = {
    "sparsekit": _ours(StaticSparseMLPClassifier),
    "sparsekit SET": _ours(SETMLPClassifier),
    "sparsekit dense": _ours(DenseMLPClassifier),
    "scikit-learn": _sklearn,
    "PyTorch": _torch,
    "PyTorch CSR": _torch_csr,
    "SparseLab": _sparselab,
}

# Those whose time does not depend on the density.
DENSE = {"sparsekit dense", "scikit-learn", "PyTorch"}

_MODULES = {
    "PyTorch": ["torch"],
    "PyTorch CSR": ["torch"],
    "SparseLab": ["torch", "sparselab"],
}


def is_installed(library):
    """Tell whether all that a library needs can be imported."""
    return all(find_spec(module) for module in _MODULES.get(library, []))
