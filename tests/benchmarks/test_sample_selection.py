"""The command that compares selections of samples, on few rows."""

import pandas as pd
import pytest

from tests.benchmarks import sample_selection


def test_each_selection_stands_beside_as_many_random_samples(tmp_path, capsys):
    out = tmp_path / "table.csv"
    options = ["--seeds", "2", "--epochs", "20", "--rows", "250", "--out", str(out)]
    sample_selection.main(options)
    table = pd.read_csv(out, comment="#").set_index(["table", "network", "method"])
    assert len(table) == 2 * 2 * 7
    for (data, network, method), row in table.iterrows():
        name = method.rpartition(" ")[2]
        if method.startswith("random"):
            assert row["saved"] == pytest.approx(table.loc[data, network, name].saved)
        elif method.startswith("fewer"):
            assert abs(row["saved"] - table.loc[data, network, name].saved) < 0.03
    assert (table.xs("infobatch", level="method")["saved"] > 0.15).all()
    assert "random, as removal" in capsys.readouterr().out
