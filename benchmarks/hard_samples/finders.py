"""What ranks rows by how suspicious they are: our scores, and those of others.

A finder takes X, y, a seed, a number of epochs and the share of planted rows, and
returns arrays by name, large for rows that are suspicious. Only a threshold of another
library may look at the share.
"""

from importlib.util import find_spec

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from sparsekit import DenseMLPClassifier, SETMLPClassifier
from sparsekit.difficulty import (
    aum_scores,
    cartography,
    difficulty_report,
    el2n_scores,
    forgetting_events,
    gradient_coverage,
    grand_scores,
    memorization_scores,
    prac_set,
    pruning_identified_exemplars,
    second_split_forgetting,
)

HIDDEN, SPARSITY = (100,), 0.8
EARLY = 10  # epochs, of networks that are looked at before they fit what is wrong
N_NETWORKS, N_MODELS, N_SPLITS, N_PAIRS = 5, 50, 6, 10
FOLDS = 5


def settings(seed, epochs):
    """Return what all networks share."""
    return {
        "max_iter": epochs,
        "n_iter_no_change": np.inf,
        "batch_size": 32,
        "random_state": seed,
    }


def network(seed, epochs, **more):
    """Return the sparse network of all finders, before training."""
    return SETMLPClassifier(HIDDEN, sparsity=SPARSITY, **settings(seed, epochs) | more)


def _of_records(X, y, seeds, epochs):
    """Return the mean over networks of each score that training records."""
    nets = [network(seed, epochs, record="rewiring").fit(X, y) for seed in seeds]
    young = [network(seed, EARLY).fit(X, y) for seed in seeds]
    maps = [cartography(net) for net in nets]

    def mean(values):
        return np.mean([np.asarray(v, dtype=float) for v in values], axis=0)

    return {
        "forgetting_events": mean(forgetting_events(n)["n_forgotten"] for n in nets),
        "cartography, confidence": -mean(m["confidence"] for m in maps),
        "cartography, variability": mean(m["variability"] for m in maps),
        "aum_scores": -mean(aum_scores(net)["aum"] for net in nets),
        "el2n_scores, early": el2n_scores(nets, at=EARLY)["el2n"],
        "el2n_scores, mean": el2n_scores(nets, at="mean")["el2n"],
        "difficulty_report": mean(difficulty_report(n)["difficulty"] for n in nets),
        "grand_scores, early": grand_scores(young, X, y)["grand"],
        "gradient_coverage, lift": -mean(
            gradient_coverage(net, X, y)["lift"].fillna(np.inf).clip(upper=10)
            for net in nets
        ),
        "prac_set": mean(prac_set(net)["selected"] for net in nets),
    }


def one_network(X, y, *, seed, epochs, share):
    """Scores of a single fit."""
    return _of_records(X, y, [seed], epochs)


def several_networks(X, y, *, seed, epochs, share):
    """Scores averaged over a few fits, as many as cross-validation takes."""
    first = N_NETWORKS * seed
    return _of_records(X, y, range(first, first + N_NETWORKS), epochs)


def memorization(X, y, *, seed, epochs, share):
    """How much better a row is predicted by models that have seen it."""
    table = memorization_scores(
        network(0, epochs), X, y, n_models=N_MODELS, random_state=seed
    )
    # A row that no model saw, or each, tells nothing.
    table = table.fillna(table.mean())
    return {
        "memorization_scores": table["memorization"],
        "memorization_scores, score_out": -table["score_out"],
    }


