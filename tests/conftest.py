"""Settings of the whole suite."""

import os

from hypothesis import settings

# Figures are drawn to files, wherever the suite runs.
os.environ.setdefault("MPLBACKEND", "Agg")

# No deadline: the first example of a property compiles the kernels that it calls. In CI
# the examples are the same in every run, so that a red run can be repeated.
settings.register_profile(
    "sparsekit", deadline=None, max_examples=50, derandomize="CI" in os.environ
)
settings.load_profile("sparsekit")
