"""The ways in which fitted objects are stored: each takes one and a folder."""

import copy
import pickle

import joblib
import skops.io


def through_copy(fitted, folder):
    return copy.deepcopy(fitted)


def through_pickle(fitted, folder):
    return pickle.loads(pickle.dumps(fitted))


def through_joblib(fitted, folder):
    joblib.dump(fitted, folder / "fitted.joblib")
    return joblib.load(folder / "fitted.joblib")


def through_memory_map(fitted, folder):
    joblib.dump(fitted, folder / "fitted.joblib")
    return joblib.load(folder / "fitted.joblib", mmap_mode="r")


def through_skops(fitted, folder):
    stored = skops.io.dumps(fitted)
    own_types = skops.io.get_untrusted_types(data=stored)
    # Beside public classes of the package, nothing has to be trusted.
    assert all(name.startswith("sparsekit.") for name in own_types)
    assert not any(name.rpartition(".")[2].startswith("_") for name in own_types)
    return skops.io.loads(stored, trusted=own_types)


WAYS = [through_copy, through_pickle, through_joblib, through_memory_map, through_skops]
