"""How a diagnosis shows itself: as text, and as HTML in notebooks."""

from html import escape

# Adjusted p-values below this are counted as findings.
LEVEL = 0.05
# Rows of a table in HTML.
N_SHOWN = 10


def as_text(diagnosis):
    """Return the summary as aligned lines."""
    lines = summary(diagnosis)
    width = max(len(label) for label, _ in lines)
    return "\n".join(f"{label:<{width}}  {text}".rstrip() for label, text in lines)


def as_html(diagnosis):
    """Return the summary and the heads of the tables."""
    lines = "".join(
        f'<tr><th style="text-align:left">{escape(label)}</th>'
        f'<td style="text-align:left">{escape(text)}</td></tr>'
        for label, text in summary(diagnosis)
    )
    parts = [f"<table>{lines}</table>"]
    for name in ("columns", "patterns", "dependence", "co_missing", "mcar_test"):
        table = getattr(diagnosis, name)
        shown = table.head(N_SHOWN).to_html(max_cols=30)
        parts.append(
            f"<details><summary>{name}: {len(table):,} rows</summary>{shown}</details>"
        )
    return "".join(parts)


def summary(diagnosis):
    """Return (label, text) of each line of a summary."""
    n_rows, n_columns = len(diagnosis.rows), len(diagnosis.columns)
    lines = [
        ("Diagnosis", f"{n_rows:,} rows, {n_columns:,} columns"),
        ("missing", _missing(diagnosis)),
        ("patterns", _patterns(diagnosis)),
        ("MCAR, Little", _little(diagnosis.mcar_test.loc["little"])),
        ("MCAR, max score", _max_score(diagnosis.mcar_test.loc["max_score"])),
        ("dependence", _dependence(diagnosis.dependence)),
        ("co-missing", _co_missing(diagnosis.co_missing)),
    ]
    return lines + [("note", note) for note in diagnosis.notes]


def _missing(diagnosis):
    n_columns = (diagnosis.columns["n_missing"] > 0).sum()
    n_rows = (diagnosis.rows["n_missing"] > 0).sum()
    return (
        f"{diagnosis.missing_rate:.1%} of the cells, in {n_rows:,} rows and "
        f"{n_columns:,} columns"
    )


def _patterns(diagnosis):
    n_rows, n_missing = diagnosis.patterns.index[0]
    what = f"{n_missing:,} missing values" if n_missing else "nothing missing"
    return (
        f"{diagnosis.n_patterns:,}; the most frequent, with {what}, has {n_rows:,} rows"
    )


def _little(test):
    if test["p_value"] != test["p_value"]:
        return f"not used: {test['note']}"
    note = f" ({test['note']})" if test["note"] else ""
    return (
        f"d2 = {test['statistic']:.1f}, df = {test['df']:.0f}, "
        f"p = {test['p_value']:.2g}{note}"
    )


def _max_score(test):
    if test["p_value"] != test["p_value"]:
        return f"not used: {test['note']}"
    return f"|z| = {test['statistic']:.1f}, p = {test['p_value']:.2g}"


def _dependence(table):
    if not len(table):
        return "no tests"
    text = _n_found(table)
    if table.loc[0, "p_adjusted"] < LEVEL:
        best = table.iloc[0]
        where = "high" if best["z"] > 0 else "low"
        text += (
            f"; strongest: {best['missing']} is missing where {best['depends_on']} is "
            f"{where} (z = {best['z']:.1f})"
        )
    return text


def _co_missing(table):
    if not table["p_value"].notna().any():
        return "no tests"
    text = _n_found(table)
    found = table[table["p_adjusted"] < LEVEL]
    if len(found):
        best = found.iloc[0]
        text += (
            f"; strongest: {best['first']} and {best['second']} "
            f"(phi = {best['phi']:.2f})"
        )
    return text


def _n_found(table):
    n_tests = table["p_value"].notna().sum()
    n_found = (table["p_adjusted"] < LEVEL).sum()
    return f"{n_found:,} of {n_tests:,} pairs at adjusted p < {LEVEL:g}"
