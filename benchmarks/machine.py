"""Which machine and which libraries a measurement belongs to."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = (
    "sparsekit-learn",
    "numba",
    "numpy",
    "scipy",
    "scikit-learn",
    "torch",
    "sparselab",
    "cleanlab",
    "imbalanced-learn",
)


def describe_machine():
    """Return the processor, its cores, and the versions that matter, by name."""
    machine = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for package in _PACKAGES:
        try:
            machine[package] = version(package)
        except PackageNotFoundError:
            continue
    return machine


def _processor():
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2] for line in file if "model name" in line]
        return names[0].strip()
    except (OSError, IndexError):
        return platform.processor() or "unknown"
