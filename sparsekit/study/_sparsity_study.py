"""The study of sparsity alone: complete data."""

from sparsekit.study._missingness_study import missingness_study
from sparsekit.study._result import StudyResult


def sparsity_study(
    X=None,
    y=None,
    *,
    datasets=None,
    preset=None,
    models=("dense", "static", "set", "rigl"),
    sparsities=(0.5, 0.8, 0.9, 0.95, 0.98),
    seeds=5,
    test_size=None,
    task="auto",
    estimator_params=None,
    output=None,
    n_jobs=None,
    client=None,
    progress=False,
) -> StudyResult:
    """Train models over a grid of sparsities on tables as they are.

    That is :func:`missingness_study` at the missing rate 0, under a name of its own.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features), default=None
        Numbers; NaN means missing. None means `datasets`.
    y : array-like of shape (n_samples,), default=None
        Classes, or quantities.
    datasets : str, sequence of str, or mapping, default=None
        Tables instead of `X` and `y`, see :func:`missingness_study`.
    preset : str, default=None
        See :func:`missingness_study`.
    models : str, list or mapping, default=("dense", "static", "set", "rigl")
        See :func:`missingness_study`; any `method` of `DSTMLPClassifier` is one.
    sparsities : sequence of float in [0, 1), default=(0.5, 0.8, 0.9, 0.95, 0.98)
        Fractions of connections that are absent.
    seeds : int or sequence of int, default=5
        Number of seeds, or the seeds: of the split and of the network.
    test_size : float or int, default=None
        Fraction or number of the test rows.
    task : {"auto", "classification", "regression"}, default="auto"
        What `y` is, see :func:`missingness_study`.
    estimator_params : dict, default=None
        Parameters of the named networks.
    output : str or Path, default=None
        File to which rows are written and from which the study resumes.
    n_jobs : int, default=None
        Number of fits that run at the same time.
    client : distributed.Client, default=None
        Fit on the workers of a dask cluster instead.
    progress : bool, default=False
        Whether to show progress.

    Returns
    -------
    StudyResult
        See :func:`missingness_study`; ``missing_rate`` is 0 in all rows.

    Raises
    ------
    TypeError, ValueError, OSError
        As :func:`missingness_study`.

    See Also
    --------
    missingness_study : The same with values that are made missing.

    Examples
    --------
    >>> from sparsekit.study import sparsity_study
    >>> result = sparsity_study(
    ...     models=["static", "set"], sparsities=[0.8, 0.9], seeds=1,
    ...     estimator_params={"hidden_layer_sizes": (10,), "max_iter": 2},
    ... )
    >>> result.frame[["model", "sparsity", "n_connections"]]
        model  sparsity  n_connections
    0     set       0.8             64
    1     set       0.9             32
    2  static       0.8             64
    3  static       0.9             32
    """
    return missingness_study(
        X,
        y,
        datasets=datasets,
        preset=preset,
        models=models,
        sparsities=sparsities,
        missing_rates=(0.0,),
        seeds=seeds,
        test_size=test_size,
        task=task,
        estimator_params=estimator_params,
        output=output,
        n_jobs=n_jobs,
        client=client,
        progress=progress,
    )
