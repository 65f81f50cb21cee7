"""The commands that measure work, on networks too small to tell anything."""

import sys

import pandas as pd
import pytest

from benchmarks.speed import (
    base_and_head,
    drawing,
    figures,
    largest,
    roofline,
    soak,
    turns,
)
from benchmarks.speed.libraries import TRAININGS, is_installed
from benchmarks.speed.measure import in_own_process, steady_seconds
from benchmarks.speed.networks import Work

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
TINY = {
    "sizes": (6, 20, 20, 20, 3),
    "batch_size": 8,
    "n_rows": 16,
    "density": 0.5,
}

TABLES = {
    "break_even": pd.DataFrame(
        {
            "library": ["sparsekit", "sparsekit", "sparsekit dense", "SparseLab"],
            "density": [0.01, 0.5, 1.0, 0.5],
            "ms_per_step": [1.0, 10.0, 9.0, 40.0],
        }
    ),
    "width": pd.DataFrame(
        {
            "width": [1000, 2000, 1000, 2000],
            "n_threads": [1, 1, 2, 2],
            "ns_per_connection_and_step": [20.5, 25.0, 11.0, 13.0],
        }
    ),
    "memory": pd.DataFrame(
        {
            "library": ["sparsekit", "sparsekit", "sparsekit SET", "sparsekit SET"],
            "n_connections": [10**5, 10**6, 10**5, 10**6],
            "whole": [200.0, 40.0, 220.0, 50.0],
            "arrays": [25.0, 24.0, 40.0, 38.0],
        }
    ),
    "rewiring": pd.DataFrame(
        {
            "n_connections": [10**5, 10**6],
            "ms_per_rewiring": [5.0, 60.0],
            "ms_per_epoch": [900.0, 10_000.0],
        }
    ),
}


@pytest.fixture
def one_curve(monkeypatch):
    """Let `figures` have one table to measure, and no time to spend on it."""
    asked = {}

    def curve(**options):
        asked.update(options)
        return TABLES["width"]

    monkeypatch.setattr(figures, "CURVES", {"width": curve})
    return asked


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")  # PyTorch's own
@pytest.mark.parametrize("library", filter(is_installed, TRAININGS))
def test_every_library_trains(library):
    TRAININGS[library](Work(**TINY), 1)(2)


def test_start_up_cancels_in_the_difference_of_two_trainings(monkeypatch):
    clock = iter([0.0, 40.0, 40.0, 60.0])  # begin and end of the long, the short one
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    assert steady_seconds(lambda n_epochs: None, short=1, long=5) == 5.0


def test_measurements_come_back_from_a_process_of_their_own():
    arguments = {"work": TINY, "repeats": 1, "n_rows": 64}
    result = in_own_process("rewiring", **arguments)
    assert result["n_connections"] == round(0.5 * (6 * 20 + 2 * 20 * 20 + 20 * 3))
    assert result["rewiring"] > 0


def test_failure_in_the_other_process_is_told():
    with pytest.raises(RuntimeError, match="KeyError: 'fastest'"):
        in_own_process("step", library="fastest", work=TINY, epochs=(1, 2))


@on_linux
def test_memory_of_a_network_is_more_than_its_weights():
    work = TINY | {"sizes": (600, 600, 600, 600, 3)}
    result = in_own_process("memory", library="sparsekit", work=work)
    assert result["whole"] >= result["arrays"] > 4


@pytest.mark.parametrize("name", TABLES)
def test_tables_become_figures_with_a_labelled_curve(name):
    figure = drawing.DRAWINGS[name](TABLES[name])
    for ax in figure.axes:
        assert ax.get_lines()
        assert ax.get_xlabel()
        assert ax.get_ylabel()


def test_figures_writes_table_and_figure_side_by_side(one_curve, tmp_path):
    figures.main(["--out", str(tmp_path), "--quick"])
    assert one_curve == {"quick": True, "repeats": 1}
    assert {path.name for path in tmp_path.iterdir()} == {"width.csv", "width.png"}
    assert (tmp_path / "width.csv").read_text("utf-8").startswith("# processor: ")
    table = pd.read_csv(tmp_path / "width.csv", comment="#")
    pd.testing.assert_frame_equal(table, TABLES["width"])


