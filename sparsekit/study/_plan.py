"""What a study is going to do, checked before it does anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np
from sklearn.model_selection import train_test_split

from sparsekit.missingness import MissingnessTransformer
from sparsekit.study._data import check_data, default_data
from sparsekit.study._models import build_models, has_sparsity
from sparsekit.study._presets import PRESETS

# Which rows have values made missing: all, those of training, or those of the test.
WHEN = ("both", "fit", "transform")


@dataclass(frozen=True)
class Job:
    """One unit of work: a model on one masked table, at all of its sparsities."""

    mechanism: str
    when: str
    missing_rate: float
    seed: int
    model: str
    sparsities: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """A checked study: its data, its models and its grid."""

    X: object
    y: np.ndarray
    task: str
    models: Mapping[str, object]
    sparsities: tuple[float, ...]
    missing_rates: tuple[float, ...]
    mechanisms: tuple[str, ...]
    when: tuple[str, ...]
    seeds: tuple[int, ...]
    test_size: float

    def jobs(self):
        """Return all jobs; a model without a sparsity is fitted once in each."""
        return [
            Job(mechanism, when, rate, seed, label, self.sparsities_of(label))
            for mechanism in self.mechanisms
            for when in self.when
            for rate in self.missing_rates
            for seed in self.seeds
            for label in self.models
        ]

    def sparsities_of(self, label):
        """Return the sparsities at which a model is fitted; 0 if it has none."""
        return self.sparsities if has_sparsity(self.models[label]) else (0.0,)

    @property
    def n_fits(self):
        """Number of fits of the study."""
        return sum(len(job.sparsities) for job in self.jobs())


def make_plan(
    X=None,
    y=None,
    *,
    preset=None,
    models=None,
    sparsities=None,
    missing_rates=None,
    mechanisms=None,
    when=None,
    seeds=None,
    test_size=None,
    task="auto",
    estimator_params=None,
):
    """Return the `Plan` of a study; the parameters are those of the study."""
    if (X is None) != (y is None):
        raise ValueError("Give both X and y, or neither.")
    if preset is None:
        preset = "figure2" if X is None else "table"
    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r} is not known: {', '.join(PRESETS)}.")
    base = PRESETS[preset]
    if X is None:
        X, y = default_data()
    X, y, task = check_data(X, y, task)
    plan = Plan(
        X=X,
        y=y,
        task=task,
        models={},
        sparsities=_shares("sparsities", sparsities, base.sparsities),
        missing_rates=_shares("missing_rates", missing_rates, base.missing_rates),
        mechanisms=_names("mechanisms", mechanisms, base.mechanisms),
        when=_when(when),
        seeds=_seeds(base.n_seeds if seeds is None else seeds),
        test_size=base.test_size if test_size is None else test_size,
    )
    train, _ = split_rows(plan, seed=plan.seeds[0])
    built = build_models(
        base.models if models is None else models,
        task,
        _fitting_batches(base.params, len(train)),
        estimator_params or {},
    )
    _check_masks(plan)
    return replace(plan, models=built)


def known_mechanisms():
    """Return the names that the masker's declared constraints allow, sorted.

    Without "label": it is for training data, and a study masks the test rows, too.
    """
    names, *_ = MissingnessTransformer._parameter_constraints["mechanism"]
    return sorted(names.options - {"label"})


def split_rows(plan, seed):
    """Return the indices of the training rows and of the test rows."""
    return train_test_split(
        np.arange(len(plan.y)),
        test_size=plan.test_size,
        stratify=plan.y if plan.task == "classification" else None,
        random_state=seed,
    )


def mask_table(plan, mechanism, missing_rate, seed):
    """Return the whole table of the plan with values made missing.

    The holes are made before the table is split, as in life. They are drawn by the
    position of a row, so that rows with equal content do not share their holes.
    """
    if missing_rate == 0:
        return plan.X
    masker = MissingnessTransformer(
        mechanism, missing_rate, row_key="position", random_state=seed
    )
    return masker.fit_transform(plan.X)


def _fitting_batches(params, n_train):
    """Return `params` with batches that are not larger than the training table.

    The networks clip them as well, but warn in each fit, of a number that the preset
    chose and not the user.
    """
    return {**params, "batch_size": min(params["batch_size"], n_train)}


def _check_masks(plan):
    """Let each mechanism refuse the table, or the highest rate, before any training."""
    for mechanism in plan.mechanisms:
        MissingnessTransformer(
            mechanism, max(plan.missing_rates), row_key="position", random_state=0
        ).fit(plan.X)


def _shares(name, values, default):
    """Return `values` sorted and without duplicates; each must be in [0, 1)."""
    values = default if values is None else values
    values = [values] if isinstance(values, Real) else list(values)
    if not values:
        raise ValueError(f"{name} is empty: at least one value is needed.")
    for value in values:
        if not isinstance(value, Real) or not 0 <= value < 1:
            raise ValueError(
                f"{name} has {value!r}, which is not in [0, 1): give shares, 0.3 means "
                "30 %."
            )
    return tuple(sorted({float(value) for value in values}))


def _names(name, values, default):
    values = default if values is None else values
    values = (values,) if isinstance(values, str) else tuple(dict.fromkeys(values))
    if not values:
        raise ValueError(f"{name} is empty: at least one value is needed.")
    return values


def _when(values):
    values = _names("when", values, (WHEN[0],))
    for value in values:
        if value not in WHEN:
            raise ValueError(
                f"when has {value!r}, which is none of {', '.join(map(repr, WHEN))}."
            )
    return values


def _seeds(seeds):
    seeds = range(seeds) if isinstance(seeds, Integral) else seeds
    seeds = tuple(seeds) if isinstance(seeds, Iterable) else ()
    valid = all(isinstance(seed, Integral) and seed >= 0 for seed in seeds)
    if not seeds or not valid or len(set(seeds)) < len(seeds):
        raise ValueError(
            "seeds must be a number of seeds, at least 1, or distinct whole numbers "
            "that are not negative."
        )
    return tuple(sorted(int(seed) for seed in seeds))
