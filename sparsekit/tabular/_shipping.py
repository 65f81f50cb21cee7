"""What becomes of several networks, and the encoder before them, to ship them."""

from copy import copy, deepcopy

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

from sparsekit.deploy import SparseEnsemblePredictor
from sparsekit.neural_network import compact, to_predictor
from sparsekit.tabular._piecewise import PiecewiseLinearEncoder
from sparsekit.tabular._table_encoder import TableEncoder

# What may stand before the members, to be checked when it comes from a file.
_ENCODERS = ([TableEncoder], [TableEncoder, PiecewiseLinearEncoder])


class ShippedMembers:
    """Has `to_predictor`, `export_onnx` and `compact` take estimators with members.

    They ask an estimator for these methods, since they know no estimators but networks.
    """

    def _to_predictor(self):
        """Return the members, and what they see of a table, on numpy and scipy."""
        check_is_fitted(self)
        members = [to_predictor(member) for member in self.members_]
        table = table_plan(self.encoder_) if hasattr(self, "encoder_") else None
        return SparseEnsemblePredictor(members, table)

    def _compacted(self):
        """Return a copy whose members have no dead neurons."""
        check_is_fitted(self)
        small = copy(self)
        del small.members_
        callbacks = vars(small).pop("_skl_callbacks", ())
        small = deepcopy(small).set_callbacks(*callbacks)
        small.members_ = [compact(member) for member in self.members_]
        return small

    def _check_restored(self):
        """Raise unless what a file says about the fitted estimator belongs together."""
        if hasattr(self, "encoder_") != hasattr(self, "encoding"):
            raise ValueError("an encoder is absent, or nobody asked for it")
        if hasattr(self, "encoder_"):
            _check_encoder(self.encoder_, self.n_features_in_)
        predictor = self._to_predictor()
        if predictor.n_features_in_ != self.n_features_in_:
            raise ValueError("the features are not those of the members")
        if is_classifier(self) != hasattr(predictor, "classes_"):
            raise ValueError("the members are no networks for this")
        if is_classifier(self):
            if not isinstance(self.classes_, np.ndarray):
                raise ValueError("the classes are no array")
            if self.classes_.tolist() != predictor.classes_.tolist():
                raise ValueError("the classes are not those of the members")


def _check_encoder(encoder, n_features):
    """Raise ValueError unless these are the steps that `SparseTabular*` make."""
    steps = [step for _, step in encoder.steps]
    if [type(step) for step in steps] not in _ENCODERS:
        raise ValueError("the encoder has other steps")
    if steps[0].n_features_in_ != n_features:
        raise ValueError("the encoder is one of other columns")
    table_plan(encoder)
    for bins in steps[1:]:
        if bins.n_features_in_ != len(bins.bin_edges_) or not bins.include_values:
            raise ValueError("the bins are not those of the encoder")
        if np.shape(bins.indicator_features_) != (0,):
            raise ValueError("nobody asked for indicators")


def table_plan(encoder):
    """Return what `encoder_` of a fitted `SparseTabular*` does to a table.

    Parameters
    ----------
    encoder : Pipeline
        A `TableEncoder`, and perhaps a `PiecewiseLinearEncoder`.

    Returns
    -------
    dict
        `names`, `kinds`, `columns` and `edges`, see
        `sparsekit.deploy.SparseEnsemblePredictor`.

    Raises
    ------
    ValueError
        For another transformer, or categories that are neither text nor numbers.
    """
    read, *bins = (step for _, step in encoder.steps)
    if not isinstance(read, TableEncoder):
        raise ValueError(
            f"encoding is a {type(read).__name__}, which only scikit-learn can run; "
            "'piecewise', 'standard' or a TableEncoder can be shipped."
        )
    names = getattr(read, "feature_names_in_", None)
    if names is None:
        names = [f"x{j}" for j in range(read.n_features_in_)]
    names = [str(name) for name in names]
    return {
        "names": names,
        "kinds": list(read.kinds_),
        "columns": [_plain_plan(p, names[p["column"]]) for p in read.columns_],
        "edges": [edges.copy() for edges in bins[0].bin_edges_] if bins else None,
    }


def _plain_plan(plan, name):
    """Return the plan of a column as JSON can hold it."""
    kept = {entry: plan[entry] for entry in ("column", "part", "kind")}
    if plan["kind"] == "number":
        return kept
    values = [v.item() if isinstance(v, np.generic) else v for v in plan["categories"]]
    for value in values:
        if not isinstance(value, str | int | float):
            raise ValueError(
                f"Column {name!r} has categories such as {value!r}, which are "
                "neither text nor numbers; make text of them before fit to ship it."
            )
    return kept | {"categories": values, "others": plan["others"]}
