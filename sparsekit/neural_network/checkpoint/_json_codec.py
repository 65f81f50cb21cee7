"""Python values as JSON and arrays, and back: a closed list of types, and no code.

Estimators are those with public names here and in `sparsekit.tabular`.

What JSON has no word for is a dict with one key that begins with a dollar sign. Arrays
are stored aside, under the name that stands in the document.
"""

import importlib

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

import sparsekit.topology as topology
from sparsekit.network import OptimizerState, Protection, SparseNetwork
from sparsekit.neural_network._base import BaseSparseMLP
from sparsekit.neural_network.checkpoint._checks import check_fitted
from sparsekit.neural_network.checkpoint._schema import (
    check_types,
    is_count,
    is_vector,
)
from sparsekit.neural_network.export._composed import Composed
from sparsekit.neural_network.training._learning_rates import (
    CosineDecay,
    LinearDecay,
    StepDecay,
)
from sparsekit.neural_network.training._recording import Recording
from sparsekit.neural_network.training._sample_selection import (
    InfoBatch,
    LearnedRemoval,
)

# Objects that parameters may hold beside the strategies of `topology`.
_OWN = {
    found.__name__: found
    for found in (
        CosineDecay,
        InfoBatch,
        LearnedRemoval,
        LinearDecay,
        Recording,
        StepDecay,
    )
}

# Attributes that are stored as their arrays by name, and made of them again.
_STATE = {
    "_network": SparseNetwork,
    "_optimizer": OptimizerState,
    "_protection": Protection,
}

# Where estimators are looked up when a file names one. The second is above this
# subpackage, which must not need it.
_SUBPACKAGES = ("sparsekit.neural_network", "sparsekit.tabular")
_ENCODERS = ("PiecewiseLinearEncoder", "TableEncoder")

# Belongs to what surrounds an estimator: callbacks, meta-estimators, routing.
_NOT_STORED = ("_skl_", "_callback_", "_parent_callback_", "_metadata_request")

_BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")


