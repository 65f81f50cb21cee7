"""Whether the weights that an epoch leaves have a loss on the training rows."""

import numpy as np

from sparsekit.kernels.forward import PIECEWISE
from sparsekit.kernels.losses import POISSON, SQUARED
from sparsekit.network._sample_losses import losses_of
from sparsekit.network._samples import n_samples_of


class Soundness:
    """Tells whether every training row has a finite loss under some weights.

    A bound on the outputs says so of all but weights that explode, in the time of a
    pass over the connections; where it cannot, a forward pass over all rows does.

    Parameters
    ----------
    trainer : Trainer
        Its samples, targets and holes are those of all weights that are looked at.
    """

    def __init__(self, trainer):
        samples, holes = trainer.samples, trainer.holes
        self.bound = _largest(samples.dense, samples.data, samples.fill)
        if holes is not None:
            # Scaling multiplies by no more than the number of inputs, and an expected
            # activation is no larger than mean and deviation of its sum together.
            deviation = np.sqrt(_largest(holes.variance))
            known = max(self.bound, _largest(holes.mean), deviation)
            self.bound = 2.0 * known * float(trainer.network.sizes[0])
        # A sum of squares is no smaller than the square of the largest.
        self.bound *= np.sqrt(float(trainer.network.sizes[0]))
        largest = float(np.finfo(trainer.network.dtype).max)
        if trainer.loss.kind == SQUARED:
            largest = np.sqrt(largest)
        elif trainer.loss.kind >= POISSON:
            # So far from zero, the exponential is a small part of the largest number.
            largest = 5.0 * np.log(largest)
        self.limit = 0.1 * largest
        self.rows = np.arange(n_samples_of(samples))

    def of(self, trainer):
        """Return whether the network that a trainer holds now is sound."""
        with np.errstate(over="ignore", invalid="ignore"):
            if self._largest_output(trainer.network) < self.limit:
                return True
            return bool(np.isfinite(losses_of(trainer, self.rows)).all())

    def _largest_output(self, network):
        """Return a bound on the root of the summed squares of a row's outputs."""
        norm = self.bound
        for number in range(1, network.n_layers + 1):
            weights = network.weights[network.connections(number)]
            biases = network.biases[network.rows(number)]
            norm = norm * _norm(weights) + _norm(biases)
            if not norm < self.limit:
                return norm  # a bounded activation would hide it
            if number < network.n_layers:
                if network.kinds[number] == PIECEWISE:
                    norm *= max(1.0, abs(float(network.slopes[number])))
                else:
                    norm = np.sqrt(biases.size)
        return norm


def _norm(values):
    """Return the root of the sum of squares: infinity where these overflow."""
    return np.sqrt(float(np.einsum("i,i->", values, values)))


def _largest(*arrays):
    """Return the largest absolute value among arrays, NaN left out."""
    largest = 0.0
    for array in arrays:
        above = np.fmax.reduce(array, axis=None, initial=0.0)
        below = np.fmin.reduce(array, axis=None, initial=0.0)
        largest = max(largest, float(above), -float(below))
    return largest
