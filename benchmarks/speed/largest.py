"""Train a network as large as memory allows, one batch after another.

`python -m benchmarks.speed.largest --neurons 50_000_000 --threads 2`: 65,536 inputs,
and hidden layers of one size that make up the number of neurons. Connections are drawn
by the Erdos-Renyi rule, `--epsilon` of them for each neuron that a layer reads and for
each of its own. Between the epochs of `--batches` batches SET rewires.
"""

import argparse
import time
import warnings
from itertools import pairwise

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.speed.measure import peak_bytes
from sparsekit import SETMLPClassifier

N_CLASSES = 10


def level_sizes(n_neurons, n_inputs, n_hidden_layers):
    """Return the neurons per level; all of them sum to `n_neurons`."""
    rest = n_neurons - n_inputs - N_CLASSES
    each, left = divmod(rest, n_hidden_layers)
    if each < 1:
        raise ValueError(f"{n_neurons} neurons leave none for the hidden layers.")
    hidden = [each + (layer < left) for layer in range(n_hidden_layers)]
    return [n_inputs, *hidden, N_CLASSES]


def train(sizes, *, epsilon, batch_size, n_batches, n_epochs, n_threads):
    """Train a SET network of these sizes; return what it took.

    Returns
    -------
    dict
        `n_neurons`, `n_connections`, `sparsity`; in seconds, `step` and `other`, which
        is building and rewiring; `peak` in bytes and, of what the process did not have
        before, `bytes_per_connection`.
    """
    positions = sum(n_in * n_out for n_in, n_out in pairwise(sizes))
    wanted = epsilon * sum(n_in + n_out for n_in, n_out in pairwise(sizes))
    rng = np.random.default_rng(0)
    n_rows = batch_size * n_batches
    X = rng.standard_normal((n_rows, sizes[0]), dtype=np.float32)
    y = np.arange(n_rows) % N_CLASSES
    net = SETMLPClassifier(
        hidden_layer_sizes=sizes[1:-1],
        sparsity=max(0.0, 1.0 - wanted / positions),
        solver="sgd",
        batch_size=batch_size,
        max_iter=n_epochs,
        n_iter_no_change=10**6,
        random_state=0,
        n_jobs=n_threads,
    )
    before = peak_bytes()
    begin = time.perf_counter()
    with warnings.catch_warnings():
        # A fixed number of epochs is what is wanted.
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(X, y)
    seconds = time.perf_counter() - begin
    epochs = [row["seconds"] for row in net.history_]
    peak = peak_bytes()
    return {
        "n_neurons": sum(sizes),
        "n_connections": net.n_connections_,
        "sparsity": net.sparsity_,
        # The first epoch may wait for the compiler.
        "step": float(np.median(epochs[1:])) / n_batches,
        "other": seconds - sum(epochs),
        "peak": peak,
        "bytes_per_connection": (peak - before) / net.n_connections_,
    }


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.largest", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--neurons", type=int, default=50_000_000)
    parser.add_argument("--inputs", type=int, default=65_536)
    parser.add_argument("--layers", type=int, default=10, help="hidden layers")
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--batches", type=int, default=4, help="in an epoch")
    parser.add_argument("--epochs", type=int, default=2, help="at least 2")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    if options.epochs < 2:
        parser.error("the first epoch is not timed: --epochs must be 2 or more.")
    sizes = level_sizes(options.neurons, options.inputs, options.layers)
    result = train(
        sizes,
        epsilon=options.epsilon,
        batch_size=options.batch_size,
        n_batches=options.batches,
        n_epochs=options.epochs,
        n_threads=options.threads,
    )
    print(f"{result['n_neurons']:,} neurons in levels of {sizes}")
    print(
        f"{result['n_connections']:,} connections, sparsity {result['sparsity']:.10f}"
    )
    print(f"{result['step']:.4g} seconds per step of {options.batch_size} rows")
    print(f"{result['other']:.4g} seconds to build and rewire")
    print(f"{result['bytes_per_connection']:.1f} bytes per connection")
    print(f"{result['peak'] / 2**30:.2f} GiB at the peak")


if __name__ == "__main__":
    main()