def encode(value, arrays, where):
    """Return `value` as JSON can hold it.

    Parameters
    ----------
    value : object
    arrays : dict of str to ndarray
        Receives the arrays in `value`.
    where : str
        What the error calls `value`.

    Raises
    ------
    TypeError
        For a type that is not on the list; it names `where`.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.generic) and value.dtype.kind in "biufUM":
        return {"$scalar": encode(np.asarray(value), arrays, where)}
    if isinstance(value, np.ndarray):
        return _encode_array(value, arrays, where)
    if type(value) in (list, tuple):
        items = [encode(v, arrays, f"{where}[{i}]") for i, v in enumerate(value)]
        return items if type(value) is list else {"$tuple": items}
    if type(value) is dict:
        return _encode_dict(value, arrays, where)
    if isinstance(value, np.random.Generator):
        state = encode(value.bit_generator.state, arrays, where)
        return {"$generator": state}
    if isinstance(value, np.random.RandomState):
        return {"$random_state": encode(value.get_state(legacy=False), arrays, where)}
    if _strategy(type(value).__name__) is type(value):
        given = encode(value.get_params(deep=False), arrays, where)
        return {"$strategy": [type(value).__name__, given]}
    if estimators().get(type(value).__name__) is type(value):
        return {"$estimator": encode_estimator(value, arrays)}
    if type(value) is Pipeline:
        return {"$pipeline": encode([list(s) for s in value.steps], arrays, where)}
    raise TypeError(
        f"{where} is a {type(value).__module__}.{type(value).__qualname__}, which a "
        "checkpoint cannot hold. It takes numbers, strings, lists, dicts, numpy arrays "
        "and generators, estimators of sparsekit, strategies of sparsekit.topology, "
        f"{', '.join(_OWN)}; pickle takes the rest."
    )


def encode_estimator(estimator, arrays):
    """Return an estimator, one of `estimators`, as JSON can hold it."""
    given = estimator.get_params(deep=False)
    fitted = {
        key: _plain(value)
        for key, value in vars(estimator).items()
        if key not in given and not key.startswith(_NOT_STORED)
    }
    return {
        "class": type(estimator).__name__,
        "parameters": {k: encode(v, arrays, k) for k, v in given.items()},
        "fitted": {k: encode(v, arrays, k) for k, v in fitted.items()},
    }


def decode_estimator(node, arrays):
    """Return the estimator that `encode_estimator` turned into `node`.

    Raises
    ------
    Exception
        Of any kind, for what `encode_estimator` does not write.
    """
    estimator = estimators()[node["class"]]()
    # Files from before there was this parameter, whose fits went by the score.
    earlier = {"scoring": None} if isinstance(estimator, BaseSparseMLP) else {}
    estimator.set_params(**earlier | decode(node["parameters"], arrays))
    fitted = decode(node["fitted"], arrays)
    if isinstance(estimator, BaseSparseMLP):
        if "_network" in fitted:
            check_fitted(fitted, estimator)
            for name in _STATE.keys() & fitted.keys():
                fitted[name] = _STATE[name](**fitted[name])
    elif fitted:
        _check_attributes(fitted, estimator)
    vars(estimator).update(fitted)
    if isinstance(estimator, Composed) and fitted:
        estimator._check_restored()
    return estimator


def _plain(value):
    """Return the arrays of a network, or of what goes with one, by name."""
    if isinstance(value, Protection):
        return value._asdict()
    has_arrays = isinstance(value, SparseNetwork | OptimizerState)
    return value.to_dict() if has_arrays else value


def _check_attributes(fitted, estimator):
    """Raise unless methods are left alone, and parameters and names are sound."""
    hidden = [name for name in fitted if hasattr(type(estimator), name)]
    if hidden:
        raise ValueError(f"{hidden[0]} is no attribute that a fit leaves")
    estimator._validate_params()
    check_types(fitted, {"n_features_in_": is_count})
    names = fitted.get("feature_names_in_")
    if names is None:
        return
    check_types(fitted, {"feature_names_in_": is_vector("O")})
    is_text = all(isinstance(name, str) for name in names)
    if not is_text or names.size != fitted["n_features_in_"]:
        raise ValueError("the names are not those of the features")


def estimators():
    """Return the estimators that a checkpoint may hold, by name."""
    modules = [importlib.import_module(name) for name in _SUBPACKAGES]
    public = {
        name: getattr(module, name) for module in modules for name in module.__all__
    }
    return {
        name: found
        for name, found in public.items()
        if isinstance(found, type)
        and (issubclass(found, BaseSparseMLP | Composed) or name in _ENCODERS)
    }


def _encode_array(value, arrays, where):
    if value.dtype.hasobject:
        items = [encode(v, arrays, where) for v in value.ravel().tolist()]
        return {"$objects": [list(value.shape), items]}
    name = f"array{len(arrays)}"
    arrays[name] = np.asarray(value)
    return {"$array": name}


def _encode_dict(value, arrays, where):
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {k: encode(v, arrays, f"{where}[{k!r}]") for k, v in value.items()}
    pairs = [
        [encode(k, arrays, where), encode(v, arrays, f"{where}[{k!r}]")]
        for k, v in value.items()
    ]
    return {"$dict": pairs}


def decode(node, arrays):
    """Return the value that `encode` turned into `node`.

    Raises
    ------
    ValueError, KeyError or TypeError
        For what `encode` does not write.
    """
    if isinstance(node, list):
        return [decode(item, arrays) for item in node]
    if not isinstance(node, dict):
        return node
    tag = next(iter(node), "")
    if not tag.startswith("$"):
        return {key: decode(item, arrays) for key, item in node.items()}
    if len(node) > 1 or tag not in _DECODERS:
        raise ValueError(f"unknown entry {tag!r}")
    return _DECODERS[tag](node[tag], arrays)


def _decode_objects(node, arrays):
    shape, items = node
    array = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        array[place] = decode(item, arrays)
    return array.reshape(shape)


def _decode_generator(node, arrays):
    state = decode(node, arrays)
    if state["bit_generator"] not in _BIT_GENERATORS:
        raise ValueError(f"unknown bit generator {state['bit_generator']!r}")
    bit_generator = getattr(np.random, state["bit_generator"])()
    bit_generator.state = state
    return np.random.Generator(bit_generator)


def _decode_random_state(node, arrays):
    random_state = np.random.RandomState()
    random_state.set_state(decode(node, arrays))
    return random_state


def _decode_strategy(node, arrays):
    name, given = node
    if _strategy(name) is None:
        raise ValueError(f"unknown strategy {name!r}")
    return _strategy(name)(**decode(given, arrays))


def _strategy(name):
    """Return the class of that name which a parameter may hold; None if none is."""
    if name in _OWN:
        return _OWN[name]
    found = getattr(topology, name) if name in topology.__all__ else None
    is_class = isinstance(found, type) and issubclass(found, BaseEstimator)
    return found if is_class else None


_DECODERS = {
    "$estimator": decode_estimator,
    "$pipeline": lambda node, arrays: Pipeline(
        [tuple(step) for step in decode(node, arrays)]
    ),
    "$array": lambda node, arrays: arrays[node],
    "$dict": lambda node, arrays: {
        decode(key, arrays): decode(item, arrays) for key, item in node
    },
    "$generator": _decode_generator,
    "$objects": _decode_objects,
    "$random_state": _decode_random_state,
    "$scalar": lambda node, arrays: decode(node, arrays)[()],
    "$strategy": _decode_strategy,
    "$tuple": lambda node, arrays: tuple(decode(node, arrays)),
}
