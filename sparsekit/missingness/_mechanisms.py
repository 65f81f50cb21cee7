"""Missingness mechanisms: what the probability of each cell depends on.

A mechanism has no state. `learn` returns the fitted attributes that the masker stores;
`propensity` reads them back. Everything else (random numbers, masks, storage formats,
`when`) belongs to the base class of the maskers and is the same for every mechanism.
"""

from sparsekit.missingness._rates import column_rates


class MCAR:
    """Missing completely at random: the probability depends on the column only."""

    def learn(self, masker, X):
        """Return the attributes to be stored by `masker`, fitted on the matrix `X`."""
        rates = column_rates(
            masker.missing_rate,
            masker.rate_unit,
            masker.features,
            n_features=X.shape[1],
            feature_names=getattr(masker, "feature_names_in_", None),
        )
        return {"target_rates_": rates}

    def propensity(self, masker, X):
        """Return probabilities of shape (n_samples, n_features) or (1, n_features)."""
        return masker.target_rates_.reshape(1, -1)


MECHANISMS = {"mcar": MCAR()}
