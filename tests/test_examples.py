"""Every example of the gallery runs, without a warning, and draws a figure."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(ROOT.glob("examples/**/plot_*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_runs_and_draws(path, tmp_path):
    pytest.importorskip("matplotlib")
    figure = tmp_path / "figure.png"
    script = (
        "import runpy\n"
        "import matplotlib.pyplot as plt\n"
        f"runpy.run_path({str(path)!r})\n"
        f"plt.gcf().savefig({str(figure)!r})\n"
        "assert plt.gcf().axes\n"
    )
    # The non-interactive backend says so when an example calls show().
    command = [sys.executable, "-W", "error", "-W", "ignore:FigureCanvasAgg"]
    done = subprocess.run(
        [*command, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert figure.stat().st_size > 10_000


def test_every_group_has_an_introduction_and_an_example():
    groups = {path.parent for path in EXAMPLES}
    introduced = {path.parent for path in ROOT.glob("examples/*/README.rst")}
    assert len(groups) >= 6
    assert groups - {ROOT / "examples"} == introduced
