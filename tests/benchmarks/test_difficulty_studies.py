"""The studies of hard samples, on work too small to tell anything."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import results
from benchmarks.hard_samples import (
    finders,
    forgetting_causes,
    hardest_tenth,
    planted,
    replay_choice,
    smallest_subset,
)
from benchmarks.speed import recording_costs
from sparsekit.study import corrected_ttest


def run(study, tmp_path, *arguments):
    """Run a study's command; return the table that it writes."""
    out = tmp_path / "table.csv"
    study.main(["--out", str(out), "--seeds", "2", "--epochs", "2", *arguments])
    return pd.read_csv(out, comment="#")


def test_a_study_that_was_stopped_goes_on_where_it_stood(tmp_path):
    path = tmp_path / "rows.csv"
    cells = [{"name": "a", "seed": seed} for seed in range(3)]
    asked = []

    def measure(name, seed):
        asked.append(seed)
        return [{"value": seed / 2}, {"value": 1.0}]

    results.measured(cells[:2], measure, path)
    rows = results.measured(cells, measure, path)
    assert asked == [0, 1, 2]
    assert rows["value"].tolist() == [0.0, 1.0, 0.5, 1.0, 1.0, 1.0]
    # A smaller study gets what it asks for of a file that holds more.
    rows = results.measured(cells[1:2], measure, path)
    assert rows["value"].tolist() == [0.5, 1.0]


def test_intervals_are_over_seeds_not_over_the_rows_of_a_seed():
    rows = pd.DataFrame({"seed": [0, 0, 1, 1], "key": "k", "value": [0, 2, 2, 4]})
    table = results.with_intervals(rows, ["key"], ["value"])
    assert table["value"].item() == 2
    assert table["n_seeds"].item() == 2
    # Two means, 1 and 3: standard error 1, and t of one degree of freedom.
    assert table["value_half_width"].item() == pytest.approx(12.706, abs=1e-3)


def test_intervals_of_overlapping_splits_are_those_of_the_corrected_test():
    rng = np.random.default_rng(0)
    values = rng.normal(size=6)
    rows = pd.DataFrame({"split": range(6), "key": "k", "value": values})
    table = results.with_intervals(rows, ["key"], ["value"], seed="split", ratio=0.5)
    expected = corrected_ttest(values, np.zeros(6), n_train=2, n_test=1)
    half_width = (expected.high - expected.low) / 2
    assert table["value_half_width"].item() == pytest.approx(half_width)


@pytest.mark.parametrize("table", planted.TABLES)
def test_planted_rows_are_those_that_differ(table):
    X, y = planted.table_of(table, 3)
    faulty, labels, rows = planted.plant(table, "wrong labels", 0.1, 3)
    np.testing.assert_array_equal(labels != y, rows)
    np.testing.assert_array_equal(faulty, X)
    faulty, labels, rows = planted.plant(table, "atypical rows", 0.1, 3)
    # Where a column has one value in both its outer parts, nothing changes.
    assert not (faulty != X).any(axis=1)[~rows].any()
    assert (faulty != X).any(axis=1)[rows].all()
    np.testing.assert_array_equal(labels, y)


def test_planted_ranks_every_finder_that_is_installed(tmp_path, capsys, monkeypatch):
    for number in ("N_NETWORKS", "N_MODELS", "N_SPLITS", "N_PAIRS"):
        monkeypatch.setattr(finders, number, 2)
    tiny = ["--heavy-seeds", "1", "--shares", "0.1", "--tables", "breast cancer"]
    table = run(planted, tmp_path, *tiny, "--epochs", "10")
    installed = {name for name in finders.FINDERS if finders.is_available(name)}
    assert set(table["finder"]) == installed
    assert table["precision"].between(0, 1).all()
    assert set(table["fault"]) == set(planted.FAULTS)
    assert set(table["table"]) == {"breast cancer", "mean"}
    assert "aum_scores" in capsys.readouterr().out


def test_leads_are_over_the_rival_on_the_same_faults():
    rival = {"finder": planted.RIVAL[0], "score": planted.RIVAL[1]}
    same = {"fault": "f", "table": "t", "share": 0.1}
    rows = pd.DataFrame(
        [
            same | rival | {"seed": 0, "precision": 0.5},
            same | rival | {"seed": 1, "precision": 0.9},
            same | {"finder": "a", "score": "b", "seed": 1, "precision": 0.8},
            same | {"finder": "a", "score": "b", "seed": 2, "precision": 0.1},
        ]
    )
    lead = planted.with_lead(rows)["ahead"].to_numpy()
    np.testing.assert_allclose(lead, [0, 0, -0.1, np.nan])
    mean = planted.summary(rows).query("table == 'mean' and finder == 'a'")
    assert mean["ahead"].item() == pytest.approx(-0.1)


