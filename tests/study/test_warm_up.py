"""The command ``sparsekit warm-up``."""

import logging

import pytest

from sparsekit.study.cli import _warm_up_command, main


@pytest.fixture
def uses(monkeypatch):
    done = []

    def some(everything):
        yield "networks", lambda: done.append("networks")
        if everything:
            yield "options", lambda: done.append("options")

    monkeypatch.setattr(_warm_up_command, "_uses", some)
    return done


def test_it_uses_everything_once_and_says_how_long_it_took(uses, capsys):
    assert main(["warm-up"]) == 0
    assert uses == ["networks"]
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("networks")
    assert "Compiled code is on disk" in out


def test_the_log_is_silent_while_it_compiles_and_speaks_again_after_it(monkeypatch):
    logger, levels = logging.getLogger("sparsekit"), []
    before = logger.level
    use = "networks", lambda: levels.append(logger.getEffectiveLevel())
    monkeypatch.setattr(_warm_up_command, "_uses", lambda everything: [use])
    assert main(["warm-up", "--quiet"]) == 0
    assert levels == [logging.ERROR]
    assert logger.level == before


def test_all_goes_through_the_options_too(uses):
    assert main(["warm-up", "--all", "--quiet"]) == 0
    assert uses == ["networks", "options"]


def test_without_a_cache_it_says_that_nothing_is_kept(uses, monkeypatch, capsys):
    monkeypatch.setenv("SPARSEKIT_NUMBA_CACHE", "0")
    assert main(["warm-up"]) == 0
    assert uses == []
    assert "not kept" in capsys.readouterr().out


def test_what_it_runs_fits_and_predicts():
    uses = dict(_warm_up_command._uses(everything=True))
    assert len(uses) > 30
    assert uses.keys() > dict(_warm_up_command._uses(everything=False)).keys()
    for name in ("networks, float32, batches of 16 rows", "method='rigl'", "maskers"):
        uses[name]()
