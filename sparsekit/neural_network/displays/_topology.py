"""The figure of a network's connections: degrees, inputs, or a layer in blocks."""

import math
from typing import Any, Self

import numpy as np

from sparsekit._utils._figures import COLOURS, import_pyplot
from sparsekit.neural_network._fitted_network import check_fitted_network

COLOUR_MAP = "viridis"
# A layer is shown as an image of at most as many blocks on a side.
MAX_BLOCKS = 64


class TopologyDisplay:
    """What the connections of a network look like.

    It is recommended to use `from_estimator` to make a display.

    Parameters
    ----------
    degrees : list of tuple of (ndarray, ndarray)
        For each layer the connections of each output neuron and those of each input
        neuron.
    blocks : list of ndarray of shape (n_blocks_out, n_blocks_in)
        For each layer the density of blocks of neighbouring neurons.
    importances : ndarray of shape (n_features,)
        `feature_importances_` of the network.
    feature_degrees : ndarray of shape (n_features,)
        Connections of each feature in the first layer, those of its indicator included.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes that were drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    LossCurveDisplay : How the network got there.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_digits
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.neural_network import TopologyDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> net = SETMLPClassifier((50,), sparsity=0.8, tol=0.1, random_state=0).fit(X, y)
    >>> display = TopologyDisplay.from_estimator(net, kind="inputs")
    >>> display.ax_.images[0].get_array().shape
    (8, 8)
    """

    def __init__(self, *, degrees, blocks, importances, feature_degrees) -> None:
        self.degrees = degrees
        self.blocks = blocks
        self.importances = importances
        self.feature_degrees = feature_degrees

    def __repr__(self):
        n_connections = sum(int(fan_in.sum()) for fan_in, _ in self.degrees)
        return (
            f"TopologyDisplay({len(self.degrees)} layers, {n_connections} connections)"
        )

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None, **options: Any) -> Self:
        """Draw the connections of a fitted network.

        Parameters
        ----------
        estimator : object
            A fitted network of sparsekit.
        ax : matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.
        **options : dict
            The other parameters of :meth:`plot`.

        Returns
        -------
        TopologyDisplay
            The display, drawn. Complexity: O(connections + neurons).

        Raises
        ------
        TypeError
            For another estimator.
        sklearn.exceptions.NotFittedError
            For an estimator that is not fitted.
        """
        check_fitted_network(estimator)
        layers = estimator._network.layers()
        degrees = [
            (np.diff(layer.indptr), np.bincount(layer.indices, minlength=layer.n_in))
            for layer in layers
        ]
        n_features = estimator.n_features_in_
        feature_degrees = degrees[0][1][:n_features].copy()
        feature_degrees[estimator.indicator_features_] += degrees[0][1][n_features:]
        display = cls(
            degrees=degrees,
            blocks=[_blocks(layer) for layer in layers],
            importances=estimator.feature_importances_,
            feature_degrees=feature_degrees,
        )
        return display.plot(ax, **options)

    def plot(
        self, ax=None, *, kind="degrees", layer=1, values="degrees", image_shape=None
    ) -> Self:
        """Draw the figure.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        kind : {"degrees", "inputs", "blocks"}, default="degrees"
            "degrees": for every layer the share of its output neurons (solid) and of
            its input neurons (dashed) that have at least so many connections.
            "inputs": the features, as an image if they have a shape, else as bars.
            "blocks": one layer as an image; the colour is the density of a block of
            neighbouring neurons, output neurons from top to bottom.
        layer : int, default=1
            Which layer "blocks" shows, 1 for the first.
        values : {"degrees", "importances"}, default="degrees"
            What "inputs" shows: connections of each feature, or its share of the
            absolute weights, `feature_importances_`.
        image_shape : tuple of (int, int), default=None
            Height and width of the image of the features. None makes a square of a
            square number of features (nine at least), and bars of others.

        Returns
        -------
        TopologyDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `kind`, `values` or `layer` is none of those there are, or `image_shape`
            does not fit the number of features.
        """
        draw = self._drawing(kind, layer, values, image_shape)
        if ax is None:
            plt = import_pyplot("TopologyDisplay")
            _, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
        draw(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _drawing(self, kind, layer, values, image_shape):
        """Check the parameters; return what draws on given axes."""
        if kind == "degrees":
            return self._draw_degrees
        if kind == "blocks":
            if layer not in range(1, len(self.blocks) + 1):
                raise ValueError(
                    f"layer must be a number from 1 to {len(self.blocks)}, got {layer}."
                )
            return lambda ax: self._draw_blocks(ax, layer)
        if kind != "inputs":
            raise ValueError(
                f"kind must be 'degrees', 'inputs' or 'blocks', got {kind!r}."
            )
        shown = {"degrees": self.feature_degrees, "importances": self.importances}
        if values not in shown:
            raise ValueError(
                f"values must be 'degrees' or 'importances', got {values!r}."
            )
        label = "connections" if values == "degrees" else "share of absolute weights"
        shape = _image_shape(image_shape, shown[values].size)
        if shape is None:
            return lambda ax: _draw_bars(ax, shown[values], label)
        return lambda ax: _draw_image(ax, shown[values].reshape(shape), label)

    def _draw_degrees(self, ax):
        for number, (fan_in, fan_out) in enumerate(self.degrees, start=1):
            colour = COLOURS[(number - 1) % len(COLOURS)]
            for name, counts, style in (("in", fan_in, "-"), ("out", fan_out, "--")):
                values, shares = _at_least(counts)
                label = f"layer {number}, fan-{name}"
                ax.step(values, shares, style, where="pre", color=colour, label=label)
        ax.set(xlabel="connections", ylabel="share of neurons with at least as many")
        ax.set_xscale("symlog", linthresh=1)
        ax.set(xlim=(0, None), ylim=(0, 1.02))
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(
            frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5)
        )

    def _draw_blocks(self, ax, layer):
        fan_in, fan_out = self.degrees[layer - 1]
        drawn = ax.imshow(
            self.blocks[layer - 1],
            cmap=COLOUR_MAP,
            vmin=0,
            aspect="auto",
            interpolation="nearest",
            extent=(0, fan_out.size, fan_in.size, 0),
        )
        ax.figure.colorbar(drawn, ax=ax, label="density")
        ax.set(xlabel="input neuron", ylabel="output neuron", title=f"layer {layer}")


