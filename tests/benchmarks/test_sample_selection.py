"""The command that compares selections of samples, on few rows."""

import pandas as pd
import pytest

from benchmarks.hard_samples import sample_selection


def test_each_selection_stands_beside_as_many_random_samples(tmp_path, capsys):
    out = tmp_path / "table.csv"
    options = ["--seeds", "2", "--epochs", "20", "--rows", "250", "--out", str(out)]
    sample_selection.main(options)
    table = pd.read_csv(out, comment="#").set_index(
        ["table", "network", "epochs", "method"]
    )
    assert len(table) == 2 * 2 * 7
    for (*case, method), row in table.iterrows():
        if ", as " in method:
            like = table.loc[(*case, method.rpartition(" ")[2])]
            # Whole epochs round what is saved; random rows do not.
            margin = 0.03 if method.startswith("fewer") else 1e-5
            assert row["saved"] == pytest.approx(like["saved"], abs=margin)
    assert (table.xs("infobatch", level="method")["saved"] > 0.15).all()
    assert "random, as removal" in capsys.readouterr().out
