"""Where nothing is made missing, a fit serves all mechanisms and places of holes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier

from sparsekit.study import missingness_study
from sparsekit.study.plan._plan import make_plan
from sparsekit.study.run import _run

GRID = {"missing_rates": [0.0, 0.5], "seeds": 2}
CONDITIONS = {"mechanisms": ["mcar", "mnar"], "when": ["both", "transform"]}
# For each seed one fit of the complete table, and one for each of four conditions.
N_FITS, N_ROWS = 2 * (1 + 4), 2 * 2 * 4


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    return X, (X[:, 0] > 0).astype(int)


@pytest.fixture
def n_fits(monkeypatch):
    """How many sparsities the jobs have had so far."""
    run_job, jobs = _run.run_job, []

    def recorded(table, model, job):
        jobs.append(job)
        return run_job(table, model, job)

    monkeypatch.setattr(_run, "run_job", recorded)
    return lambda: sum(len(job.sparsities) for job in jobs)


def study(table, path=None, **changes):
    models = {"tree": DecisionTreeClassifier()}
    settings = {"models": models, **GRID, **CONDITIONS, **changes}
    frame = missingness_study(*table, output=path, **settings).frame
    return frame.drop(columns="fit_time")


def test_each_condition_has_its_rows_though_fits_are_shared(table, n_fits):
    frame = study(table)
    assert (n_fits(), len(frame)) == (N_FITS, N_ROWS)
    assert not frame.duplicated(["mechanism", "when", "missing_rate", "seed"]).any()


def test_rows_are_those_of_studies_of_one_condition(table):
    alone = [
        study(table, mechanisms=mechanism, when=when)
        for mechanism in CONDITIONS["mechanisms"]
        for when in CONDITIONS["when"]
    ]
    pd.testing.assert_frame_equal(
        study(table), pd.concat(alone, ignore_index=True), check_exact=True
    )


def test_progress_counts_fits(table, capsys):
    study(table, progress=True)
    assert f"{N_FITS} of {N_FITS} fits" in capsys.readouterr().err


@pytest.mark.parametrize("n_kept", range(6))
def test_a_study_stopped_between_rows_of_one_fit_goes_on(table, tmp_path, n_kept):
    path = tmp_path / "results.csv"
    expected = study(table, path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[: 1 + n_kept]))
    pd.testing.assert_frame_equal(study(table, path), expected, check_exact=True)


def test_a_study_grows_by_a_mechanism(table, tmp_path, n_fits):
    path = tmp_path / "results.csv"
    study(table, path, mechanisms="mcar")
    before = n_fits()
    frame = study(table, path)
    # The complete table once more, and the new mechanism at two places.
    assert n_fits() - before == 2 * (1 + 2)
    pd.testing.assert_frame_equal(frame, study(table), check_exact=True)


def test_the_reference_study_saves_a_ninth_of_its_fits():
    assert make_plan(preset="reference").n_fits == 31_680 - 3_520
