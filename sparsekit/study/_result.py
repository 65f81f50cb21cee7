"""What a study found: its rows, and the statistics and figures made of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from sparsekit.study._text import percent
from sparsekit.study.displays._cost import CostDisplay
from sparsekit.study.displays._difference import DifferenceDisplay
from sparsekit.study.displays._ranks import CriticalDifferenceDisplay
from sparsekit.study.displays._report import format_summary
from sparsekit.study.displays._score import MissingnessStudyDisplay
from sparsekit.study.rows._conditions import with_when
from sparsekit.study.rows._rows import check_rows, check_scores, read_rows
from sparsekit.study.statistics._comparison import compare_models
from sparsekit.study.statistics._ranks import ModelRanks, rank_models
from sparsekit.study.statistics._summary import summarize

if TYPE_CHECKING:
    from pandas import DataFrame

DISPLAYS: dict[str, Any] = {
    "score": MissingnessStudyDisplay,
    "ranks": CriticalDifferenceDisplay,
    "difference": DifferenceDisplay,
    "cost": CostDisplay,
}


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
    StudyResult of 4 rows
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

    def __init__(self, frame) -> None:
        check_rows(frame)
        self.frame = frame.copy()

    @classmethod
    def from_file(cls, path) -> Self:
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
            If its name has another ending, or its rows are not those of a study, or not
            as it wrote them.
        """
        result = cls(read_rows(path))
        check_scores(result.frame)
        return result

    @classmethod
    def combine(cls, results) -> Self:
        """Put studies of several tables together.

        Parameters
        ----------
        results : mapping of str to StudyResult or DataFrame
            From the name of each table to the rows of its study.

        Returns
        -------
        result : StudyResult
            All rows, with the names in the column ``dataset``.

        Raises
        ------
        TypeError
            If `results` is no mapping.
        ValueError
            If there is none, or if one of them is of several tables already.
        """
        import pandas as pd

        if not isinstance(results, Mapping):
            raise TypeError(f"results must map names to studies, got {results!r}.")
        if not results:
            raise ValueError("results is empty: at least one study is needed.")
        frames = []
        for name, result in results.items():
            frame = result.frame if isinstance(result, cls) else result
            check_rows(frame)
            if "dataset" in frame:
                if frame["dataset"].nunique() > 1:
                    raise ValueError(f"results[{name!r}] is of several datasets.")
                frame = frame.drop(columns="dataset")
            named = with_when(frame).copy()
            named.insert(0, "dataset", name)
            frames.append(named)
        return cls(pd.concat(frames, ignore_index=True))

    def summary(self, *, pool_rates=False, confidence=0.95) -> "DataFrame":
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

    def report(self) -> str:
        """Return the tables that the command prints: a few columns, for people.

        Returns
        -------
        text : str
            A block of rows for each dataset, mechanism and sparsity, then one over all
            missing rates; at most 100 characters wide for up to three models.

        Examples
        --------
        >>> import pandas as pd
        >>> from sparsekit.study import StudyResult
        >>> frame = pd.DataFrame({
        ...     "mechanism": "mcar", "missing_rate": [0.0, 0.5], "sparsity": 0.9,
        ...     "model": "set", "seed": 0, "metric": "accuracy", "score": [0.9, 0.8],
        ...     "n_connections": 100, "fit_time": 0.1,
        ... })
        >>> print(StudyResult(frame).report())
        Test accuracy in %: mean over 1 seed.
        <BLANKLINE>
        Sparsity 90 %, mechanism mcar
         missing           SET
             0 %          90.0
            50 %          80.0
        ...
        """
        return format_summary(self.summary(), self.summary(pool_rates=True))

    def compare(
        self,
        a,
        b=None,
        *,
        over="seeds",
        pool_rates=True,
        test_size=None,
        confidence=0.95,
    ) -> "DataFrame":
        """Compare models, paired by everything but the model.

        Parameters
        ----------
        a : str or tuple of (str, float)
            A model, or a model and a sparsity.
        b : str, tuple of (str, float) or list of these, default=None
            What it is compared with; None means all other models. Where only the names
            are given, models are compared at the same sparsity, and with a model that
            has none of these, such as the dense one, at every sparsity.
        over : {"seeds", "datasets"}, default="seeds"
            Over what a difference is judged. "seeds" has a row for each dataset and
            asks whether the difference holds for other splits of this table.
            "datasets" takes the mean of each dataset as one value and asks whether it
            holds for other tables like these.
        pool_rates : bool, default=True
            Whether to average the differences over the missing rates first. False has
            a row for each missing rate.
        test_size : float in [0, 1), default=None
            Fraction of the rows of a table that were test rows. None takes it from the
            columns ``n_train`` and ``n_test``. 0 leaves out the correction for splits
            that overlap, and gives the ordinary paired t test.
        confidence : float in (0, 1), default=0.95
            Coverage of the intervals.

        Returns
        -------
        table : DataFrame
            One row per comparison, with what it compares under which condition, and

            - ``n``, the number of seeds (or datasets). Seeds that lack some of the
              missing rates are left out;
            - ``difference``, the mean score of `a` minus that of `b`, and its interval
              ``low``, ``high``;
            - ``p_value``, and ``p_holm``, corrected by `holm` for the number of rows;
            - ``effect_size``: the difference in units of its standard deviation over
              the seeds (or datasets), Cohen's d_z with Hedges' correction for few;
            - ``superiority``: fraction of the seeds (or datasets) in which `a` has the
              higher score, ties counted half; and ``wins``, ``ties``, ``losses``.

            NaN where there are too few values.

        Raises
        ------
        ValueError
            If a model is not known, or the fraction of the test rows is not.

        See Also
        --------
        corrected_ttest : The test over seeds.
        ranks : Compares all models over many datasets.

        Notes
        -----
        Over seeds, interval and p value are those of the corrected resampled t test of
        Nadeau and Bengio, see `corrected_ttest`: the splits of the seeds share most of
        their rows. So are the intervals of the differences in `summary`. Over
        datasets, which share nothing, the interval is Student's, and the p value is
        that of Wilcoxon's signed-rank test [1]_, which cannot be less than
        2 to the power of 1 - n: fewer than six datasets never give 5 %. The effect size
        is 0 if all differences are 0 and NaN if they are all the same otherwise; its
        correction is that of [2]_.

        References
        ----------
        .. [1] J. Demšar, "Statistical comparisons of classifiers over multiple data
           sets", Journal of Machine Learning Research 7 (2006), 1-30, section 3.1.3.
        .. [2] L. Hedges, "Distribution theory for Glass's estimator of effect size and
           related estimators", Journal of Educational Statistics 6 (1981), 107-128.

        Examples
        --------
        >>> import pandas as pd
        >>> from sparsekit.study import StudyResult
        >>> frame = pd.DataFrame({
        ...     "mechanism": "mcar", "missing_rate": 0.0, "sparsity": 0.9,
        ...     "model": ["static"] * 3 + ["set"] * 3, "seed": [0, 1, 2] * 2,
        ...     "metric": "accuracy", "score": [0.90, 0.94, 0.91, 0.93, 0.95, 0.93],
        ...     "n_connections": 100, "fit_time": 0.1,
        ... })
        >>> table = StudyResult(frame).compare("set", "static", test_size=1 / 3)
        >>> table[["n", "difference", "low", "high", "p_value", "wins"]].round(3)
           n  difference    low   high  p_value  wins
        0  3        0.02 -0.019  0.059     0.16     3
        """
        return compare_models(
            self.frame,
            a,
            b,
            over=over,
            pool_rates=pool_rates,
            test_size=test_size,
            confidence=confidence,
        )

    def ranks(self, models=None, *, sparsity=None, confidence=0.95) -> ModelRanks:
        """Rank the models over the datasets.

        Scores of different tables, and of different kinds, cannot be averaged; ranks
        can. On each dataset the models are ranked for each mechanism, missing rate and
        seed; the means of these ranks are ranked once more. Each dataset has thus one
        set of ranks: it is the datasets that are independent, not the seeds or the
        missing rates of one, and their number is the n of all tests.

        Parameters
        ----------
        models : str, tuple of (str, float) or list of these, default=None
            Models, or models at a sparsity; None means all. What is ranked changes the
            ranks of all others: leave out what is no candidate.
        sparsity : float or None, default=None
            Rank the models at this sparsity among each other. None ranks those of all
            sparsities together.
        confidence : float in (0, 1), default=0.95
            One minus the level of the critical difference.

        Returns
        -------
        ranks : ModelRanks
            With ``table``, ``by_dataset``, the tests, ``critical_difference``
            and ``groups``. With one dataset there are ranks and no tests.

        Raises
        ------
        ValueError
            If a model or a sparsity is not known, or no dataset has all of them.

        See Also
        --------
        compare : Compares two models, by how much.

        Notes
        -----
        With the average ranks :math:`R_j` of k models over n datasets, Friedman's
        :math:`\\chi^2 = 12 n / (k (k + 1)) (\\sum_j R_j^2 - k (k + 1)^2 / 4)`, here
        corrected for ties, has k - 1 degrees of freedom. Iman and Davenport's
        :math:`F = (n - 1) \\chi^2 / (n (k - 1) - \\chi^2)` has k - 1 and
        (k - 1)(n - 1). Nemenyi's test calls two models different if their ranks differ
        by :math:`q \\sqrt{k (k + 1) / (6 n)}`, where q is the quantile of the
        studentized range divided by :math:`\\sqrt 2` [1]_. These are approximations
        for many datasets; for few, take the p value by permutations.

        References
        ----------
        .. [1] J. Demšar, "Statistical comparisons of classifiers over multiple data
           sets", Journal of Machine Learning Research 7 (2006), 1-30, section 3.2.

        Examples
        --------
        >>> import pandas as pd
        >>> from sparsekit.study import StudyResult
        >>> frame = pd.DataFrame({
        ...     "dataset": ["wine", "iris", "digits"] * 3, "mechanism": "mcar",
        ...     "missing_rate": 0.0, "sparsity": 0.0, "seed": 0, "metric": "accuracy",
        ...     "model": ["dense"] * 3 + ["set"] * 3 + ["static"] * 3,
        ...     "score": [0.96, 0.95, 0.97, 0.97, 0.94, 0.98, 0.95, 0.90, 0.93],
        ...     "n_connections": 100, "fit_time": 0.1,
        ... })
        >>> StudyResult(frame).ranks().table.round(2)
                   model  rank  wins
        0            SET  1.33     2
        1          dense  1.67     1
        2  static sparse  3.00     0
        """
        frame = self.frame
        if sparsity is not None:
            frame = frame[(frame["sparsity"] - sparsity).abs() < 1e-9]
            if frame.empty:
                known = sorted(self.frame["sparsity"].unique().tolist())
                raise ValueError(f"sparsity must be one of {known}; got {sparsity!r}.")
        return rank_models(frame, models, confidence)

    def plot(self, kind="score", *, axes=None, **options) -> Any:
        """Draw a figure of the study.

        Parameters
        ----------
        kind : {"score", "ranks", "difference", "cost"}, default="score"
            - "score": score against missing rate, `MissingnessStudyDisplay`;
            - "ranks": average ranks over datasets, `CriticalDifferenceDisplay`;
            - "difference": difference of models against missing rate, which needs
              ``a=``, `DifferenceDisplay`;
            - "cost": score against connections or time, `CostDisplay`.
        axes : matplotlib Axes or array-like of these, default=None
            One for each panel; None makes a new figure.
        **options
            Arguments of the ``from_frame`` of the display, such as ``confidence``.

        Returns
        -------
        display : object
            The display, drawn, with its ``figure_``.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If `kind` is not known.
        """
        if not isinstance(kind, str) or kind not in DISPLAYS:
            raise ValueError(f"kind={kind!r} must be one of {', '.join(DISPLAYS)}.")
        # Ranks are a single panel.
        where = {"ax" if kind == "ranks" else "axes": axes}
        return DISPLAYS[kind].from_frame(self.frame, **where, **options)

    def __len__(self):
        return len(self.frame)

    def __repr__(self):
        width = max(map(len, self._facts()))
        lines = [f"  {name:{width}}  {text}" for name, text in self._facts().items()]
        return "\n".join([f"{type(self).__name__} of {len(self)} rows", *lines])

    def _repr_html_(self):
        from html import escape

        facts = "; ".join(f"{k}: {v}" for k, v in self._facts().items())
        table = self.summary(pool_rates=True).to_html(
            index=False, float_format="{:.4g}".format, na_rep="", max_rows=40
        )
        head = f"<b>{type(self).__name__}</b> of {len(self)} rows; {escape(facts)}"
        return f"<p>{head}</p>\n<p>Means over all missing rates:</p>\n{table}"

    def _facts(self):
        """Return what was varied, by name."""
        frame = with_when(self.frame)
        varied = sorted(s for s in frame["sparsity"].unique() if s > 0)
        facts = {}
        if "dataset" in frame:
            facts["datasets"] = ", ".join(frame["dataset"].unique())
        facts["models"] = ", ".join(frame["model"].unique())
        if varied:
            facts["sparsities"] = percent(varied)
        facts["missing rates"] = percent(sorted(frame["missing_rate"].unique()))
        facts["mechanisms"] = ", ".join(frame["mechanism"].unique())
        if (frame["when"] != "both").any():
            facts["when"] = ", ".join(frame["when"].unique())
        facts["seeds"] = str(frame["seed"].nunique())
        return facts
