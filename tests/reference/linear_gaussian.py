"""Normal inputs with holes and a linear target, where the best predictor is known.

The simulation of Le Morvan, Josse, Moreau, Scornet and Varoquaux, "NeuMiss networks:
differentiable programming for supervised learning with missing values", NeurIPS 2020
(arXiv 2007.01627), section 5: X ~ N(mu, Sigma) with Sigma of low rank plus a diagonal,
y linear in X with a signal to noise ratio of 10, half of the cells missing.

Constants that are not given there are chosen so that the best predictor does as well as
it does there: rank d / 2, self-masking that is strongest three deviations above the
mean, and two columns that stay observed under MAR.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from sparsekit import MARMasker, MCARMasker

MECHANISMS = ("MCAR", "MAR", "self-masking")
SNR = 10.0
# Where the probability to go missing is largest, in deviations from the mean.
PEAK = 3.0


@dataclass
class World:
    """Parameters of the simulation."""

    mean: np.ndarray
    covariance: np.ndarray
    intercept: float
    slopes: np.ndarray
    noise: float  # standard deviation
    mechanism: str
    rate: float
    seed: int

    @property
    def spread(self):
        """Standard deviation of each feature."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def peak(self):
        """Where self-masking is strongest."""
        return self.mean + PEAK * self.spread

    @property
    def width(self):
        """Width of the bell of self-masking, so that the mean probability is `rate`."""
        return self.spread * _relative_width(self.rate)


def _relative_width(rate):
    """Solve E exp(-(z - PEAK)^2 / (2 w^2)) = rate for w, z standard normal.

    The expectation is w / sqrt(1 + w^2) exp(-PEAK^2 / (2 (1 + w^2))).
    """

    def excess(w):
        total = 1 + w**2
        return w / np.sqrt(total) * np.exp(-(PEAK**2) / (2 * total)) - rate

    return brentq(excess, 1e-6, 1e6)


def draw_world(mechanism, seed, n_features=10, rate=0.5):
    """Draw the parameters."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(n_features, round(0.5 * n_features)))
    covariance = factors @ factors.T + np.diag(rng.uniform(0.01, 0.1, n_features))
    slopes = rng.normal(size=n_features)
    signal = slopes @ covariance @ slopes
    return World(
        mean=rng.normal(size=n_features),
        covariance=covariance,
        intercept=rng.normal(),
        slopes=slopes,
        noise=np.sqrt(signal / SNR),
        mechanism=mechanism,
        rate=rate,
        seed=seed,
    )


def draw_data(world, n_samples, seed):
    """Return X with holes and y."""
    rng = np.random.default_rng([world.seed, seed])
    X = rng.multivariate_normal(world.mean, world.covariance, size=n_samples)
    y = world.intercept + X @ world.slopes + world.noise * rng.normal(size=n_samples)
    if world.mechanism == "self-masking":
        bell = np.exp(-((X - world.peak) ** 2) / (2 * world.width**2))
        return np.where(rng.random(X.shape) < bell, np.nan, X), y
    if world.mechanism == "MAR":
        masker = MARMasker(
            world.rate, rate_unit="columns", drivers=[0, 1], random_state=world.seed
        )
    else:
        masker = MCARMasker(world.rate, random_state=world.seed)
    return masker.fit_transform(X), y


def bayes_prediction(world, X):
    """Return E[y | observed values, mask].

    Given what is observed, the missing values are normal with the usual conditional
    mean m and covariance S. If the mask is ignorable this is all. Under self-masking
    each missing value j multiplies its density by exp(-(x - peak_j)^2 / (2 width_j^2)),
    which leaves a normal with precision P = S^-1 + diag(1 / width^2) and mean
    P^-1 (S^-1 m + peak / width^2) (the paper's proposition 2.2).
    """
    prediction = np.empty(len(X))
    patterns, group = np.unique(np.isnan(X), axis=0, return_inverse=True)
    for number, missing in enumerate(patterns):
        rows = np.flatnonzero(group.ravel() == number)
        seen = ~missing
        centred = X[np.ix_(rows, seen)] - world.mean[seen]
        across = world.covariance[np.ix_(missing, seen)]
        among_seen = world.covariance[np.ix_(seen, seen)]
        weights = np.linalg.solve(among_seen, across.T).T
        values = world.mean[missing] + centred @ weights.T
        if world.mechanism == "self-masking" and missing.any():
            rest = world.covariance[np.ix_(missing, missing)] - weights @ across.T
            precision = np.linalg.inv(rest)
            pull = 1 / world.width[missing] ** 2
            pulled = values @ precision + pull * world.peak[missing]
            values = np.linalg.solve(precision + np.diag(pull), pulled.T).T
        prediction[rows] = (
            world.intercept
            + X[np.ix_(rows, seen)] @ world.slopes[seen]
            + values @ world.slopes[missing]
        )
    return prediction
