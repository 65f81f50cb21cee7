"""Training on some of the rows, row by row: what is left out, and what it counts."""

import math

import numpy as np

from tests.reference.naive_network import forward, losses_and_deltas
from tests.reference.naive_training import train_epoch


class NaiveInfoBatch:
    evaluates = False

    def __init__(self, ratio, until):
        self.ratio, self.until = ratio, until

    def due(self, fit):
        return True

    def select(self, fit):
        n = len(fit.told)
        known = [i for i in range(n) if fit.told[i] and fit.weight[i] > 0]
        if fit.progress >= self.until or not known:
            return list(range(n)), None
        total = sum(fit.weight[i] for i in known)
        mean = sum(fit.weight[i] * fit.told[i][-1] for i in known) / total
        easy = [i for i in known if fit.told[i][-1] < mean]
        n_out = math.floor(self.ratio * len(easy))
        out = fit.rng.choice(np.array(easy, int), n_out, replace=False, shuffle=False)
        factors = [1.0] * n
        for i in easy:
            factors[i] = len(easy) / (len(easy) - n_out)
        return [i for i in range(n) if i not in set(out.tolist())], factors


class NaiveRemoval:
    evaluates = True

    def __init__(self, confidence, patience, every, warm_up, keep_fraction, until):
        self.confidence, self.patience, self.every = confidence, patience, every
        self.warm_up, self.keep_fraction, self.until = warm_up, keep_fraction, until

    def due(self, fit):
        if fit.progress >= self.until:
            return len(fit.kept) < len(fit.told)
        return fit.epoch >= self.warm_up and fit.n_since >= self.every

    def select(self, fit):
        n = len(fit.told)
        if fit.progress >= self.until:
            return list(range(n)), None
        out = set()
        for label in set(fit.classes):
            members = [
                i for i in range(n) if fit.classes[i] == label and fit.weight[i] > 0
            ]
            stay = math.ceil(self.keep_fraction * len(members) - 1e-9)
            learned = [i for i in members if self._is_learned(fit.told[i])]
            learned.sort(key=lambda i: fit.told[i][-1])
            out |= set(learned[: len(members) - stay])
        return [i for i in range(n) if i not in out], None

    def _is_learned(self, told):
        last = told[-self.patience :]
        sure = [math.exp(-loss) >= self.confidence for loss in last]
        return len(last) == self.patience and all(sure)


class NaiveSelectiveFit:
    """Trains in the order of the rows; `told` holds the losses of each row so far."""

    def __init__(self, net, optimizer, rule, loss, X, target, weight, classes, rng):
        self.net, self.optimizer, self.rule, self.loss = net, optimizer, rule, loss
        self.X, self.target, self.classes, self.rng = X, target, classes, rng
        self.weight = np.ones(len(X)) if weight is None else weight
        self.told = [[] for _ in X]
        self.kept, self.factors = list(range(len(X))), None
        self.n_since = 0
        self.epoch, self.progress = 0, 0.0
        self.n_samples, self.curve = [], []

    def _tell(self, rows):
        outputs = forward(self.net, self.X[rows])[0][-1]
        losses, _ = losses_and_deltas(self.loss, outputs, self.target[rows])
        for row, loss in zip(rows, losses, strict=True):
            self.told[row].append(loss)

    def run(self, *, n_epochs, batch_size, rate):
        for self.epoch in range(n_epochs):
            self.progress = self.epoch / n_epochs
            if self.rule.due(self):
                out = [i for i in range(len(self.told)) if i not in self.kept]
                if self.rule.evaluates and out:
                    self._tell(out)
                self.kept, self.factors = self.rule.select(self)
                self.n_since = 0
            self._train(batch_size, rate)
            self.n_since += 1

    def _train(self, batch_size, rate):
        factors = np.array(self.factors or [1.0] * len(self.told))
        total = 0.0
        for start in range(0, len(self.kept), batch_size):
            rows = np.array(self.kept[start : start + batch_size])
            if self.weight[rows].sum() > 0:
                self._tell(rows)
            total += len(rows) * train_epoch(
                self.net, self.optimizer, self.X, self.loss, self.target,
                order=rows, batch_size=batch_size, rate=rate, weight=self.weight,
                factors=factors,
            )  # fmt: skip
        mean = total / len(self.kept)
        weight = self.weight
        if self.factors:
            mean *= weight[self.kept].sum() / (weight * factors)[self.kept].sum()
        else:
            out = [i for i in range(len(self.told)) if i not in self.kept]
            last = sum(weight[i] * self.told[i][-1] for i in out)
            mean = (mean * weight[self.kept].sum() + last) / weight.sum()
        self.curve.append(mean)
        self.n_samples.append(len(self.kept))
