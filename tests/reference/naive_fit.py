"""A whole fit by a method of dynamic sparse training, on dense matrices."""

import numpy as np

from tests.reference.naive_methods import RANK_THE_NETWORK, State, as_dropped
from tests.reference.naive_network import backpropagate, forward, losses_and_deltas
from tests.reference.naive_plan import bounded_shares
from tests.reference.naive_topology import largest_remainders
from tests.reference.naive_training import train_epoch


class NaiveFit:
    """Trains and rewires; `events` tells the network after each epoch and rewiring."""

    def __init__(self, name, method, net, optimizer, rng, final):
        self.name, self.method, self.net = name, method, net
        self.optimizer, self.rng, self.final = optimizer, rng, final
        self.start = [int(mask.sum()) for mask in net.masks]
        self.state = State(net, rng)
        self.state.explored = [mask.copy() for mask in net.masks]
        self.state.signs = [np.sign(matrix) for matrix in net.matrices]
        self.first = [m.copy() for m in net.matrices], [b.copy() for b in net.biases]
        self.events = []

    def run(self, X, y, *, n_epochs, batch_size, rate):
        method, order = self.method, np.arange(len(y))
        for epoch in range(n_epochs):
            progress = self.state.progress = epoch / n_epochs
            fraction = method.decay(method.fraction, progress)
            goals = self._goals(progress)
            changes = fraction > 0 or sum(goals) != self._n_connections()
            if epoch and changes:
                self._rewire(X, y, batch_size, fraction, goals)
            self.rng.shuffle(order)
            train_epoch(
                self.net,
                self.optimizer,
                X,
                "softmax",
                y,
                order=order,
                batch_size=batch_size,
                rate=rate,
            )
            self._note("epoch")
        return self.events

    def _note(self, kind):
        masks = [mask.copy() for mask in self.net.masks]
        self.events.append((kind, masks, [m.copy() for m in self.net.matrices]))

    def _n_connections(self):
        return sum(int(mask.sum()) for mask in self.net.masks)

    def _goals(self, progress):
        """Return what each layer shall have: its excess over its end falls evenly."""
        if self.method.density is None:
            return self.final
        room = [m.size - n for m, n in zip(self.net.masks, self.final, strict=True)]
        sharing = slice(0, -1 if self.method.dense_output else None)
        positions = sum(mask.size for mask in self.net.masks[sharing])
        n_final = sum(self.final[sharing])
        density = self.method.density(n_final / positions, progress)
        n_more = max(0, round(min(density, 1.0) * positions) - n_final)
        excess = [a - b for a, b in zip(self.start, self.final, strict=True)]
        shares = bounded_shares(excess, n_more, [0] * len(room), room)
        more = largest_remainders(shares, n_more)
        return [a + b for a, b in zip(self.final, more, strict=True)]

    def _probe(self, X, y, batch_size):
        """Return the dense gradients of some batches."""
        rows = self.rng.permutation(len(y))[: self.method.n_batches * batch_size]
        gradients = []
        for start in range(0, len(rows), batch_size):
            batch = rows[start : start + batch_size]
            values, slopes = forward(self.net, X[batch])
            _, delta = losses_and_deltas("softmax", values[-1], y[batch])
            _, _, deltas = backpropagate(self.net, values, slopes, delta)
            gradients.append(
                [d.T @ x / len(batch) for d, x in zip(deltas, values[:-1], strict=True)]
            )
        return gradients

    def _rewire(self, X, y, batch_size, fraction, goals):
        net, state = self.net, self.state
        state.fixed = [
            bool(mask.all()) and goal == mask.size
            for mask, goal in zip(net.masks, goals, strict=True)
        ]
        if self.method.n_batches:
            state.gradients = self._probe(X, y, batch_size)
        gone = self._dropped(fraction, goals)
        kept = [mask & ~g for mask, g in zip(net.masks, gone, strict=True)]
        counts = self._counts(gone, kept, goals)
        grown = []
        for layer, (mask, count) in enumerate(zip(kept, counts, strict=True)):
            if state.fixed[layer]:
                grown.append(np.zeros_like(mask))
                continue
            positions = self.method.grow(state, layer, mask, count)
            assert len(set(positions.tolist())) == count
            grown.append(np.zeros_like(mask))
            grown[-1].ravel()[positions] = True
            assert not (grown[-1] & mask).any()
        self._carry_out(kept, grown)
        self._note("rewiring")

    def _dropped(self, fraction, goals):
        """Return what goes in each layer: what the rule says, and what must."""
        masks, fixed = self.net.masks, self.state.fixed
        n_now = [int(mask.sum()) for mask in masks]
        must_go = max(sum(n_now) - sum(goals), 0)
        if self.name in RANK_THE_NETWORK:
            ranked = sum(n for n, f in zip(n_now, fixed, strict=True) if not f)
            share = fraction + (1 - fraction) * must_go / ranked
            gone = self.method.drop(self.state, [share] * len(masks))
            return self._with_more(range(len(masks)), gone, must_go)
        quotas = [max(n - goal, 0) for n, goal in zip(n_now, goals, strict=True)]
        if self.method.share is not as_dropped:
            none, most = [0] * len(masks), [n - 1 for n in n_now]
            quotas = largest_remainders(
                bounded_shares(n_now, must_go, none, most), must_go
            )
        shares = [
            0.0 if f else fraction + (1 - fraction) * quota / n
            for f, quota, n in zip(fixed, quotas, n_now, strict=True)
        ]
        gone = self.method.drop(self.state, shares)
        gone = [np.zeros_like(g) if f else g for g, f in zip(gone, fixed, strict=True)]
        for layer, quota in enumerate(quotas):
            gone = self._with_more([layer], gone, quota)
        return gone

    def _with_more(self, layers, gone, goal):
        """Drop the smallest of what is left in some layers, but no layer's largest."""
        gone = [g.copy() for g in gone]
        candidates = []
        for layer in layers:
            alive = np.argwhere(self.net.masks[layer] & ~gone[layer]).tolist()
            sizes = [abs(self.net.matrices[layer][row, col]) for row, col in alive]
            places = zip(sizes, alive, range(len(alive)), strict=True)
            spared = int(np.argmax(sizes)) if sizes else None
            candidates += [(s, layer, at) for s, at, k in places if k != spared]
        missing = goal - sum(int(gone[layer].sum()) for layer in layers)
        for _, layer, (row, column) in sorted(candidates)[: max(missing, 0)]:
            gone[layer][row, column] = True
        return gone

    def _counts(self, gone, kept, goals):
        """Return how many connections each layer grows."""
        if self.method.share is as_dropped and self.name not in RANK_THE_NETWORK:
            return [n - int(k.sum()) for n, k in zip(goals, kept, strict=True)]
        count = sum(goals) - sum(int(mask.sum()) for mask in kept)
        lower = [int(not mask.any()) for mask in kept]
        upper = [int((~mask).sum()) for mask in kept]
        weights = self.method.share(self.state, gone, kept)
        return largest_remainders(bounded_shares(weights, count, lower, upper), count)

    def _carry_out(self, kept, grown):
        """Set the weight and the moments to zero where no connection survived."""
        net, state = self.net, self.state
        net.masks = [k | g for k, g in zip(kept, grown, strict=True)]
        moments = (self.optimizer.first, self.optimizer.second)
        for layer, mask in enumerate(kept):
            net.matrices[layer] = np.where(mask, net.matrices[layer], 0.0)
            for moment in moments:
                if ("matrix", layer) in moment:
                    old = moment["matrix", layer]
                    moment["matrix", layer] = np.where(mask, old, 0.0)
            state.explored[layer] |= grown[layer]
        if self.method.rewinds:
            matrices, biases = self.first
            net.matrices = [
                np.where(k, m, 0.0) for k, m in zip(kept, matrices, strict=True)
            ]
            net.biases = [bias.copy() for bias in biases]
            for moment in moments:
                moment.clear()
            self.optimizer.step = 0
        if self.method.knows_signs:
            self._note_signs()

    def _note_signs(self):
        """Draw signs for the connections whose weight is zero."""
        signs = [np.sign(matrix) for matrix in self.net.matrices]
        fresh = [
            mask & (sign == 0) for mask, sign in zip(self.net.masks, signs, strict=True)
        ]
        n_fresh = [int(f.sum()) for f in fresh]
        drawn = 2 * self.rng.integers(2, size=sum(n_fresh)) - 1
        parts = np.split(drawn, np.cumsum(n_fresh)[:-1])
        for sign, where, part in zip(signs, fresh, parts, strict=True):
            sign[where] = part
        self.state.signs = signs