def test_figures_can_be_drawn_again_without_measuring(one_curve, tmp_path):
    figures.main(["--out", str(tmp_path)])
    (tmp_path / "width.png").unlink()
    one_curve.clear()
    figures.main(["--out", str(tmp_path), "--redraw"])
    assert (tmp_path / "width.png").exists()
    assert one_curve == {}


def test_levels_of_the_largest_network_sum_to_the_neurons():
    sizes = largest.level_sizes(1003, 100, 4)
    assert sum(sizes) == 1003
    assert len(sizes) == 6
    assert max(sizes[1:-1]) - min(sizes[1:-1]) <= 1


def test_too_few_neurons_for_hidden_layers_are_refused():
    with pytest.raises(ValueError, match="104 neurons leave none"):
        largest.level_sizes(104, 100, 4)


@on_linux
def test_largest_network_of_2000_neurons(capsys):
    options = ["--neurons", "2000", "--inputs", "200", "--threads", "2"]
    largest.main([*options, "--batch-size", "8", "--batches", "2"])
    printed = capsys.readouterr().out
    assert "2,000 neurons" in printed
    # One for each neuron that a layer reads, and for each of its own.
    assert f"{2 * 2000 - 200 - 10:,} connections" in printed
    assert "seconds per step of 8 rows" in printed


def test_shares_of_the_roofline_are_of_its_limits():
    limits = roofline.Limits(flops=100e9, l2_bytes=50e9, dram_bytes=10e9)
    kernel = roofline.Kernel("some", 2.0, flops=50e9, dram_bytes=4e9)
    line = roofline.table(limits, [kernel])[-1]
    assert line.split() == ["some", "25.0", "25%", "-", "20%"]


@pytest.mark.slow
def test_roofline_prints_a_line_for_every_kernel(capsys):
    roofline.main(["--quick"])
    printed = capsys.readouterr().out
    for name in ("multiply-adds", "forward", "backward", "update", "rewiring"):
        assert name in printed


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support")  # PyTorch's own
@pytest.mark.skipif(not is_installed("PyTorch"), reason="needs PyTorch")
def test_turns_prints_shares_of_the_dense_step(capsys):
    turns.main(["--rounds", "2", "--densities", "0.5"], work=Work(**TINY))
    printed = capsys.readouterr().out
    assert "PyTorch, every connection" in printed
    assert printed.splitlines()[-1].split()[0] == "0.5"


@on_linux
def test_soak_prints_what_memory_grew_by(capsys):
    soak.main(["--minutes", "0.02"], variants=["dense"], warm_up=640)
    (line,) = capsys.readouterr().out.splitlines()[2:]
    assert line.startswith("| dense | ")


@on_linux
@pytest.mark.parametrize(
    "variant", ["rewiring, known ids", "replay, CSR, class balanced"]
)
def test_memory_does_not_grow_with_the_calls_of_partial_fit(variant):
    # It grew by 1.9 KB a call, 45 MB in a million rows. The first 500 calls are twice
    # the window.
    _, n_counted, grown = in_own_process(
        "soak", variant=variant, seconds=2, warm_up=500 * 64
    )
    assert n_counted > 0
    assert grown < 0.25e6


@pytest.mark.parametrize(("head", "status"), [(1.2, 0), (1.3, 1)])
def test_head_may_take_little_longer_than_base(head, status, monkeypatch, capsys):
    times = {"base": 1.0, "head": head}
    monkeypatch.setattr(
        base_and_head,
        "in_own_process",
        lambda name, *, checkout, **arguments: times[checkout.name],
    )
    assert base_and_head.main(["base", "head", "--rounds", "1"]) == status
    assert f"{head:.2f} times" in capsys.readouterr().out
