"""The command that measures forgetting, on work too small to tell anything."""

import pandas as pd

from benchmarks.accuracy import continual


def test_the_command_writes_and_shows_a_table(tmp_path, capsys):
    out = tmp_path / "table.csv"
    continual.main(
        ["--out", str(out), "--seeds", "2", "--epochs", "1", "--buffer", "20"]
    )
    table = pd.read_csv(out, comment="#")
    assert len(table) == 2 * len(continual.MODELS)
    assert table["average_accuracy"].between(0, 1).all()
    assert (table.loc[table["model"] == continual.FULL, "ahead"] == 0).all()
    assert "SET, protection" in capsys.readouterr().out


def test_the_tasks_of_a_stream_share_out_the_digits():
    pairs = [set(y_test) for *_, y_test in continual.tasks_of("split", 0)]
    assert [len(pair) for pair in pairs] == [2] * 5
    assert set.union(*pairs) == set(range(10))
