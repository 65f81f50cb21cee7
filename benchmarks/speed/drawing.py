"""The figures of the measured curves."""

from benchmarks.speed.libraries import DENSE

# Okabe and Ito's palette: can be told apart with any kind of colour vision.
BLUE, RED, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
GREY = "#666666"
COLOURS = {
    "sparsekit": BLUE,
    "sparsekit SET": RED,
    "sparsekit dense": BLUE,
    "scikit-learn": ORANGE,
    "PyTorch": RED,
    "PyTorch CSR": GREY,
    "SparseLab": GREEN,
}

# By count, on layers but the first, see docs/performance.md.
BYTES_PER_CONNECTION = 28


def _axes(n_panels=1):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, n_panels, figsize=(6.4 if n_panels == 1 else 9.6, 4.2), layout="constrained"
    )
    for ax in figure.axes:
        ax.grid(alpha=0.25, linewidth=0.6)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_xscale("log")
    return figure, axes


def _decades(axis):
    """Label a logarithmic axis at powers of ten only."""
    from matplotlib.ticker import NullFormatter

    axis.set_minor_formatter(NullFormatter())


def _plain_numbers(axis, numbers):
    """Label a logarithmic axis with these numbers, written out."""
    from matplotlib.ticker import NullLocator

    axis.set_ticks(numbers, [f"{number:g}" for number in numbers])
    axis.set_minor_locator(NullLocator())


def draw_break_even(data):
    """Milliseconds per step against density; dense libraries are level lines."""
    figure, ax = _axes()
    for library, curve in data.groupby("library", sort=False):
        if library in DENSE:
            ax.axhline(
                curve["ms_per_step"].iloc[0],
                color=COLOURS[library],
                linestyle="-." if library == "PyTorch" else "--",
                label=f"{library}, every connection"
                if library == "sparsekit dense"
                else f"{library}, dense",
            )
        else:
            ax.plot(
                curve["density"],
                curve["ms_per_step"],
                "o-" if library == "sparsekit" else "s-",
                color=COLOURS[library],
                label=library,
                markersize=4,
            )
    ax.set_yscale("log")
    _plain_numbers(ax.xaxis, [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1])
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set(xlabel="density of the network", ylabel="ms per step, one thread")
    ax.set_title("784-1000-1000-1000-10, batches of 128 rows", fontsize="medium")
    ax.legend(fontsize="small")
    return figure


def draw_width(data):
    """Nanoseconds per connection and step against the width of a layer."""
    figure, ax = _axes()
    for (n_threads, curve), style in zip(
        data.groupby("n_threads"), ("o-", "s--"), strict=False
    ):
        ax.plot(
            curve["width"],
            curve["ns_per_connection_and_step"],
            style,
            color=BLUE if n_threads == 1 else RED,
            label="1 thread" if n_threads == 1 else f"{n_threads} threads",
        )
    _plain_numbers(ax.xaxis, sorted(data["width"].unique()))
    ax.set_ylim(bottom=0)
    ax.set(
        xlabel="neurons per layer",
        ylabel="ns per connection and step of 128 rows",
    )
    ax.set_title("three hidden layers, 1 % density", fontsize="medium")
    ax.legend(fontsize="small")
    return figure


def draw_memory(data):
    """Bytes per connection against connections."""
    figure, ax = _axes()
    names = {"sparsekit": "static", "sparsekit SET": "SET"}
    kinds = {"whole": "less the imports", "arrays": "less compiled code, too"}
    for library, curve in data.groupby("library", sort=False):
        for (kind, meaning), style in zip(kinds.items(), ("--", "-"), strict=True):
            ax.plot(
                curve["n_connections"],
                curve[kind],
                color=COLOURS[library],
                linestyle=style,
                marker="o",
                markersize=4,
                label=f"{names[library]}, {meaning}",
            )
    label = f"by count: {BYTES_PER_CONNECTION}"
    ax.axhline(BYTES_PER_CONNECTION, color=GREY, linestyle=":", label=label)
    ax.set_yscale("log")
    _plain_numbers(ax.yaxis, [10, 20, 50, 100, 200, 500, 1000])
    ax.set_ylim(bottom=10)
    _decades(ax.xaxis)
    ax.set(xlabel="connections", ylabel="bytes per connection, peak of the process")
    ax.legend(fontsize="small")
    return figure


def draw_rewiring(data):
    """Milliseconds of a rewiring, and its share of an epoch, against connections."""
    figure, (left, right) = _axes(n_panels=2)
    n, milliseconds = data["n_connections"], data["ms_per_rewiring"]
    left.plot(n, milliseconds, "o-", color=BLUE, label="measured")
    left.plot(
        n,
        milliseconds.iloc[0] * n / n.iloc[0],
        color=GREY,
        linestyle=":",
        label="in proportion to connections",
    )
    left.set_yscale("log")
    for axis in (left.xaxis, left.yaxis, right.xaxis):
        _decades(axis)
    left.set(xlabel="connections", ylabel="ms per rewiring")
    left.legend(fontsize="small")
    right.plot(n, 100 * milliseconds / data["ms_per_epoch"], "o-", color=BLUE)
    right.set_ylim(bottom=0)
    right.set(xlabel="connections", ylabel="share of an epoch of 60,000 rows [%]")
    return figure


DRAWINGS = {
    "break_even": draw_break_even,
    "width": draw_width,
    "memory": draw_memory,
    "rewiring": draw_rewiring,
}
