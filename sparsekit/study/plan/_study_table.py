"""One table of a study: splits, masks and the scale of the target."""

import hashlib
from dataclasses import dataclass

import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import train_test_split

from sparsekit.missingness import MissingnessTransformer


@dataclass(frozen=True)
class StudyTable:
    """A checked table.

    `X` is a float array or CSR, `y` holds class codes or quantities.
    """

    name: str
    X: object
    y: np.ndarray
    task: str
    test_size: float

    @property
    def metric(self):
        """Name of the score: accuracy for classes, R2 for a quantity."""
        return "accuracy" if self.task == "classification" else "r2"

    def split(self, seed):
        """Return the indices of the training rows and of the test rows."""
        return train_test_split(
            np.arange(len(self.y)),
            test_size=self.test_size,
            stratify=self.y if self.task == "classification" else None,
            random_state=seed,
        )

    def masked(self, mechanism, missing_rate, seed):
        """Return X, all of its rows, with values made missing.

        Cells are masked before the table is split, as in practice. The masks depend on
        the position of a row, so that rows with equal content have masks of their own.
        """
        if missing_rate == 0:
            return self.X
        masker = MissingnessTransformer(
            mechanism, missing_rate, row_key="position", random_state=seed
        )
        return masker.fit_transform(self.X)

    def scaled_target(self, train):
        """Return y; a quantity in units of its training rows' deviation.

        R2 does not change when target and prediction are shifted and scaled alike, but
        the learning rate of a network fits targets near 1 only.
        """
        if self.task == "classification":
            return self.y
        scale = self.y[train].std()
        return (self.y - self.y[train].mean()) / (scale if scale > 0 else 1.0)

    def checksum(self):
        """Return a hash of the content: of the values, not of how they are stored."""
        digest = hashlib.sha256()
        arrays = [self.y]
        if issparse(self.X):
            arrays += [self.X.indptr, self.X.indices, self.X.data]
        else:
            arrays += [self.X]
        for array in arrays:
            plain = np.ascontiguousarray(array)
            digest.update(f"{plain.dtype.str} {plain.shape};".encode())
            digest.update(plain.tobytes())
        return digest.hexdigest()


def missing_fraction(X):
    """Return the fraction of all cells of X that are missing."""
    values = X.data if issparse(X) else X
    return float(np.isnan(values).sum() / (X.shape[0] * X.shape[1]))
