"""What a study is going to do, checked before it does anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from sparsekit.study.plan._data import check_tables
from sparsekit.study.plan._grid import (
    WHEN_MASKED,
    check_fractions,
    check_names,
    check_seeds,
    known_mechanisms,
)
from sparsekit.study.plan._models import build_models, has_sparsity, named_models
from sparsekit.study.plan._presets import PRESETS
from sparsekit.study.plan._study_table import StudyTable
from sparsekit.study.rows._rows import KEYS


def row_key(row):
    """Return the values of `KEYS` in a row of a result."""
    return tuple(row[key] for key in KEYS)


@dataclass(frozen=True)
class Job:
    """One unit of work: a model on one masked table, at some of its sparsities.

    `conditions` are pairs of a mechanism and a value of `when` that give the same
    table, so that a fit has a row for each of them.
    """

    dataset: str
    conditions: tuple[tuple[str, str], ...]
    missing_rate: float
    seed: int
    model: str
    sparsities: tuple[float, ...]

    def row_keys(self, sparsity):
        """Return the values of `KEYS` for each of the rows of one fit."""
        return [
            (
                self.dataset,
                mechanism,
                when,
                self.missing_rate,
                self.model,
                sparsity,
                self.seed,
            )
            for mechanism, when in self.conditions
        ]

    def all_row_keys(self):
        """Return the values of `KEYS` for each of the rows of all fits."""
        return [key for sparsity in self.sparsities for key in self.row_keys(sparsity)]


@dataclass(frozen=True)
class Plan:
    """A checked study: its tables, its models and its grid.

    `models` maps the name of a table to a dict of labels and estimators: the same
    labels for all tables, classifiers or regressors as the table needs.
    """

    tables: Mapping[str, StudyTable]
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
        """Return the jobs without the fits all of whose rows have keys in `done`.

        One seed after the other, so that a study that is stopped has whole seeds. A
        model without a sparsity is fitted once in each condition.
        """
        jobs = [
            Job(dataset, conditions, rate, seed, label, self.sparsities_of(label))
            for seed in self.seeds
            for dataset in self.tables
            for conditions, rate in self._masked_tables()
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

    def n_fits_done(self, done):
        """Return the number of fits that `jobs` leaves out."""
        return self.n_fits - sum(len(job.sparsities) for job in self.jobs(done))

    def _masked_tables(self):
        """Yield (conditions, missing rate) of all that is made of a table.

        Where nothing is made missing, the conditions do not differ.
        """
        conditions = tuple(product(self.mechanisms, self.when))
        if 0 in self.missing_rates:
            yield conditions, 0.0
        for condition in conditions:
            for rate in self.missing_rates:
                if rate > 0:
                    yield (condition,), rate


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
    if X is None and y is None and datasets is None:
        datasets = base.datasets
    test_size = base.test_size if test_size is None else test_size
    plan = Plan(
        tables=check_tables(X, y, datasets, task, test_size),
        models={},
        sparsities=check_fractions("sparsities", _given(sparsities, base.sparsities)),
        missing_rates=check_fractions(
            "missing_rates", _given(missing_rates, base.missing_rates)
        ),
        mechanisms=check_names(
            "mechanisms", _given(mechanisms, base.mechanisms), known_mechanisms()
        ),
        when=check_names("when", _given(when, WHEN_MASKED[0]), WHEN_MASKED),
        seeds=check_seeds(_given(seeds, base.n_seeds)),
    )
    wanted = named_models(_given(models, base.models))
    estimator_params = _given(estimator_params, {})
    if not isinstance(estimator_params, Mapping):
        raise TypeError(
            f"estimator_params must be a dict of parameters, got {estimator_params!r}."
        )
    built = {}
    for name, table in plan.tables.items():
        train, _ = table.split(plan.seeds[0])
        built[name] = build_models(
            wanted,
            table.task,
            _fitting_batches(base.params, len(train)),
            estimator_params,
        )
        _check_masks(plan, table)
    return replace(plan, models=built)


def _given(value, default):
    return default if value is None else value


def _without(job, done):
    left = (s for s in job.sparsities if not done.issuperset(job.row_keys(s)))
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
        table.masked(mechanism, max(plan.missing_rates), seed=0)
