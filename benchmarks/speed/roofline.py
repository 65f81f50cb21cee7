"""How near the kernels come to what one core of the machine can do.

`python -m benchmarks.speed.roofline` measures the core's peak of fused multiply-adds
and the bandwidth of its second-level cache and of memory, then the kernels of a 1000 x
1000 layer and of larger arrays, and prints which share of each limit a kernel reaches.
The largest share of a row is what limits the kernel; where all are small it is waiting
for memory at addresses that cannot be foreseen, or busy with index work.
"""

import argparse
import time
from typing import NamedTuple

import numba
import numpy as np

from benchmarks.speed.networks import square_of, trainer_for
from sparsekit.kernels._lanes import (
    fill,
    lanes_of,
    load,
    multiply_add,
    store,
    width_of,
)
from sparsekit.kernels.backward import backward_inputs, gradient_by_row
from sparsekit.kernels.forward import forward_tile
from sparsekit.kernels.optimizer import update
from sparsekit.topology import RandomGrower, SETPruner

# What a core takes in one register or two; the kernels' own tiles are wider.
_LANES = lanes_of(np.float32, 16)
_L2_BYTES = 256 * 1024
_DRAM_BYTES = 256 * 1024**2
_SIDE = 1000


class Limits(NamedTuple):
    """What one core of this machine can do, per second."""

    flops: float
    l2_bytes: float
    dram_bytes: float


class Kernel(NamedTuple):
    """What a call of a kernel does, and how long it takes.

    `l2_bytes` counts what is read and written where the arrays of a 1000 x 1000 layer
    are in the second-level cache; `dram_bytes` what must come from and go to memory.
    """

    name: str
    seconds: float
    flops: float = 0.0
    l2_bytes: float = 0.0
    dram_bytes: float = 0.0


@numba.njit(error_model="numpy")
def _multiply_adds(lanes, array, repeats):
    """Run ten chains of multiply-adds: enough to hide the latency of each."""
    width = width_of(lanes)
    x = load(lanes, array, 0)
    # From different places: equal chains would be computed once.
    a, b = load(lanes, array, width), load(lanes, array, 2 * width)
    c, d = load(lanes, array, 3 * width), load(lanes, array, 4 * width)
    e, f = load(lanes, array, 5 * width), load(lanes, array, 6 * width)
    g, h = load(lanes, array, 7 * width), load(lanes, array, 8 * width)
    i, j = load(lanes, array, 9 * width), load(lanes, array, 10 * width)
    for _ in range(repeats):
        a, b = multiply_add(a, x, x), multiply_add(b, x, x)
        c, d = multiply_add(c, x, x), multiply_add(d, x, x)
        e, f = multiply_add(e, x, x), multiply_add(f, x, x)
        g, h = multiply_add(g, x, x), multiply_add(h, x, x)
        i, j = multiply_add(i, x, x), multiply_add(j, x, x)
    for k, value in enumerate((a, b, c, d, e, f, g, h, i, j)):
        store(array, (k + 1) * width, value)


@numba.njit(error_model="numpy")
def _read(lanes, array, out, repeats):
    """Read an array again and again, in four streams: one does not fill the bus."""
    width = width_of(lanes)
    part = array.size // 4
    one = fill(lanes, array.dtype.type(1))
    a, b, c, d = one, one, one, one
    for _ in range(repeats):
        for k in range(0, part, width):
            a = multiply_add(load(lanes, array, k), one, a)
            b = multiply_add(load(lanes, array, k + part), one, b)
            c = multiply_add(load(lanes, array, k + 2 * part), one, c)
            d = multiply_add(load(lanes, array, k + 3 * part), one, d)
    for k, value in enumerate((a, b, c, d)):
        store(out, k * width, value)


@numba.njit(error_model="numpy")
def _rewrite(lanes, array, repeats):
    """Read and write an array again and again: both directions of the bus are used."""
    width = width_of(lanes)
    part = array.size // 4
    half = fill(lanes, array.dtype.type(0.5))
    for _ in range(repeats):
        for k in range(0, part, width):
            for at in (k, k + part, k + 2 * part, k + 3 * part):
                store(array, at, multiply_add(load(lanes, array, at), half, half))


@numba.njit(error_model="numpy")
def _forward(lanes, net, values, deltas, noise, repeats):
    for _ in range(repeats):
        forward_tile(lanes, net, 2, 0, 1, values, deltas, noise, 1)


@numba.njit(error_model="numpy")
def _backward(lanes, net, values, deltas, noise, gradient, repeats):
    n = net.sizes[1]
    for _ in range(repeats):
        backward_inputs(lanes, net, 1, 0, n, 0, 1, values, deltas, noise, gradient)


@numba.njit(error_model="numpy")
def _gradient(lanes, net, values, deltas, gradient, repeats):
    for _ in range(repeats):
        gradient_by_row(lanes, net, 0, net.sizes[1], 1, values, deltas, gradient)


@numba.njit(error_model="numpy")
def _update(rule, weights, gradient, velocity, repeats):
    for step in range(repeats):
        update(rule, weights, gradient, velocity, weights[:0], 1.0, 0.0, 0.0, step + 1)


def fastest(function, *arguments, repeats, rounds=7):
    """Return the seconds of one repeat: of several rounds, the fastest.

    A limit is what the machine can do when nothing disturbs it.
    """
    function(*arguments, 1)  # compiles
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        function(*arguments, repeats)
        times.append(time.perf_counter() - begin)
    return min(times) / repeats


