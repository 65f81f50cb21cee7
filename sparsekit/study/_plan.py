"""What a study is going to do, checked before it does anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sparsekit.missingness import MissingnessTransformer
from sparsekit.study._data import check_tables
from sparsekit.study._grid import check_names, check_seeds, check_shares, check_when
from sparsekit.study._models import build_models, has_sparsity, named_models
from sparsekit.study._presets import PRESETS
from sparsekit.study._table import Table

# What tells one fit from all others, in the order in which results are sorted.
KEYS = (
    "dataset",
    "mechanism",
    "when",
    "missing_rate",
    "model",
    "sparsity",
    "seed",
)


@dataclass(frozen=True)
class Job:
    """One unit of work: a model on one masked table, at some of its sparsities."""

    dataset: str
    mechanism: str
    when: str
    missing_rate: float
    seed: int
    model: str
    sparsities: tuple[float, ...]

    def fit_keys(self):
        """Return the values of `KEYS`, for each of the fits."""
        return [
            (
                self.dataset,
                self.mechanism,
                self.when,
                self.missing_rate,
                self.model,
                sparsity,
                self.seed,
            )
            for sparsity in self.sparsities
        ]


@dataclass(frozen=True)
class Plan:
    """A checked study: its tables, its models and its grid.

    `models` maps the name of a table to a dict of labels and estimators: the same
    labels for all tables, classifiers or regressors as the table needs.
    """

    tables: Mapping[str, Table]
    models: Mapping[str, Mapping[str, object]]
    sparsities: tuple[float, ...]
    missing_rates: tuple[float, ...]
    mechanisms: tuple[str, ...]
    when: tuple[str, ...]
    seeds: tuple[int, ...]

    @property
    def labels(self):
        """The labels of the models."""
        return tuple(next(iter(self.models.values())))

    def jobs(self, done=frozenset()):
        """Return the jobs without the fits whose keys are in `done`.

        One seed after the other, so that a study that is stopped has whole seeds. A
        model without a sparsity is fitted once in each condition.
        """
        jobs = [
            Job(dataset, mechanism, when, rate, seed, label, self.sparsities_of(label))
            for seed in self.seeds
            for dataset in self.tables
            for mechanism in self.mechanisms
            for when in self.when
            for rate in self.missing_rates
            for label in self.labels
        ]
        if done:
            jobs = [_without(job, done) for job in jobs]
        return [job for job in jobs if job.sparsities]

    def sparsities_of(self, label):
        """Return the sparsities at which a model is fitted; 0 if it has none."""
        estimator = next(iter(self.models.values()))[label]
        return self.sparsities if has_sparsity(estimator) else (0.0,)

    @property
    def n_fits(self):
        """Number of fits of the study."""
        return sum(len(job.sparsities) for job in self.jobs())


def make_plan(
    X=None,
    y=None,
    *,
    datasets=None,
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
    if preset is None:
        preset = "figure2" if X is None and datasets is None else "table"
    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r} is not known: {', '.join(PRESETS)}.")
    base = PRESETS[preset]
    if estimator_params is not None and not isinstance(estimator_params, Mapping):
        raise TypeError(
            f"estimator_params must be a dict or None, got {estimator_params!r}."
        )
    if X is None and y is None and datasets is None:
        datasets = base.datasets
    test_size = base.test_size if test_size is None else test_size
    plan = Plan(
        tables=check_tables(X, y, datasets, task, test_size),
        models={},
        sparsities=check_shares("sparsities", _given(sparsities, base.sparsities)),
        missing_rates=check_shares(
            "missing_rates", _given(missing_rates, base.missing_rates)
        ),
        mechanisms=check_names("mechanisms", _given(mechanisms, base.mechanisms)),
        when=check_when(when),
        seeds=check_seeds(_given(seeds, base.n_seeds)),
    )
    wanted = named_models(_given(models, base.models))
    built = {}
    for name, table in plan.tables.items():
        train, _ = table.split(plan.seeds[0])
        built[name] = build_models(
            wanted,
            table.task,
            _fitting_batches(base.params, len(train)),
            estimator_params or {},
        )
        _check_masks(plan, table)
    return replace(plan, models=built)


def _given(value, default):
    return default if value is None else value


def _without(job, done):
    left = [
        s
        for s, key in zip(job.sparsities, job.fit_keys(), strict=True)
        if key not in done
    ]
    return replace(job, sparsities=tuple(left))


def _fitting_batches(params, n_train):
    """Return `params` with batches that are not larger than the training table.

    The networks clip them as well, but warn in each fit, of a number that the preset
    chose and not the user.
    """
    return {**params, "batch_size": min(params["batch_size"], n_train)}


def _check_masks(plan, table):
    """Let each mechanism refuse the table, or the highest rate, before any training."""
    for mechanism in plan.mechanisms:
        MissingnessTransformer(
            mechanism, max(plan.missing_rates), row_key="position", random_state=0
        ).fit(table.X)
