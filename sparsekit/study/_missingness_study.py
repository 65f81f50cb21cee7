"""The study as a Python function."""

import sys
import warnings
from contextlib import closing

from sparsekit._utils._cluster import check_seconds
from sparsekit.study._result import StudyResult
from sparsekit.study.plan._plan import make_plan
from sparsekit.study.run._run import run_plan
from sparsekit.study.run._store import FileStore, ResultStore


def missingness_study(
    X=None,
    y=None,
    *,
    datasets=None,
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
    output=None,
    n_jobs=None,
    client=None,
    client_timeout=300.0,
    progress=False,
) -> StudyResult:
    """Train models over a grid of sparsities and missing rates, on one or more tables.

    For each seed the rows are split anew into training and test rows, and at each
    missing rate values of the whole table are made missing, in training and test rows
    alike unless `when` says otherwise. All models and sparsities of a seed see the same
    split, the same missing cells and the same random numbers, and the cells missing at
    a lower rate are a subset of those at a higher one. Differences between models can
    therefore be taken within each seed, see `summarize`.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features), default=None
        Numbers; NaN means missing already. None means `datasets`.
    y : array-like of shape (n_samples,), default=None
        Classes, or quantities. A quantity is standardized by its training rows, which
        leaves R2 as it is.
    datasets : str, sequence of str, or mapping, default=None
        Tables instead of `X` and `y`: names of built-in ones, which need no file, or a
        mapping from names to pairs (X, y) or to such names. Built in are "iris",
        "wine", "breast_cancer", "digits" and "diabetes" (a quantity), and, generated,
        "moons", "madelon", "correlated", "hastie", "wide", "friedman1" and "low_rank"
        (the latter two quantities). None means those of the preset: Breast Cancer
        Wisconsin (569 rows, 30 features), eight tables for "reference".
    preset : {"figure2", "quick", "table", "reference"}, default=None
        Preset from which parameters below that are None are taken. "figure2" is three
        models at seven sparsities, ten missing rates and three seeds, network
        30-100-100-100-2; "quick" is the same network on a small grid; "table" has two
        hidden layers of 100 neurons, batches of 32 and otherwise the estimators'
        defaults; "reference" is ten models on eight tables. None means "figure2"
        without data, "table" with it.
    models : str, sequence of str, or mapping, default=None
        The models by name: "dense", "static", "set", any other `method` of
        `DSTMLPClassifier`, "sparse_tabular" (`SparseTabularClassifier` with its own
        defaults), or what one would pick instead of a sparse network, all from
        scikit-learn: "hist_gradient_boosting", "logistic_mean", "logistic_iterative"
        (ridge regression for a quantity), "mlp_mean" and "mlp_iterative", see Notes. A
        mapping goes from a label to a name or to any estimator that takes NaN: it is
        fitted at each of the `sparsities` if it has a parameter of the name
        ``sparsity``, and once per missing rate and seed if not.
    sparsities : sequence of float in [0, 1), default=None
        Fractions of connections that are absent.
    missing_rates : sequence of float in [0, 1), default=None
        Fractions of the cells of `X` that are made missing.
    mechanisms : sequence of str, default=None
        Why values are missing; the mechanisms of `MissingnessTransformer`.
    when : {"both", "fit", "transform"} or sequence of these, default=None
        Whether values are missing in training and test rows ("both", which None means),
        in the training rows only ("fit": what does training on fewer values cost?), or
        in the test rows only ("transform": how robust is a model of complete data?).
    seeds : int or sequence of int, default=None
        Number of seeds, or the seeds. A seed determines the split, the missing
        cells and the initial network.
    test_size : float or int, default=None
        Fraction or number of the test rows.
    task : {"auto", "classification", "regression"}, default="auto"
        "auto" takes text, booleans, and whole numbers with at most 20 distinct values
        for classes, everything else for a quantity. Built-in tables have a task of
        their own.
    estimator_params : dict, default=None
        Parameters of the named networks, which override those of the preset. Each
        network takes those that it has.
    output : str or Path, default=None
        File to which rows are written, ``NAME.csv`` or ``NAME.parquet``. If it exists,
        the study resumes: fits whose rows it contains are not repeated. See Notes.
    n_jobs : int, default=None
        Number of fits that run at the same time, as in joblib, with any of its
        backends. Each runs on one thread, so that their times can be compared.
    client : distributed.Client, default=None
        Fit on the workers of a dask cluster instead, on which sparsekit is installed.
        If a worker dies, others repeat its work.
    client_timeout : float, default=300.0
        Seconds to wait for a worker where the cluster has none; then the study ends.
    progress : bool, default=False
        Whether to show progress, and the time left, on the standard error stream.

    Returns
    -------
    result : StudyResult
        Its `frame` has one row per fit, sorted by its first seven columns:

        - ``dataset`` ("data" for `X` and `y`), ``mechanism``, ``when``,
          ``missing_rate``, ``model``, ``sparsity`` (0 for models that have none),
          ``seed``;
        - ``metric``, "accuracy" or "r2", and ``score``, its value on the test rows;
        - ``n_connections``, the number of weights (NaN for trees), ``n_iter``, and
          ``fit_time`` in seconds, which includes the choice among candidates;
        - ``realized_missing_rate``, the fraction of missing cells in the whole
          table, before `when` restores some of them;
        - ``n_train`` and ``n_test``, the numbers of training and test rows.

    Raises
    ------
    TypeError
        If `models`, `datasets` or `estimator_params` is of another kind.
    ValueError
        If data or parameters are not valid, or `output` was made with other ones; found
        before the study starts.
    OSError
        If `output` cannot be written, or the scheduler of the cluster does not answer
        any more, or no worker came in time. Rows in `output` stay.

    Warns
    -----
    UserWarning
        If rows in `output` are not as they were written; their fits are made again.

    See Also
    --------
    summarize : Means, intervals and paired differences.
    MissingnessStudyDisplay : Accuracy against missing rate.

    Notes
    -----
    Before the study each network is fitted for two epochs, to find what it refuses.
    That a network stops at its last epoch (``ConvergenceWarning``) is not reported: the
    number of epochs is the same for all networks on purpose.

    The result depends neither on `n_jobs`, joblib's backend or `client`, nor on whether
    the study was interrupted; ``fit_time`` apart.

    The baselines choose one of three candidates by one hold-out split of the training
    rows (a quarter, by class) and learn again from all of them:

    - "hist_gradient_boosting", which takes NaN itself: ``max_leaf_nodes`` 3, 6, 12;
    - "logistic_mean", "logistic_iterative": logistic regression, ``C`` 0.01, 0.1, 1, or
      ridge regression, ``alpha`` 1, 10, 100;
    - "mlp_mean", "mlp_iterative": scikit-learn's MLP, ``alpha`` 0.0001, 0.1, 3.

    The latter two follow `SimpleImputer` (means) or `IterativeImputer`, and
    `StandardScaler`, in a pipeline.

    The file is CSV; each row is written as a whole, with a checksum (``check``), when
    its fit has ended, so that a study that is killed at any moment resumes from its
    file without repeating a fit. ``NAME.json`` beside it has a checksum of each table,
    the parameters of each model, and versions. A study resumes only if these agree; the
    grid may be larger than before, not smaller. Parquet files cannot be appended to:
    ``NAME.parquet`` is written, beside ``NAME.csv``, when the study is complete.

    Examples
    --------
    >>> from sparsekit.study import missingness_study
    >>> result = missingness_study(
    ...     models=["static"], sparsities=[0.9], missing_rates=[0.0, 0.5], seeds=1,
    ...     estimator_params={"hidden_layer_sizes": (10,), "max_iter": 2},
    ... )
    >>> result.frame[["missing_rate", "model", "sparsity", "n_connections"]]
       missing_rate   model  sparsity  n_connections
    0           0.0  static       0.9             32
    1           0.5  static       0.9             32
    """
    plan = make_plan(
        X,
        y,
        datasets=datasets,
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
    check_seconds("client_timeout", client_timeout)
    store = ResultStore() if output is None else FileStore(output, plan)
    with closing(store):
        if store.note:
            warnings.warn(f"{store.note}.", UserWarning, stacklevel=2)
        run_plan(
            plan,
            store,
            n_jobs=n_jobs,
            client=client,
            client_timeout=client_timeout,
            stream=sys.stderr if progress else None,
        )
        return StudyResult(store.finish())
