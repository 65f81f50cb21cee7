"""The conditions of a study: by which mechanism values go missing, and where."""

PLACES = {"both": "", "fit": ", in training only", "transform": ", in the test only"}


def by_condition(*summaries):
    """Yield the name of each condition with its rows of each of the summaries.

    Parameters
    ----------
    *summaries : DataFrame
        With columns ``mechanism`` and ``when``; all have the conditions of the first.

    Yields
    ------
    name : str
        Such as "mar" or "mar, in training only".
    *rows : DataFrame
    """
    keys = ["mechanism", "when"]
    for mechanism, when in summaries[0][keys].drop_duplicates().to_numpy():
        here = {"mechanism": mechanism, "when": when}
        yield (
            mechanism + PLACES[when],
            *(s[(s[keys] == here).all(axis=1)] for s in summaries),
        )