def test_wrong_labels_are_found_better_than_by_chance():
    found = planted.precision(
        "wrong labels", "digits", 0.1, 0, "sparsekit, 1 network", 10
    )
    by_name = {row["score"]: row["precision"] for row in found}
    assert by_name["aum_scores"] > 0.5


def test_forgetting_causes_writes_a_table_and_a_figure(tmp_path, capsys):
    grid = ["--sparsities", "0.95", "--rates", "0", "0.3"]
    table = run(forgetting_causes, tmp_path, *grid)
    assert (tmp_path / "table.png").stat().st_size > 10_000
    static = table["method"] == "static"
    assert table.loc[static, "prune_share"].isna().all()
    assert (table.loc[static, "more_than_static"] == 0).all()
    assert (table.loc[~static, "grow"] == 0).all()
    assert table.loc[~static, "prune_share"].between(0, 1).all()
    assert "prune_share" in capsys.readouterr().out


def test_hardest_tenth_compares_with_the_dense_network_of_the_same_split(
    tmp_path, capsys
):
    grid = ["--tables", "breast cancer", "--sparsities", "0.9", "--rates", "0.3"]
    table = run(hardest_tenth, tmp_path, *grid)
    dense = table[table["model"] == "dense"]
    assert (dense["hard_ahead"] == 0).all()
    assert set(table["reference"]) == set(hardest_tenth.REFERENCES)
    sparse = table[(table["model"] != "dense") & (table["table"] != "mean")]
    most = sparse.groupby("model")["weights"].max()
    assert most[["static", "SET", "RigL"]].nunique() == 1
    assert 0.8 * most["SET"] < most["narrow"] <= most["SET"]
    assert "judged by mixed networks" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_rows_that_are_judged_hard_are_those_that_networks_get_wrong():
    judged = hardest_tenth.hardness("breast cancer", 0, 5)
    assert (judged["mixed"] > 0.5).mean() < 0.2
    np.testing.assert_allclose(
        judged["mixed"], (judged["dense"] + judged["sparse"]) / 2
    )


def test_smallest_subset_tells_where_a_curve_comes_within_the_limit():
    table = pd.DataFrame(
        {
            "by": "random",
            "choice": "random",
            "table": "t",
            "keep": [0.1, 0.5, 0.7],
            "loss": [0.05, 0.008, 0.001],
            "loss_half_width": 0.005,
        }
    )
    found = smallest_subset.smallest(table)
    assert found["mean"].item() == 0.5
    assert found["sure"].item() == 0.7
    table["loss"] = 0.05
    assert smallest_subset.smallest(table)["mean"].item() == 1.0


def test_smallest_subset_compares_with_random_rows(tmp_path, capsys):
    grid = ["--tables", "breast cancer", "--keep", "0.2", "0.5"]
    table = run(smallest_subset, tmp_path, *grid)
    assert (table.loc[table["by"] == "random", "ahead"] == 0).all()
    n_curves = len(smallest_subset.CHOICES) * len(smallest_subset.RANKINGS) + 1
    assert len(table) == 2 * n_curves
    assert "smallest share" in capsys.readouterr().out


def test_replay_choice_compares_with_random_rows(tmp_path, capsys):
    table = run(replay_choice, tmp_path, "--sizes", "20")
    assert (table.loc[table["choice"] == "random", "ahead"] == 0).all()
    assert set(table["choice"]) == {"none", *replay_choice.CHOICES}
    assert table["old"].between(0, 1).all()
    assert "ahead" in capsys.readouterr().out


def test_recording_costs_has_a_row_for_each_kind_of_record(tmp_path, monkeypatch):
    monkeypatch.setattr(recording_costs, "NETWORKS", {"tiny": (4, (5,), 0.5)})
    out = tmp_path / "table.csv"
    recording_costs.main(
        ["--out", str(out), "--n-rows", "50", "--epochs", "1", "--repeats", "1"]
    )
    table = pd.read_csv(out, comment="#")
    assert table["record"].tolist() == ["presentation", "epoch", "rewiring"]
