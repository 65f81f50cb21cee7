"""What a study found: its rows, and the statistics and figures made of them."""

from pathlib import Path

from sparsekit.study._conditions import with_when
from sparsekit.study._summary import summarize

KEY = ["dataset", "mechanism", "when", "missing_rate", "model", "sparsity", "seed"]
VALUES = ["metric", "score", "n_connections", "fit_time"]
OPTIONAL = {"dataset", "when"}


class StudyResult:
    """The rows of a study, with the statistics that can be made of them.

    Parameters
    ----------
    frame : DataFrame
        One row per fit, as `missingness_study` makes them. Needed are the columns
        ``mechanism``, ``missing_rate``, ``model``, ``sparsity``, ``seed``, ``metric``,
        ``score``, ``n_connections`` and ``fit_time``; ``when`` is "both" where it is
        not there, and ``dataset`` says of which table a row is, if there are several.

    Attributes
    ----------
    frame : DataFrame
        A copy of the rows.

    Raises
    ------
    ValueError
        If a column or all rows are missing, or if two rows are of the same fit.

    See Also
    --------
    missingness_study : Runs a study.
    summarize : The function behind `summary`.

    Examples
    --------
    >>> import pandas as pd
    >>> from sparsekit.study import StudyResult
    >>> frame = pd.DataFrame({
    ...     "mechanism": "mcar", "missing_rate": 0.0, "sparsity": 0.9,
    ...     "model": ["static", "static", "set", "set"], "seed": [0, 1, 0, 1],
    ...     "metric": "accuracy", "score": [0.90, 0.94, 0.92, 0.95],
    ...     "n_connections": 100, "fit_time": 0.1,
    ... })
    >>> result = StudyResult(frame)
    >>> result
    StudyResult of 4 fits
      models         static, set
      sparsities     90 %
      missing rates  0 %
      mechanisms     mcar
      seeds          2
    >>> result.summary()[["model", "score", "minus_static"]].round(3)
        model  score  minus_static
    0     set  0.935         0.015
    1  static  0.920           NaN
    """

    def __init__(self, frame):
        _check(frame)
        self.frame = frame.copy()

    @classmethod
    def from_file(cls, path):
        """Read the rows of a study from a file; nothing in it is executed.

        Parameters
        ----------
        path : str or Path
            File whose name ends in .csv, .csv.gz or .parquet, such as the
            ``results.csv`` of ``sparsekit study``.

        Returns
        -------
        result : StudyResult

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If its name has another ending, or its rows are not those of a study.
        """
        return cls(_read(Path(path)))

    def summary(self, *, pool_rates=False, confidence=0.95):
        """Return means and intervals over seeds; see `summarize`.

        Parameters
        ----------
        pool_rates : bool, default=False
            Whether to average over the missing rates, within each seed, first.
        confidence : float in (0, 1), default=0.95
            Coverage of the intervals.

        Returns
        -------
        summary : DataFrame
            One row per dataset, mechanism, when, missing rate, model and sparsity.
        """
        return summarize(self.frame, pool_rates=pool_rates, confidence=confidence)

    def __len__(self):
        return len(self.frame)

    def __repr__(self):
        width = max(map(len, self._facts()))
        lines = [f"  {name:{width}}  {text}" for name, text in self._facts().items()]
        return "\n".join([f"{type(self).__name__} of {len(self)} fits", *lines])

    def _repr_html_(self):
        from html import escape

        facts = "; ".join(f"{k}: {v}" for k, v in self._facts().items())
        table = self.summary(pool_rates=True).to_html(
            index=False, float_format="{:.4g}".format, na_rep="", max_rows=40
        )
        head = f"<b>{type(self).__name__}</b> of {len(self)} fits; {escape(facts)}"
        return f"<p>{head}</p>\n<p>Means over all missing rates:</p>\n{table}"

    def _facts(self):
        """Return what was varied, by name."""
        frame = with_when(self.frame)
        varied = sorted(s for s in frame["sparsity"].unique() if s > 0)
        facts = {}
        if "dataset" in frame:
            facts["datasets"] = _list(frame["dataset"].unique())
        facts["models"] = _list(frame["model"].unique())
        if varied:
            facts["sparsities"] = _percent(varied)
        facts["missing rates"] = _percent(sorted(frame["missing_rate"].unique()))
        facts["mechanisms"] = _list(frame["mechanism"].unique())
        if (frame["when"] != "both").any():
            facts["when"] = _list(frame["when"].unique())
        facts["seeds"] = str(frame["seed"].nunique())
        return facts


def _check(frame):
    missing = [c for c in KEY + VALUES if c not in frame and c not in OPTIONAL]
    if missing:
        raise ValueError(
            f"frame has no column {', '.join(missing)}: one row per fit is needed, as "
            "missingness_study returns them."
        )
    if len(frame) == 0:
        raise ValueError("frame has no rows.")
    keys = [column for column in KEY if column in frame]
    n_twice = int(frame.duplicated(keys).sum())
    if n_twice:
        raise ValueError(
            f"frame has {n_twice} rows too many: each fit, that is each combination of "
            f"{', '.join(keys)}, may have one row only."
        )


def _read(path):
    import pandas as pd

    name = path.name.lower()
    if name.endswith(".parquet"):
        return pd.read_parquet(path)
    if name.endswith((".csv", ".csv.gz")):
        # A model called "NA" keeps its name.
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
    raise ValueError(f"the name of {path} must end in .csv, .csv.gz or .parquet.")


def _list(names):
    return ", ".join(map(str, names))


def _percent(shares):
    return ", ".join(f"{100 * share:g}" for share in shares) + " %"
