"""Gradients of single samples: their norm, and how much of them the topology holds."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.difficulty._checks import check_models
from sparsekit.difficulty._record import row_index
from sparsekit.neural_network import sample_gradient_squares

if TYPE_CHECKING:
    from pandas import DataFrame


def grand_scores(networks: Any, X: Any, y: Any, *, active: bool = True) -> "DataFrame":
    """Norm of the gradient of each sample's loss, GraNd [1]_.

    Exact, on the connections that exist, without dropout and penalty; biases included.

    Parameters
    ----------
    networks : estimator or list of estimators
        Fitted networks, best a few epochs into training: at initialisation the norm
        tells little more than that of the inputs [2]_. The paper averages over ten.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes or targets of the rows.
    active : bool, default=True
        False takes the gradient at all positions instead, as if the network were
        dense with zeros where connections are absent.

    Returns
    -------
    DataFrame
        Indexed like X. ``grand``: mean norm over the networks; ``grand_std``.

    Raises
    ------
    ValueError
        Without a network, and for networks with ``missing="expected"`` or
        `missing_scaling`.

    Notes
    -----
    O(connections + neurons) per sample and network.

    References
    ----------
    .. [1] Paul, Ganguli and Dziugaite, "Deep learning on a data diet: finding important
       examples early in training", NeurIPS 2021.
    .. [2] Kirsch, "Does 'Deep learning on a data diet' reproduce? Overall yes, but
       GraNd at initialization does not", arXiv 2303.14753, 2023.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import grand_scores
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(random_state=0).fit(X, y)
    >>> grand_scores(net, X, y).shape
    (150, 2)
    """
    import pandas as pd

    norms = []
    for network in check_models("networks", networks):
        on_topology, everywhere, bias = sample_gradient_squares(network, X, y)
        weights = on_topology if active else everywhere
        norms.append(np.sqrt((weights + bias).sum(axis=1)))
    return pd.DataFrame(
        {"grand": np.mean(norms, axis=0), "grand_std": np.std(norms, axis=0)},
        index=row_index(X, len(norms[0])),
    )


def gradient_coverage(network: Any, X: Any, y: Any) -> "DataFrame":
    """Fraction of each sample's gradient that lies on the connections that exist.

    The gradient of a sample at all positions of the weight matrices says which
    connections it asks for. Of its squared norm, the share on existing connections is
    what the topology lets the sample have.

    Parameters
    ----------
    network : estimator
        A fitted network.
    X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
        Rows, NaN where a value is missing.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Classes or targets of the rows.

    Returns
    -------
    DataFrame
        Indexed like X:

        - coverage: that share, in [0, 1]; NaN where the gradient is zero;
        - expected: what it would be on average if each layer had as many connections
          at random positions;
        - lift: `coverage` / `expected`. Above 1 the topology serves the sample.

    Raises
    ------
    ValueError
        For networks with ``missing="expected"`` or `missing_scaling`.

    Notes
    -----
    O(connections + neurons) per sample. The score is sparsekit's own.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import DenseMLPClassifier
    >>> from sparsekit.difficulty import gradient_coverage
    >>> X, y = load_iris(return_X_y=True)
    >>> net = DenseMLPClassifier(random_state=0).fit(X, y)
    >>> bool((gradient_coverage(net, X, y)["coverage"].round(6) == 1).all())
    True
    """
    import pandas as pd

    active, full, _ = sample_gradient_squares(network, X, y)
    densities = network.summary()["density"].drop("total").to_numpy()
    total = full.sum(axis=1)
    total[total == 0] = np.nan
    coverage, expected = active.sum(axis=1) / total, full @ densities / total
    return pd.DataFrame(
        {"coverage": coverage, "expected": expected, "lift": coverage / expected},
        index=row_index(X, len(total)),
    )
