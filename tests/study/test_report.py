import pytest

from sparsekit.study import summarize
from sparsekit.study.displays._report import format_summary
from tests.study.frames import made_up_study


def report(frame):
    return format_summary(summarize(frame), summarize(frame, pool_rates=True))


def test_each_dataset_has_tables_in_its_own_metric():
    lines = report(made_up_study(["wine", "diabetes"])).splitlines()
    assert lines[0].startswith("Test R2 and accuracy in %: mean over 4 seeds")
    titles = [line for line in lines if line.startswith(("Sparsity", "Over all"))]
    assert titles == [
        "Sparsity 80 %, diabetes",
        "Over all missing rates, diabetes",
        "Sparsity 80 %, wine",
        "Over all missing rates, wine",
    ]
    headers = [line.split() for line in lines if "connections" in line]
    assert [("R2" in header, "accuracy" in header) for header in headers] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("datasets", [None, ["wine"]])
def test_one_dataset_is_not_named(datasets):
    lines = report(made_up_study(datasets)).splitlines()
    assert "Sparsity 80 %, mechanism mcar" in lines
    assert "Over all missing rates, mechanism mcar" in lines
