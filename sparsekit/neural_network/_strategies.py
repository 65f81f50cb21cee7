"""From parameters to strategies of rewiring, and what these may ask about the data."""

import numpy as np
from sklearn.base import clone

from sparsekit.topology import ObservedGrower, RandomGrower

GROWERS = {"random": RandomGrower, "observed": ObservedGrower}


def grower_of(given):
    """Return the grower that a name or an instance stands for."""
    return GROWERS[given]() if isinstance(given, str) else clone(given, safe=False)


def facts_for(needs, inputs, n_layers):
    """Return what strategies ask for, a value for each layer.

    Parameters
    ----------
    needs : frozenset of str
        See :func:`sparsekit.topology.needs_of`.
    inputs : dict
        See `learn_inputs`.
    n_layers : int

    Returns
    -------
    dict of str to list
        ``input_rates``: share of the rows in which an input of the first layer says
        something: a value where it is observed, an indicator where it is missing.
    """
    if "input_rates" not in needs:
        return {}
    observed = inputs["n_seen"] / inputs["n_rows"]
    rates = np.concatenate([observed, 1.0 - observed[inputs["indicators"]]])
    # Rounding of weighted counts may leave the unit interval.
    return {"input_rates": [np.clip(rates, 0.0, 1.0), *[None] * (n_layers - 1)]}
