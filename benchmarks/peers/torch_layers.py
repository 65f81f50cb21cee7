"""What docs/comparison.md says of PyTorch and of small libraries around it."""

import inspect

import numpy as np

from benchmarks.peers.statements import says

N_IN, N_OUT, DENSITY = 40, 30, 0.2


def _csr_weight():
    import torch

    torch.manual_seed(0)
    dense = torch.randn(N_OUT, N_IN) * (torch.rand(N_OUT, N_IN) < DENSITY)
    return dense.to_sparse_csr().requires_grad_()


@says("PyTorch")
def pruning_is_a_mask():
    """A pruned layer keeps its dense weight, and a mask of the same size beside it."""
    import torch
    from torch.nn.utils import prune

    layer = torch.nn.Linear(N_IN, N_OUT)
    prune.random_unstructured(layer, "weight", amount=1 - DENSITY)
    held = layer.weight_orig.numel(), layer.weight_mask.numel()
    dense = layer.weight.layout == torch.strided
    return dense and held == (N_IN * N_OUT,) * 2, f"{held[0]} and {held[1]} numbers"


@says("PyTorch")
def sparse_gradient():
    """torch.sparse.mm gives a CSR weight the right gradient, for its entries only."""
    import torch

    weight, x = _csr_weight(), torch.randn(N_IN, 16)
    torch.sparse.mm(weight, x).square().sum().backward()
    dense = weight.detach().to_dense().requires_grad_()
    (dense @ x).square().sum().backward()
    stored = weight.grad._nnz() if weight.grad.layout == torch.sparse_csr else None
    right = torch.allclose(
        weight.grad.to_dense(), dense.grad * (dense != 0), rtol=1e-4, atol=1e-3
    )
    return stored == weight._nnz() and right, f"{stored} of {N_IN * N_OUT} numbers"


@says("PyTorch")
def linear_has_a_dense_gradient():
    """nn.functional.linear gives a CSR weight a dense gradient."""
    import torch

    weight = _csr_weight()
    torch.nn.functional.linear(torch.randn(16, N_IN), weight).sum().backward()
    return weight.grad.layout == torch.strided, f"{weight.grad.layout}"


@says("PyTorch")
def optimizers_of_csr_weights():
    """SGD with momentum trains a CSR weight and moves no entry; Adam refuses it."""
    import torch

    weight, x = _csr_weight(), torch.randn(N_IN, 16)
    before = weight.detach().clone()

    def steps(optimizer):
        for _ in range(3):
            optimizer.zero_grad()
            torch.sparse.mm(weight, x).square().sum().backward()
            optimizer.step()

    steps(torch.optim.SGD([weight], lr=1e-3, momentum=0.9))
    trained = not torch.equal(weight.values(), before.values())
    fixed = torch.equal(weight.col_indices(), before.col_indices())
    try:
        steps(torch.optim.Adam([weight]))
    except RuntimeError as error:
        return trained and fixed, f"Adam: {error}"
    return False, "Adam takes it"


@says("Nerva")
def sisters_are_dense():
    """Its sister on PyPI for PyTorch has dense layers only."""
    from nerva_torch import layers, multilayer_perceptron

    source = inspect.getsource(layers) + inspect.getsource(multilayer_perceptron)
    names = [name for name in vars(layers) if name.endswith("Layer")]
    return "sparse" not in source.lower(), ", ".join(names)


@says("Nerva")
def sisters_layers():
    """The sister has batch normalisation and SReLU, and no Adam."""
    from nerva_torch import activation_functions, layers, optimizers

    has = hasattr(layers, "BatchNormalizationLayer") and hasattr(
        activation_functions, "SReLUActivation"
    )
    names = [name for name in vars(optimizers) if name.endswith("Optimizer")]
    return has and not any("Adam" in name for name in names), ", ".join(names)


@says("rigl-torch")
def rigl_torch_masks():
    """Weights stay dense, with zeros; linear layers are left alone unless one asks."""
    import torch
    from rigl_torch.RigL import RigLScheduler

    n_active = []
    for settings in ({}, {"ignore_linear_layers": False}):
        net = torch.nn.Sequential(torch.nn.Linear(20, 50), torch.nn.Linear(50, 50))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
        RigLScheduler(net, optimizer, dense_allocation=0.1, T_end=100, **settings)
        n_active.append(int((net[1].weight != 0).sum()))
    dense = net[1].weight.layout == torch.strided
    return dense and n_active == [2500, 250], (
        f"of 2500 stored numbers {n_active[0]} are not zero; if asked, {n_active[1]}"
    )


@says("skorch")
def skorch_makes_estimators():
    """A module of PyTorch becomes an estimator for grid searches; NaN stays NaN."""
    import torch
    from sklearn.model_selection import GridSearchCV
    from skorch import NeuralNetClassifier

    X = np.random.default_rng(0).standard_normal((60, 4), dtype=np.float32)
    y = (X[:, 0] > 0).astype(int)
    module = torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Softmax(-1))
    net = NeuralNetClassifier(module, max_epochs=2, verbose=0)
    search = GridSearchCV(net, {"lr": [0.01, 0.1]}, cv=2).fit(X, y)
    X[::2, 0] = np.nan
    loss = net.fit(X, y).history[-1]["train_loss"]
    return np.isnan(loss), f"best of the grid {search.best_params_}; loss {loss}"
