"""What a fit of the reference study costs, for each table and model.

``python -m benchmarks.studies.study_cost`` fits one seed at one missing rate, in a few
minutes, and prints a Markdown table of seconds of processor time per fit, and how long
the whole study takes on one core. Other work on the machine matters little to processor
time.
"""

import time
from unittest import mock

from sparsekit.study.plan._plan import make_plan
from sparsekit.study.run import _run
from sparsekit.study.run._store import ResultStore

GRID = {"missing_rates": [0.2], "mechanisms": ["mcar"], "seeds": [100]}


def measure():
    """Return the rows of one seed, `fit_time` in seconds of processor time, and all."""
    plan, store = make_plan(preset="reference", **GRID), ResultStore()
    _run.try_models(plan)
    start = time.process_time()
    with mock.patch.object(_run.time, "perf_counter", time.process_time):
        _run.collect_rows(plan, store, n_jobs=1)
    return store.finish(), time.process_time() - start


def main():
    """Measure, and print."""
    frame, seconds = measure()
    costs = frame.pivot_table(
        index="dataset", columns="model", values="fit_time", sort=False
    )
    print("|".join(["", " table ", *(f" {model} " for model in costs), ""]))
    print("| --- " * (1 + len(costs.columns)) + "|")
    for table, row in costs.iterrows():
        print(f"| {table} | " + " | ".join(f"{cost:.2f}" for cost in row) + " |")
    n_fits = make_plan(preset="reference").n_fits
    hours = seconds * n_fits / len(frame) / 3600
    print(
        f"{len(frame)} fits took {seconds:.1f} s of processor time; the {n_fits} fits "
        f"of the study, on one core, take about {hours:.1f} hours."
    )


if __name__ == "__main__":
    main()
