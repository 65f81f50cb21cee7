"""How much memory there is."""

import math
import os
import re
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_GROUPS = Path("/sys/fs/cgroup")
# Limit, use and details of the memory of a control group.
_OF_GROUPS = (
    ("memory.max", "memory.current", "memory.stat"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
    ),
)
# A line of such a file: a name and a number.
_FIELD = re.compile(r"^([\w()]+):?\s+(\d+)", re.MULTILINE)


def available_bytes():
    """Return how much memory the process can still take; infinity if unknown.

    On Linux that is what the system has, swap included, and what the control groups of
    a container allow, versions 2 and 1; elsewhere what the machine has.
    """
    available = math.inf
    if _MEMINFO.exists():
        fields = dict(_FIELD.findall(_MEMINFO.read_text()))
        if "MemAvailable" in fields:
            free = int(fields["MemAvailable"]) + int(fields.get("SwapFree", 0))
            available = 1024 * free
    elif "SC_PHYS_PAGES" in getattr(os, "sysconf_names", ()):
        available = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for names in _OF_GROUPS:
        limit, used, stat = map(_GROUPS.joinpath, names)
        if not (limit.exists() and used.exists() and stat.exists()):
            continue
        most = limit.read_text().strip()
        if most != "max":
            notes = dict(_FIELD.findall(stat.read_text()))
            # Files that were read are dropped where memory is asked for.
            dropped = notes.get("total_inactive_file", notes.get("inactive_file", 0))
            left = int(most) - int(used.read_text()) + int(dropped)
            available = min(available, left)
    return available
