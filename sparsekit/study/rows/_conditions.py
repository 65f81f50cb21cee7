"""The conditions of a study: which table, and how and where its values go missing."""

WHEN_TEXTS = {
    "both": "",
    "fit": ", in training only",
    "transform": ", in the test only",
}
CONDITION = ["dataset", "mechanism", "when"]


def with_when(frame):
    """Return the frame with a column ``when``, which early studies did not have."""
    return frame if "when" in frame else frame.assign(when="both")


def condition_columns(frame):
    """Return the columns that name the condition; of one table it has no dataset."""
    return [column for column in CONDITION if column in frame]


def by_condition(*summaries):
    """Yield the name of each condition with its rows of each of the summaries.

    Parameters
    ----------
    *summaries : DataFrame
        With columns ``mechanism`` and ``when``, and ``dataset`` if there are several;
        all have the conditions of the first.

    Yields
    ------
    name : str
        Such as "mar, in training only"; with several tables "wine", or "wine, mar" if
        there are several mechanisms as well.
    *rows : DataFrame
    """
    keys = condition_columns(summaries[0])
    conditions = summaries[0][keys].drop_duplicates().sort_values(keys)
    several_tables = "dataset" in keys and conditions["dataset"].nunique() > 1
    one_mechanism = len(conditions[["mechanism", "when"]].drop_duplicates()) == 1
    for values in conditions.to_numpy():
        here = dict(zip(keys, values, strict=True))
        name = here["mechanism"] + WHEN_TEXTS[here["when"]]
        if several_tables:
            name = here["dataset"] if one_mechanism else f"{here['dataset']}, {name}"
        yield (name, *(s[(s[keys] == here).all(axis=1)] for s in summaries))
