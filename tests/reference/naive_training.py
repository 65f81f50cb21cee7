"""Optimizers and a training epoch from the formulas, beside `naive_network`."""

from dataclasses import dataclass, field

import numpy as np

from tests.reference.naive_network import kept_neurons, loss_and_gradients


@dataclass
class NaiveOptimizer:
    """SGD with momentum, Adam, SGDW or AdamW; moments by parameter number.

    `born` has, by parameter number, the step after which each of its numbers began; by
    default all did at 0.
    """

    solver: str
    alpha: float = 0.0
    momentum: float = 0.9
    nesterov: bool = True
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    step: int = 0
    first: dict = field(default_factory=dict)
    second: dict = field(default_factory=dict)
    born: dict = field(default_factory=dict)

    @property
    def penalty(self):
        """What the loss is penalised with; SGDW, AdamW shrink the weights instead."""
        return 0.0 if self.solver.endswith("w") else self.alpha

    def update(self, number, parameter, gradient, rate, decay):
        """Return the parameter after one step."""
        m = self.first.get(number, np.zeros_like(parameter))
        if self.solver in ("sgd", "sgdw"):
            m = self.first[number] = self.momentum * m - rate * gradient
            shrunk = parameter - rate * decay * parameter
            if self.nesterov:
                return shrunk + self.momentum * m - rate * gradient
            return shrunk + m
        v = self.second.get(number, np.zeros_like(parameter))
        m = self.first[number] = self.beta_1 * m + (1 - self.beta_1) * gradient
        v = self.second[number] = self.beta_2 * v + (1 - self.beta_2) * gradient**2
        t = self.step - self.born.get(number, 0)
        rate_t = rate * np.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        step = rate_t * m / (np.sqrt(v) + self.epsilon)
        return parameter - step - rate * decay * parameter


def train_epoch(
    net,
    optimizer,
    X,
    loss,
    target,
    *,
    order,
    batch_size,
    rate,
    weight=None,
    dropout=0.0,
    noise_seed=0,
    factors=None,
):
    """Train in place; return the mean over the rows of the loss before each update.

    Rows of batches without any weight are none of these.
    """
    weight = np.ones(X.shape[0]) if weight is None else weight
    factors = np.ones(X.shape[0]) if factors is None else factors
    total, n_rows = 0.0, 0
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        if weight[rows].sum() == 0:
            continue
        optimizer.step += 1
        keep_scales = None
        if dropout:
            keep_scales = [
                kept_neurons(
                    noise_seed, optimizer.step, level, len(rows), len(bias), dropout
                )
                / (1 - dropout)
                for level, bias in enumerate(net.biases[:-1], start=1)
            ]
        mean, matrix_grads, bias_grads = loss_and_gradients(
            net,
            X[rows],
            loss,
            target[rows],
            weight[rows],
            optimizer.penalty,
            keep_scales,
            factors[rows],
        )
        total += mean * len(rows)
        n_rows += len(rows)
        decay = optimizer.alpha if optimizer.solver.endswith("w") else 0.0
        for layer in range(len(net.matrices)):
            net.matrices[layer] = optimizer.update(
                ("matrix", layer), net.matrices[layer], matrix_grads[layer], rate, decay
            )
            net.biases[layer] = optimizer.update(
                ("bias", layer), net.biases[layer], bias_grads[layer], rate, 0.0
            )
    return total / max(n_rows, 1)
