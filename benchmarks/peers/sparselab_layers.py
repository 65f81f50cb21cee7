"""What docs/comparison.md says of SparseLab."""

import copy
import inspect
import pickle

import numpy as np

from benchmarks.peers.statements import says

N_IN, N_OUT, DENSITY = 40, 30, 0.2


def _layer():
    import sparselab
    import torch

    torch.manual_seed(0)
    return sparselab.SparseLinear(N_IN, N_OUT, sparsity=1 - DENSITY)


def _slots(layer):
    """Return where each connection of a layer is stored."""
    csr = layer._csr
    columns, starts, fan_in = map(
        np.asarray, (csr.col_indices, csr.row_start, csr.row_nnz)
    )
    return {
        (row, int(columns[slot])): slot
        for row in range(csr.nrows)
        for slot in range(starts[row], starts[row] + fan_in[row])
    }


def _trained(method, optimizer, **settings):
    """Return a layer after five steps, its optimizer's state, and its rewiring."""
    import sparselab
    import torch

    layer = _layer()
    algorithm = getattr(sparselab, method)(sparsity=1 - DENSITY, update_freq=10**9)
    layer.apply(algorithm)
    optimizer = optimizer(layer.parameters(), lr=1e-3, **settings)
    X, Y = torch.randn(64, N_IN), torch.randn(64, N_OUT)
    for _ in range(5):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(layer(X), Y).backward()
        optimizer.step()
    return layer, optimizer.state[layer._values], algorithm.update


@says("SparseLab")
def methods():
    """The methods are static, SET and RigL."""
    import sparselab

    names = {
        name
        for name in sparselab.__all__
        if inspect.isclass(getattr(sparselab, name))
        and issubclass(getattr(sparselab, name), sparselab.SparsityAlgorithm)
        and "Algorithm" not in name
    }
    return names == {"Static", "SET", "RigL"}, ", ".join(sorted(names))


@says("SparseLab")
def layers_in_a_transformer():
    """A layer trains inside a transformer of PyTorch, by Adam."""
    import torch

    block = torch.nn.TransformerEncoderLayer(N_IN, 4, N_OUT, batch_first=True)
    layer = block.linear1 = _layer()
    before = layer._values.detach().clone()
    optimizer = torch.optim.Adam(block.parameters())
    torch.nn.functional.mse_loss(
        block(torch.randn(2, 5, N_IN)), torch.zeros(2, 5, N_IN)
    ).backward()
    optimizer.step()
    changed = int((layer._values != before).sum())
    return changed > 0, f"{changed} weights moved"


@says("SparseLab")
def fan_in_stays():
    """Rewiring leaves the fan-in of every neuron as it was drawn."""
    import torch

    same = []
    for method in ("SET", "RigL"):
        layer, _, rewire = _trained(method, torch.optim.SGD)
        before, fan_in = set(_slots(layer)), np.array(layer._csr.row_nnz)
        rewire()
        moved = set(_slots(layer)) != before
        same.append(moved and np.array_equal(fan_in, layer._csr.row_nnz))
    return all(same), f"SET {same[0]}, RigL {same[1]}"


@says("SparseLab")
def state_stays_in_place():
    """The optimizer's state stays in its place when connections move."""
    import torch

    stays, lines = [], []
    for optimizer, name, settings in (
        (torch.optim.SGD, "momentum_buffer", {"momentum": 0.9}),
        (torch.optim.Adam, "exp_avg", {}),
    ):
        layer, state, rewire = _trained("SET", optimizer, **settings)
        slots, before = _slots(layer), state[name].clone()
        rewire()
        after = _slots(layer)
        survivors = slots.keys() & after.keys()
        n_moved = sum(slots[key] != after[key] for key in survivors)
        stays.append(n_moved > 0 and torch.equal(before, state[name]))
        lines.append(f"{optimizer.__name__}: {n_moved} of {len(survivors)}")
    return all(stays), "survivors that get another one's: " + ", ".join(lines)


@says("SparseLab")
def first_weights_are_dense():
    """The first weights are drawn as a dense matrix."""
    from torch.utils._python_dispatch import TorchDispatchMode

    sizes = set()

    class Sizes(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            result = function(*args, **(kwargs or {}))
            sizes.add(tuple(getattr(result, "shape", ())))
            return result

    with Sizes():
        _layer()
    return (N_OUT, N_IN) in sizes, f"tensors made: {sorted(sizes)}"


@says("SparseLab")
def rigl_takes_the_dense_gradient():
    """RigL computes the gradient of the dense matrix."""
    import torch
    from sparselab import _core

    made, function = [], _core.dense_grad

    def spy(*arguments):
        made.append(function(*arguments).shape)
        return function(*arguments)

    _, _, rewire = _trained("RigL", torch.optim.SGD)
    _core.dense_grad = spy
    try:
        rewire()
    finally:
        _core.dense_grad = function
    return made == [(N_OUT, N_IN)], f"shapes {made}"


@says("SparseLab")
def density_on_average():
    """Sparsity holds on average: how many connections there are is drawn."""
    import sparselab

    counts = [sparselab.SparseLinear(100, 100, sparsity=0.9).nnz for _ in range(5)]
    return len(set(counts)) > 1, f"{counts} where 1000 are expected"


@says("SparseLab")
def storage():
    """A layer cannot be copied or pickled, and its state_dict has no positions."""
    layer = _layer()
    refused = []
    for function in (copy.deepcopy, pickle.dumps):
        try:
            function(layer)
        except TypeError:
            refused.append(function.__name__)
    names = list(layer.state_dict())
    return len(refused) == 2 and names == ["_values", "bias"], (
        f"refused: {', '.join(refused)}; state_dict: {', '.join(names)}"
    )
