"""The study as a Python function."""

import sys

from sparsekit.study._plan import make_plan
from sparsekit.study._run import collect_rows, try_models

KEYS = ["mechanism", "when", "missing_rate", "model", "sparsity", "seed"]
COLUMNS = [
    *KEYS,
    "metric",
    "score",
    "n_connections",
    "n_iter",
    "fit_time",
    "realized_missing_rate",
]


def missingness_study(
    X=None,
    y=None,
    *,
    preset=None,
    models=None,
    sparsities=None,
    missing_rates=None,
    mechanisms=None,
    when=None,
    seeds=None,
    test_size=None,
    task="auto",
    estimator_params=None,
    n_jobs=None,
    progress=False,
):
    """Train models over a grid of sparsities and missing rates.

    For each seed the rows are split anew into training and test rows, and at each
    missing rate values of the whole table are made missing, in training and test rows
    alike unless `when` says otherwise. All models and sparsities of a seed see the same
    split, the same holes and the same random numbers, and the holes at a lower rate are
    a subset of those at a higher one. Differences between models can therefore be taken
    within each seed, see `summarize`.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features), default=None
        Numbers; NaN means missing already. None means scikit-learn's copy of Breast
        Cancer Wisconsin (569 rows, 30 features).
    y : array-like of shape (n_samples,), default=None
        Classes, or quantities. A quantity is standardized by its training rows, which
        leaves R2 as it is.
    preset : {"figure2", "quick", "table"}, default=None
        Where all that is None below comes from. "figure2" is three models at seven
        sparsities, ten missing rates and three seeds, network 30-100-100-100-2; "quick"
        is the same network on a small grid; "table" has two hidden layers of 100
        neurons, batches of 32 and otherwise the estimators' defaults. None means
        "figure2" without `X`, "table" with it.
    models : sequence of {"dense", "static", "set"}, or mapping, default=None
        The models. A mapping goes from a label to a name or to any estimator that takes
        NaN: it is fitted at each of the `sparsities` if it has a parameter of the name
        ``sparsity``, and once per missing rate and seed if not.
    sparsities : sequence of float in [0, 1), default=None
        Shares of absent connections.
    missing_rates : sequence of float in [0, 1), default=None
        Shares of the cells of `X` that are made missing.
    mechanisms : sequence of str, default=None
        Why values are missing; the mechanisms of `MissingnessTransformer`.
    when : {"both", "fit", "transform"} or sequence of these, default=None
        Whether holes are in training and test rows ("both", which None means), in the
        training rows only ("fit": what does training on fewer values cost?), or in the
        test rows only ("transform": how robust is a model of complete data?).
    seeds : int or sequence of int, default=None
        Number of seeds, or the seeds. A seed fixes split, holes and initial network.
    test_size : float or int, default=None
        Share or number of the test rows.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" takes text, booleans, and whole numbers with at most 20 distinct values
        for classes, everything else for a quantity.
    estimator_params : dict, default=None
        Parameters of the named models, beyond and above the preset's. A model takes
        those that it has.
    n_jobs : int, default=None
        Number of fits that run at the same time, as in joblib. Each runs on one thread,
        so that their times can be compared.
    progress : bool, default=False
        Whether to show progress on the standard error stream.

    Returns
    -------
    frame : DataFrame
        One row per fit, sorted by its first six columns:

        - ``mechanism``, ``when``, ``missing_rate``, ``model``, ``sparsity`` (0 for
          models that have none), ``seed``;
        - ``metric``, "accuracy" or "r2", and ``score``, its value on the test rows;
        - ``n_connections``, ``n_iter``, and ``fit_time`` in seconds;
        - ``realized_missing_rate``, the share of cells missing in the end, in the whole
          table before `when` puts some of them back.

    Raises
    ------
    ValueError
        If data or parameters are not valid; found before the study starts.

    See Also
    --------
    summarize : Means, intervals and paired differences.
    MissingnessStudyDisplay : Accuracy against missing rate.

    Notes
    -----
    Before the study each model is fitted for two epochs, to find what it refuses. That
    a network stops at its last epoch (``ConvergenceWarning``) is not reported: the
    number of epochs is the same for all models on purpose.

    The result depends neither on `n_jobs` nor on joblib's backend, ``fit_time`` apart.

    Examples
    --------
    >>> from sparsekit.study import missingness_study
    >>> frame = missingness_study(
    ...     models=["static"], sparsities=[0.9], missing_rates=[0.0, 0.5], seeds=1,
    ...     estimator_params={"hidden_layer_sizes": (10,), "max_iter": 2},
    ... )
    >>> frame[["missing_rate", "model", "sparsity", "n_connections"]]
       missing_rate   model  sparsity  n_connections
    0           0.0  static       0.9             32
    1           0.5  static       0.9             32
    """
    plan = make_plan(
        X,
        y,
        preset=preset,
        models=models,
        sparsities=sparsities,
        missing_rates=missing_rates,
        mechanisms=mechanisms,
        when=when,
        seeds=seeds,
        test_size=test_size,
        task=task,
        estimator_params=estimator_params,
    )
    if n_jobs == 0:
        raise ValueError("n_jobs=0 is no number of fits: None, -1, or 1 and more.")
    try_models(plan)
    rows = []
    collect_rows(plan, n_jobs, sys.stderr if progress else None, rows)
    return tidy_frame(rows)


def tidy_frame(rows):
    """Return the rows as a DataFrame in their fixed order."""
    import pandas as pd

    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(KEYS, ignore_index=True)
