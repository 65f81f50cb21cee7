"""What docs/comparison.md says of other libraries, where these are installed."""

from pathlib import Path

import pytest

from benchmarks.peers import comparison, statements
from benchmarks.peers.statements import PEERS, STATEMENTS, Statement

PAGE = Path(__file__).resolve().parents[2] / "docs" / "comparison.md"
INSTALLED = [s for s in STATEMENTS if statements.versions_of(s.peer)]


@pytest.fixture
def two_statements(monkeypatch):
    """Let the command know one statement that holds, and a peer that is not there."""
    known = [Statement("scikit-learn", "It has estimators", lambda: (True, "many"))]
    monkeypatch.setattr(comparison, "STATEMENTS", known)
    monkeypatch.setitem(PEERS, "river", ("no-such-distribution",))
    return known


@pytest.mark.parametrize("statement", INSTALLED, ids=lambda s: s.check.__name__)
def test_statement_holds(statement):
    answer, found = statement.look()
    assert answer != "no", found


@pytest.mark.parametrize("peer", PEERS)
def test_the_page_names_every_library_that_is_looked_at(peer):
    assert f"[{peer}](" in PAGE.read_text("utf-8")
    assert any(statement.peer == peer for statement in STATEMENTS)


def test_what_was_found_is_printed_and_absent_libraries_are_skipped(
    two_statements, capsys
):
    assert comparison.main(["--only", "scikit-learn", "river"]) == 0
    printed = capsys.readouterr().out
    assert "yes  It has estimators: many" in printed
    assert "river: not installed (no-such-distribution)" in printed


def test_a_statement_that_does_not_hold_is_an_error(two_statements, capsys):
    two_statements.append(Statement("scikit-learn", "It is new", lambda: (False, 2007)))
    assert comparison.main(["--only", "scikit-learn"]) == 1
    assert "no   It is new: 2007" in capsys.readouterr().out


def test_a_library_that_fails_is_told_and_no_error(two_statements, capsys):
    two_statements.append(Statement("scikit-learn", "It runs", lambda: 1 / 0))
    assert comparison.main(["--only", "scikit-learn"]) == 0
    assert "not checked It runs: ZeroDivisionError" in capsys.readouterr().out


def test_a_peer_may_log_print_and_warn_without_disturbing():
    def loud():
        import logging
        import warnings

        warnings.warn("old", stacklevel=1)
        logging.getLogger("peer").warning("careful")
        print("working")
        return True, "quiet"

    assert Statement("scikit-learn", "It is loud", loud).look() == ("yes", "quiet")