def _blocks(layer):
    """Return the density of blocks of neurons, at most MAX_BLOCKS on a side."""
    n_rows, n_columns = (min(n, MAX_BLOCKS) for n in (layer.n_out, layer.n_in))
    row_of = np.arange(layer.n_out) * n_rows // layer.n_out
    column_of = np.arange(layer.n_in) * n_columns // layer.n_in
    rows = np.repeat(row_of, np.diff(layer.indptr))
    counts = np.bincount(
        rows * n_columns + column_of[layer.indices], minlength=n_rows * n_columns
    ).reshape(n_rows, n_columns)
    return counts / np.outer(np.bincount(row_of), np.bincount(column_of))


def _at_least(counts):
    """Return each number of connections and the share of neurons that reach it."""
    values, n_neurons = np.unique(counts, return_counts=True)
    reach = np.cumsum(n_neurons[::-1])[::-1] / counts.size
    ends = np.concatenate([[0], values, values[-1:]])
    return ends, np.concatenate([[1.0], reach, [0.0]])


def _image_shape(image_shape, n_features):
    """Return height and width of an image of the features; None for bars."""
    if image_shape is None:
        side = math.isqrt(n_features)
        return (side, side) if side * side == n_features and side > 2 else None
    if math.prod(image_shape) != n_features:
        raise ValueError(
            f"image_shape={image_shape} has {math.prod(image_shape)} pixels, but there "
            f"are {n_features} features."
        )
    return tuple(image_shape)


def _draw_image(ax, image, label):
    drawn = ax.imshow(image, cmap=COLOUR_MAP, vmin=0)
    ax.figure.colorbar(drawn, ax=ax, label=label)
    ax.set(xticks=[], yticks=[])


def _draw_bars(ax, heights, label):
    ax.bar(np.arange(heights.size), heights, width=0.9, color=COLOURS[0])
    ax.set(xlabel="feature", ylabel=label)
    ax.spines[["top", "right"]].set_visible(False)
