"""Dataset maps: how sure a network is of each sample, and how much that varies."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sparsekit.difficulty._checks import check_fraction
from sparsekit.difficulty._record import record_of, table_of

if TYPE_CHECKING:
    from pandas import DataFrame


def cartography(record: Any, *, ambiguous: float = 1 / 3) -> "DataFrame":
    """Place each sample on a map of the data.

    Parameters
    ----------
    record : estimator or dict
        A network fitted with `record`, or its `record_`.
    ambiguous : float in (0, 1), default=1 / 3
        Fraction of the samples that the region "ambiguous" holds.

    Returns
    -------
    DataFrame
        Indexed like the rows of X; rows that were held out have NaN:

        - confidence: mean over training of the probability p of the sample's label
          [1]_ (of all its labels together, for label indicators). In a regression p is
          ``exp(-r**2 / 2)``, with the residual r in units in which the network learns
          and its square averaged over outputs;
        - variability: standard deviation of p [1]_;
        - aleatoric: mean of p (1 - p) [2]_, which does not grow with the length of
          training;
        - correctness: fraction of the times that the prediction was right;
        - region: "ambiguous" for the share with the largest variability, "easy" or
          "hard" for the others, with a confidence of at least 0.5 or less.

    Raises
    ------
    ValueError
        If `ambiguous` is out of range, or the network has no record.
    TypeError
        If `record` is neither a network nor a record.

    References
    ----------
    .. [1] Swayamdipta, Schwartz, Lourie, Wang, Hajishirzi, Smith and Choi, "Dataset
       cartography: mapping and diagnosing datasets with training dynamics", EMNLP 2020.
    .. [2] Seedat, Crabbe, Bica and van der Schaar, "Data-IQ: characterizing subgroups
       with heterogeneous outcomes in tabular data", NeurIPS 2022.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sparsekit import SETMLPClassifier
    >>> from sparsekit.difficulty import cartography
    >>> X, y = load_iris(return_X_y=True)
    >>> net = SETMLPClassifier(record="epoch", random_state=0)
    >>> cartography(net.fit(X, y)).columns.tolist()
    ['confidence', 'variability', 'aleatoric', 'correctness', 'region']
    """
    check_fraction("ambiguous", ambiguous)
    record = record_of(record)
    mean = record["confidence_mean"].astype(np.float64)
    deviation = record["confidence_std"].astype(np.float64)
    seen = record["n_seen"] > 0
    region = np.where(mean >= 0.5, "easy", "hard").astype(object)
    # The order of equal values is that of the rows.
    order = np.argsort(-deviation[seen], kind="stable")
    most = order[: round(ambiguous * seen.sum())]
    region[np.flatnonzero(seen)[most]] = "ambiguous"
    return table_of(
        record,
        {
            "confidence": mean,
            "variability": deviation,
            "aleatoric": mean - mean**2 - deviation**2,
            "correctness": record["n_correct"] / np.maximum(record["n_seen"], 1),
            "region": region,
        },
    )
