"""The conditions of a study: which table, and how and where its values go missing."""

PLACES = {"both": "", "fit": ", in training only", "transform": ", in the test only"}
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
        Such as "mar", or "wine, mar, in training only" if there are several tables.
    *rows : DataFrame
    """
    keys = condition_columns(summaries[0])
    several_tables = "dataset" in keys and summaries[0]["dataset"].nunique() > 1
    for values in summaries[0][keys].drop_duplicates().to_numpy():
        here = dict(zip(keys, values, strict=True))
        name = here["mechanism"] + PLACES[here["when"]]
        if several_tables:
            name = f"{here['dataset']}, {name}"
        yield (name, *(s[(s[keys] == here).all(axis=1)] for s in summaries))
