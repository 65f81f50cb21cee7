"""How much memory there is."""

import math
import os
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_GROUPS = Path("/sys/fs/cgroup")


def available_bytes():
    """Return how much memory the process can still take; infinity if unknown."""
    return min([*_left_in_system(), *_left_in_groups()], default=math.inf)


def _left_in_system():
    """Yield what Linux has, swap included; what the machine has where it is another."""
    if _MEMINFO.exists():
        lines = (line.split() for line in _MEMINFO.read_text().splitlines())
        kilobytes = {line[0]: int(line[1]) for line in lines}
        if "MemAvailable:" in kilobytes:
            yield 1024 * (kilobytes["MemAvailable:"] + kilobytes.get("SwapFree:", 0))
    elif "SC_PHYS_PAGES" in getattr(os, "sysconf_names", ()):
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _left_in_groups():
    """Yield what a container may take: limits of control groups, versions 2 and 1."""
    for names in (
        ("memory.max", "memory.current", "memory.stat"),
        (
            "memory/memory.limit_in_bytes",
            "memory/memory.usage_in_bytes",
            "memory/memory.stat",
        ),
    ):
        limit, used, stat = (_GROUPS / name for name in names)
        if not (limit.exists() and used.exists() and stat.exists()):
            continue
        most = limit.read_text().strip()
        if most == "max":
            continue
        notes = dict(line.split() for line in stat.read_text().splitlines())
        # Files that were read are dropped where memory is asked for.
        dropped = notes.get("total_inactive_file", notes.get("inactive_file", 0))
        yield int(most) - int(used.read_text()) + int(dropped)