def second_split(X, y, *, seed, epochs, share):
    """Rows that are forgotten first; the mean over splits in which they took part."""
    net = network(seed, epochs)
    found = [
        second_split_forgetting(
            net, X, y, epochs=epochs // 2, random_state=N_SPLITS * seed + number
        )["forgotten_for_good"].clip(upper=epochs // 2 + 1)
        for number in range(N_SPLITS)
    ]
    known = np.ma.masked_invalid(found)
    return {"second_split_forgetting": -known.mean(axis=0).filled(known.mean())}


def identified(X, y, *, seed, epochs, share):
    """Rows on which most dense and most sparse networks disagree."""
    seeds = range(N_PAIRS * seed, N_PAIRS * (seed + 1))
    dense = [
        DenseMLPClassifier(HIDDEN, **settings(number, epochs)).fit(X, y)
        for number in seeds
    ]
    sparse = [network(number, epochs).fit(X, y) for number in seeds]
    table = pruning_identified_exemplars(dense, sparse, X)
    return {"pruning_identified_exemplars": table["pie"].astype(float)}


def _label_quality(X, y, seeds, epochs):
    """Return cleanlab's scores of labels, for probabilities that are out of sample."""
    from cleanlab.rank import get_label_quality_scores

    p = np.mean([_out_of_sample(X, y, seed, epochs) for seed in seeds], axis=0)
    methods = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")
    return {
        method: -get_label_quality_scores(y, p, method=method) for method in methods
    }


def _out_of_sample(X, y, seed, epochs):
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    net = network(seed, epochs)
    return cross_val_predict(net, X, y, cv=folds, method="predict_proba")


def label_quality(X, y, *, seed, epochs, share):
    """cleanlab, on a cross-validation of the network."""
    return _label_quality(X, y, [seed], epochs)


def label_quality_early(X, y, *, seed, epochs, share):
    """The same with networks that are stopped early, before they fit what is wrong."""
    return _label_quality(X, y, [seed], EARLY)


def label_quality_repeated(X, y, *, seed, epochs, share):
    """The same with the mean probabilities of several cross-validations."""
    first = N_NETWORKS * seed
    return _label_quality(X, y, range(first, first + N_NETWORKS), epochs)


def label_quality_repeated_early(X, y, *, seed, epochs, share):
    """Both at once."""
    return label_quality_repeated(X, y, seed=seed, epochs=EARLY, share=share)


def instance_hardness(X, y, *, seed, epochs, share):
    """Rows that InstanceHardnessThreshold drops, told how many there are."""
    from imblearn.under_sampling import InstanceHardnessThreshold

    classes, counts = np.unique(y, return_counts=True)
    kept = {c: round((1 - share) * n) for c, n in zip(classes, counts, strict=True)}
    sampler = InstanceHardnessThreshold(
        estimator=network(seed, epochs),
        sampling_strategy=kept,
        cv=FOLDS,
        random_state=seed,
    )
    sampler.fit_resample(X, y)
    dropped = ~np.isin(np.arange(y.size), sampler.sample_indices_)
    return {"InstanceHardnessThreshold": dropped.astype(float)}


def isolation_forest(X, y, *, seed, epochs, share):
    """Outliers by scikit-learn, which look at X alone."""
    forest = IsolationForest(random_state=seed).fit(X)
    return {"IsolationForest": -forest.score_samples(X)}


def cleanlab_outliers(X, y, *, seed, epochs, share):
    """Outliers by cleanlab: distance to neighbours, standardised, X alone."""
    from cleanlab.outlier import OutOfDistribution

    features = StandardScaler().fit_transform(X)
    scores = OutOfDistribution().fit_score(features=features, verbose=False)
    return {"OutOfDistribution": -scores}


FINDERS = {
    "sparsekit, 1 network": one_network,
    "sparsekit, 5 networks": several_networks,
    "cleanlab, 5 networks": label_quality,
    "cleanlab, 5 networks, stopped early": label_quality_early,
    "cleanlab, 25 networks": label_quality_repeated,
    "cleanlab, 25 networks, stopped early": label_quality_repeated_early,
    "imbalanced-learn, 5 networks": instance_hardness,
    "scikit-learn, outliers": isolation_forest,
    "cleanlab, outliers": cleanlab_outliers,
    "sparsekit, 6 splits": second_split,
    "sparsekit, 20 networks": identified,
    "sparsekit, 50 networks": memorization,
}
# Those that need tens of fits; and a threshold on a ranking that cleanlab has, too.
HEAVY = (
    "cleanlab, 25 networks",
    "imbalanced-learn, 5 networks",
    "cleanlab, 25 networks, stopped early",
    "sparsekit, 6 splits",
    "sparsekit, 20 networks",
    "sparsekit, 50 networks",
)
_PACKAGES = {"cleanlab": "cleanlab", "imbalanced-learn": "imblearn"}


def is_available(finder):
    """Tell whether the library of a finder is installed."""
    package = _PACKAGES.get(finder.partition(",")[0])
    return package is None or find_spec(package) is not None
