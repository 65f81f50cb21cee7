"""How much memory can be had: what the system and the container say."""

import math
import os

import pytest

from sparsekit._utils import _available_memory


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Files that say how much memory there is, none so far."""
    monkeypatch.setattr(_available_memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(_available_memory, "_GROUPS", tmp_path)
    (tmp_path / "memory").mkdir()
    return tmp_path


def test_where_nobody_tells_what_the_machine_has_is_a_bound(system, monkeypatch):
    monkeypatch.setattr(os, "sysconf_names", {"SC_PHYS_PAGES": 0}, raising=False)
    monkeypatch.setattr(os, "sysconf", len, raising=False)
    assert _available_memory.available_bytes() == 13 * 12
    monkeypatch.delattr(os, "sysconf_names")
    assert _available_memory.available_bytes() == math.inf


def test_what_the_system_has_left_is_memory_and_swap(system):
    (system / "meminfo").write_text("MemFree: 1 kB\nMemAvailable: 5 kB\nSwapFree: 2 kB")
    assert _available_memory.available_bytes() == 7 * 1024


@pytest.mark.parametrize("version", [1, 2])
def test_the_limit_of_a_container_holds(system, version):
    (system / "meminfo").write_text("MemAvailable: 100 kB\n")
    limit, used, stat, name = {
        1: ("limit_in_bytes", "usage_in_bytes", "stat", "total_inactive_file"),
        2: ("max", "current", "stat", "inactive_file"),
    }[version]
    prefix = "memory/memory." if version == 1 else "memory."
    (system / f"{prefix}{limit}").write_text("5000\n")
    (system / f"{prefix}{used}").write_text("3000\n")
    (system / f"{prefix}{stat}").write_text(f"cache 1500\n{name} 1000\n")
    assert _available_memory.available_bytes() == 3000
    (system / f"{prefix}{limit}").write_text("max\n" if version == 2 else f"{2**63}\n")
    assert _available_memory.available_bytes() == 100 * 1024
