"""Random tables, good and bad, small enough for interpreted kernels."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy import sparse

ODD_VALUES = [0.0, -0.0, np.nan, np.inf, -np.inf, 1e300, -1e300, 1e-310, 1e38, 1.0]
DTYPES = ["float64", "float32", "float16", "int64", "int8", "uint64", "bool", "object"]

seeds = st.integers(0, 2**32 - 1)


@st.composite
def arrays(draw):
    """Draw a table as an array; usually an ordinary one with holes."""
    n, d = draw(st.sampled_from([0, 1, 2, 3, 7, 12])), draw(st.integers(0, 5))
    rng = np.random.default_rng(draw(seeds))
    X = rng.normal(size=(n, d)) * draw(st.sampled_from([1.0, 1e-3, 1e6, 1e30]))
    kind = draw(st.sampled_from(["holes", "holes", "odd", "constant", "plain"]))
    if kind == "holes":
        X[rng.random(X.shape) < 0.3] = np.nan
    elif kind == "odd":
        odd = rng.random(X.shape) < 0.2
        X[odd] = rng.choice(ODD_VALUES, size=odd.sum())
    elif kind == "constant":
        X[:] = draw(st.sampled_from(ODD_VALUES))
    with np.errstate(all="ignore"):
        X = X.astype(draw(st.sampled_from(DTYPES[:1] * 4 + DTYPES)))
    return draw(st.sampled_from([np.asarray, np.asfortranarray, strided, locked]))(X)


def strided(X):
    wide = np.empty((2 * X.shape[0], X.shape[1]), dtype=X.dtype)
    wide[::2] = X
    return wide[::2]


def locked(X):
    X = X.copy()
    X.flags.writeable = False
    return X


def untidy_csr(X, rng):
    """Return CSR with explicit zeros, unsorted columns and, at times, duplicates."""
    keep = (rng.random(X.shape) < 0.6) | np.isnan(X)
    rows, columns = np.nonzero(keep)
    data = X[rows, columns].copy()
    if data.size and rng.random() < 0.5:
        twice = rng.integers(data.size, size=2)
        rows, columns = np.append(rows, rows[twice]), np.append(columns, columns[twice])
        data = np.append(data, data[twice])
    data[rng.random(data.size) < 0.2] = 0.0
    order = np.lexsort((rng.random(data.size), rows))
    indptr = np.append(0, np.bincount(rows, minlength=X.shape[0]).cumsum())
    return sparse.csr_array((data[order], columns[order], indptr), shape=X.shape)


@st.composite
def tables(draw):
    """Draw what somebody might pass as X."""
    X = draw(arrays())
    kind = draw(
        st.sampled_from(["array"] * 4 + ["csr", "csr", "csc", "frame", "other"])
    )
    numeric = X.dtype.kind == "f" and X.dtype.itemsize > 2
    if kind in ("csr", "csc") and numeric and min(X.shape) > 0:
        table = untidy_csr(X, np.random.default_rng(draw(seeds)))
        return table if kind == "csr" else sparse.csc_matrix(table)
    if kind == "frame":
        odd = ["a", "", "a b", "ä\n", "x" * 300]
        names = [odd, [0, "b", 1.5, None, (1, 2)], ["twice"] * 5, list(range(5))]
        return pd.DataFrame(X, columns=draw(st.sampled_from(names))[: X.shape[1]])
    if kind == "other":
        return draw(
            st.sampled_from(
                [
                    None,
                    3.0,
                    "table",
                    [],
                    [[]],
                    [[1.0, 2.0], [3.0]],
                    np.zeros(3),
                    np.zeros((2, 2, 2)),
                    np.array([["a", "b"], ["c", "d"]]),
                    np.array([[1 + 2j, 0], [1, 1]]),
                    np.array([["2020-01-01"]], dtype="M8[D]"),
                    pd.DataFrame({"a": ["x", None], "b": [1, 2]}),
                    pd.DataFrame({"a": pd.array([1, None], dtype="Int64")}),
                ]
            )
        )
    return X


def rows_of(X):
    """Return the number of rows of a table, or a guess."""
    shape = getattr(X, "shape", None)
    return shape[0] if shape else 3


@st.composite
def targets(draw, n):
    """Draw what somebody might pass as y for `n` rows."""
    rng = np.random.default_rng(draw(seeds))
    if draw(st.integers(0, 9)) == 0:
        n = max(0, n + draw(st.sampled_from([-1, 1])))
    good = [
        np.arange(n) % 2,
        np.arange(n) % 3,
        np.array(["fox", "owl", "elk"])[np.arange(n) % 3],
        np.arange(n) % 2 == 0,
        rng.normal(size=n),
        rng.normal(size=(n, 2)),
        np.array(["a", "b"], dtype=object)[np.arange(n) % 2],
        (rng.random((n, 3)) < 0.5).astype(int),
    ]
    bad = [
        np.zeros(n),
        np.full(n, np.nan),
        rng.choice(ODD_VALUES, size=n),
        np.array([None, "a", 1], dtype=object)[np.arange(n) % 3],
        np.arange(n)[:, np.newaxis],
        list(range(n)),
        None,
        pd.Series(np.arange(n) % 2, index=np.arange(n)[::-1]),
        np.empty((n, 0)),
        np.zeros((n, 2, 2)),
        np.arange(n) * 1j,
        sparse.csr_array((rng.random((n, 3)) < 0.5).astype(int)),
        np.arange(n).astype("M8[D]"),
    ]
    return draw(st.sampled_from(good * 2 + bad))


@st.composite
def weights(draw, n):
    """Draw what somebody might pass as sample_weight; usually None."""
    rng = np.random.default_rng(draw(seeds))
    odd = rng.choice([*ODD_VALUES, -1.0], size=n)
    choices = [None] * 6 + [rng.random(n), np.zeros(n), odd, np.ones(n + 1), 2.0, "w"]
    choices += [np.append(np.zeros(max(n - 1, 0)), np.ones(min(n, 1)))]
    return draw(st.sampled_from(choices))
