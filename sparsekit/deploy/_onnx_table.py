"""The columns of a table, as inputs of a graph, and what networks see of them."""

import numpy as np

from sparsekit._utils._table_values import halves, n_indicators
from sparsekit.deploy._table import n_groups

# What the outputs of graphs are called: no input can have the same name.
_OUTPUTS = ("label", "probabilities", "prediction")


def add_table(graph, table):
    """Add an input for each column; return what networks see, in double precision.

    Parameters
    ----------
    graph : Graph
        Without nodes.
    table : TableColumns

    Raises
    ------
    ValueError
        For a column that has no form in a graph, with its name.
    """
    kinds = [_input_kind(table, j) for j in range(len(table.names))]
    for name, kind in zip(table.names, kinds, strict=True):
        dtype = {"text": object, "number": graph.dtype, "date": np.float64}[kind]
        graph.input(name, dtype, ["n_samples", 1])
    blocks, dates = [], {}
    for plan in table.columns:
        x = table.names[plan["column"]]
        if plan["part"] is not None:
            if x not in dates:
                dates[x] = _date_parts(graph, x)
            x = dates[x][plan["part"]]
        if plan["kind"] == "number":
            blocks.append(graph.cast(x, np.float64))
        else:
            is_text = kinds[plan["column"]] == "text"
            blocks.append(_indicators(graph, x, plan, is_text))
    values = graph.add("Concat", *blocks, axis=1)
    return values if table.edges is None else _binned(graph, table.edges, values)


def _input_kind(table, j):
    """Return what a graph reads of a column: "text", "number" or "date"."""
    name, kind = table.names[j], table.kinds[j]
    if name in _OUTPUTS:
        raise ValueError(
            f"Column {name!r} has the name of an output of the graph; rename it to "
            "export."
        )
    if kind != "category":
        return kind
    categories = [v for p in table.columns if p["column"] == j for v in p["categories"]]
    if "" in categories:
        raise ValueError(
            f"Column {name!r} holds empty text as a category, which stands for a "
            "missing value in the graph; make it None before fit to export."
        )
    is_text = {isinstance(value, str) for value in categories}
    if len(is_text) > 1:
        raise ValueError(
            f"Column {name!r} holds text beside numbers, and an input of a graph has "
            "one type; make text of all of it before fit to export."
        )
    return "number" if is_text == {False} else "text"


def _indicators(graph, x, plan, is_text):
    """Return an output for each group of values, as `indicators` does."""
    categories = plan["categories"]
    rest = float(len(categories)) if plan["others"] else np.nan
    if is_text:
        codes = graph.add(
            "LabelEncoder",
            x,
            domain="ai.onnx.ml",
            keys_strings=[*categories, ""],
            values_floats=[*map(float, range(len(categories))), np.nan],
            default_float=rest,
        )
        codes = graph.cast(codes, np.float64)
    else:
        codes = _codes_of_numbers(graph, x, plan, rest)
    outputs = np.arange(n_indicators(n_groups(plan)), dtype=np.float64)
    found = graph.cast(graph.add("Equal", codes, outputs), np.float64)
    return graph.add("Where", graph.add("IsNaN", codes), np.array(np.nan), found)


def _codes_of_numbers(graph, x, plan, rest):
    x = graph.cast(x, np.float64)
    # Single precision, as the values that come in may be.
    values = np.array(plan["categories"], dtype=np.float64).astype(graph.dtype)
    same = graph.add("Equal", graph.cast(x, graph.dtype), values)
    same = graph.cast(same, np.float64)
    numbers = np.arange(values.size, dtype=np.float64)
    axis = np.array([1])
    code = graph.add("ReduceSum", graph.add("Mul", same, numbers), axis)
    known = graph.add("Greater", graph.add("ReduceSum", same, axis), np.array(0.0))
    code = graph.add("Where", known, code, np.array(rest))
    return graph.add("Where", graph.add("IsNaN", x), np.array(np.nan), code)


def _date_parts(graph, x):
    """Return the parts of dates given as days since 1970, results by name.

    Years begin in March here, so that leap days end them, and eras of 400 years are all
    alike.
    """

    def floor(operator, a, b):
        return graph.add("Floor", graph.add(operator, a, np.array(b)))

    def less(a, b):
        return graph.add("Sub", a, b)

    def times(a, number):
        return graph.add("Mul", a, np.array(float(number)))

    days = graph.add("Floor", x)
    since = graph.add("Add", days, np.array(719468.0))
    day = less(since, times(floor("Div", since, 146097.0), 146097))
    # Day of the era without its leap days, so that all years have 365.
    leap = less(floor("Div", day, 1460.0), floor("Div", day, 36524.0))
    leap = graph.add("Add", leap, floor("Div", day, 146096.0))
    year = floor("Div", less(day, leap), 365.0)
    before = graph.add("Add", times(year, 365), floor("Div", year, 4.0))
    day = less(day, less(before, floor("Div", year, 100.0)))
    month = floor("Div", graph.add("Add", times(day, 5), np.array(2.0)), 153.0)
    begin = floor("Div", graph.add("Add", times(month, 153), np.array(2.0)), 5.0)
    this_year = graph.add("Less", month, np.array(10.0))
    shift = graph.add("Where", this_year, np.array(3.0), np.array(-9.0))
    weekday = graph.add("Add", days, np.array(3.0))
    return {
        "days": days,
        "month": graph.add("Add", month, shift),
        "day": graph.add("Add", less(day, begin), np.array(1.0)),
        "weekday": less(weekday, times(floor("Div", weekday, 7.0), 7)),
        "hour": times(less(x, days), 24),
    }


def _binned(graph, edges, values):
    """Return values and ramps in the order of `PiecewiseLinearEncoder`."""
    n_bins = np.array([max(e.size - 1, 0) for e in edges])
    source = np.repeat(np.arange(n_bins.size), n_bins)
    parts = [halves(e) for e in edges if e.size > 1]
    if not parts:
        return graph.add("Gather", values, source, axis=1)
    low, width = map(np.concatenate, zip(*parts, strict=True))
    x = graph.add("Gather", values, source, axis=1)
    ramp = graph.add("Sub", graph.add("Mul", x, np.array(0.5)), low)
    ramp = graph.add(
        "Clip", graph.add("Div", ramp, width), np.array(0.0), np.array(1.0)
    )
    ramp = graph.add("Where", graph.add("IsNaN", x), np.array(np.nan), ramp)
    order, start = [], n_bins.size
    for number, n in enumerate(n_bins):
        order += [number] * bool(n > 1) + list(range(start, start + n))
        start += n
    both = graph.add("Concat", values, ramp, axis=1)
    return graph.add("Gather", both, np.array(order, dtype=np.int64), axis=1)