def measure_limits(*, dram_bytes=_DRAM_BYTES, repeats=200_000):
    """Measure the limits of one core."""
    few = np.full(11 * 16, 0.5, dtype=np.float32)
    flops = 2 * 10 * 16 / fastest(_multiply_adds, _LANES, few, repeats=repeats)
    # The layers' kernels read from the cache; what goes to memory reads and writes.
    array = np.ones(_L2_BYTES // 4, dtype=np.float32)
    turns = max(1, repeats * 1024 // _L2_BYTES)
    l2_bytes = _L2_BYTES / fastest(_read, _LANES, array, few, repeats=turns)
    array = np.ones(dram_bytes // 4, dtype=np.float32)
    moved = 2 * dram_bytes / fastest(_rewrite, _LANES, array, repeats=2)
    return Limits(flops, l2_bytes, moved)


def layer_kernels(density, *, repeats=100):
    """Measure the kernels of layers of 1000 x 1000 on one tile of 64 rows."""
    work = square_of(3 * density * _SIDE**2, density, batch_size=64)
    trainer = trainer_for(work)
    lanes, width = trainer._lanes, trainer._n_lanes
    trainer.run_epoch(np.arange(work.batch_size), work.learning_rate)
    net, values, deltas = trainer.ready()[0], trainer.values, trainer.deltas
    first, second = (trainer.network.connections(layer) for layer in (1, 2))
    n_first, n_second = first.stop - first.start, second.stop - second.start
    gradient = np.zeros(max(n_first, n_second), dtype=np.float32)
    # A connection reads the lanes of one neuron, its weight and its index.
    per_connection = 4 * width + 8
    name = f"at {100 * density:g} % density"
    return [
        Kernel(
            f"forward {name}",
            fastest(
                _forward, lanes, net, values, deltas, trainer.noise, repeats=repeats
            ),
            flops=2 * width * n_second,
            l2_bytes=per_connection * n_second,
        ),
        Kernel(
            f"backward {name}",
            fastest(
                _backward,
                lanes,
                net,
                values,
                deltas,
                trainer.noise,
                gradient,
                repeats=repeats,
            ),
            flops=4 * width * n_second,
            # And reads and writes its gradient.
            l2_bytes=(per_connection + 8) * n_second,
        ),
        Kernel(
            f"first layer's gradient {name}",
            fastest(_gradient, lanes, net, values, deltas, gradient, repeats=repeats),
            flops=2 * width * n_first,
            l2_bytes=(per_connection + 4) * n_first,
        ),
    ]


def update_kernel(n_parameters, *, repeats=5):
    """Measure SGD with momentum on arrays that fit no cache."""
    rule = trainer_for(square_of(3000, 0.1)).optimizer.config(0.01, np.dtype("float32"))
    weights, gradient, velocity = np.ones((3, n_parameters), dtype=np.float32)
    # Three numbers are read, two of them written.
    return Kernel(
        "update (SGD)",
        fastest(_update, rule, weights, gradient, velocity, repeats=repeats),
        flops=5 * n_parameters,
        dram_bytes=20 * n_parameters,
    )


def rewiring_kernel(n_connections, *, rounds=3):
    """Measure a rewiring of a network that fits no cache."""
    work = square_of(n_connections, 0.01, batch_size=16)
    trainer = trainer_for(work)
    rng = np.random.default_rng(0)

    def run(times):
        for _ in range(times):
            trainer.rewire(SETPruner(), RandomGrower(), 0.1, rng)

    # Weight, index and velocity are read and written once each, and two numbers of the
    # by-input index are written. That is the least: the choice of connections needs
    # passes of its own.
    return Kernel(
        "rewiring",
        fastest(run, repeats=1, rounds=rounds),
        dram_bytes=(12 + 12 + 8) * int(work.counts.sum()),
    )


def table(limits, kernels):
    """Return lines of text: what each kernel reaches, and shares of the limits."""
    giga = 1e9
    flops, l2_bytes, dram_bytes = (limit / giga for limit in limits)
    lines = [
        f"multiply-adds {flops:.1f} GFLOP/s, second-level cache {l2_bytes:.1f} GB/s, "
        f"memory {dram_bytes:.1f} GB/s",
        "",
        f"{'kernel':40s} {'GFLOP/s':>8s} {'of peak':>8s} {'of L2':>8s} {'of DRAM':>8s}",
    ]
    for kernel in kernels:
        rates = [
            kernel.flops / kernel.seconds,
            kernel.l2_bytes / kernel.seconds,
            kernel.dram_bytes / kernel.seconds,
        ]
        shares = [
            f"{rate / limit:8.0%}" if rate else f"{'-':>8s}"
            for rate, limit in zip(rates, limits, strict=True)
        ]
        speed = f"{rates[0] / giga:8.1f}" if rates[0] else f"{'-':>8s}"
        lines.append(f"{kernel.name:40s} {speed} {' '.join(shares)}")
    return lines


def main(arguments=None):
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.roofline", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true", help="small arrays, few rounds")
    quick = parser.parse_args(arguments).quick
    size = 100_000 if quick else 10_000_000
    options = {"dram_bytes": 4 * 1024**2, "repeats": 1000} if quick else {}
    kernels = []
    for density in (0.01, 0.1):
        kernels += layer_kernels(density, repeats=2 if quick else 100)
    kernels += [update_kernel(size), rewiring_kernel(size)]
    print("\n".join(table(measure_limits(**options), kernels)))


if __name__ == "__main__":
    main()
