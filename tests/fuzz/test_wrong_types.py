"""Arguments of any type for all public functions, and parameters at their very ends."""

import importlib
import inspect
import math
from functools import partial
from numbers import Integral, Real

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit import SETMLPClassifier, SETMLPRegressor
from sparsekit._utils._sklearn_compat import Interval
from sparsekit.continual import ReplayBuffer
from sparsekit.deploy import SparsePredictor
from sparsekit.neural_network.parameters._constraints import CONSTRAINTS
from sparsekit.topology import Layer
from tests.fuzz.harness import DOCUMENTED, Misbehaviour, behaves, shown
from tests.fuzz.parameters import NONSENSE

ROOMS = ["continual", "deploy", "difficulty", "missingness", "neural_network"]
ROOMS += ["network", "topology"]

X, Y = np.random.default_rng(0).normal(size=(12, 3)), np.arange(12) % 2
LAYER = Layer(np.array([0, 1, 2]), np.array([0, 2]), np.ones(2), 3)

ARGUMENTS = [*NONSENSE, 10**30, -(10**30), object(), len, X, Y, {"n_seen": np.zeros(3)}]
ARGUMENTS += [LAYER, [LAYER], [LAYER, LAYER], LAYER._replace(indices=np.array([7, 9]))]
ARGUMENTS += [SETMLPClassifier(), [SETMLPClassifier], np.random.default_rng(0)]


def functions():
    """Return the public functions, and a class and a method that check like them."""
    found = {"SparsePredictor": SparsePredictor}
    for room in ROOMS:
        module = importlib.import_module(f"sparsekit.{room}")
        for name in module.__all__:
            if inspect.isfunction(getattr(module, name)):
                found[name] = getattr(module, name)
    found["draw_slots"] = lambda n_samples: ReplayBuffer().draw_slots(n_samples)
    # A strategy that breaks its contract is an AssertionError, as in a test.
    found["check_strategy"] = partial(allowing, found["check_strategy"])
    return found


def allowing(check, strategy):
    try:
        check(strategy)
    except AssertionError as error:
        raise ValueError(str(error)) from error


FUNCTIONS = functions()


@given(st.sampled_from(sorted(FUNCTIONS)), st.data())
def test_wrong_types_raise_a_type_or_value_error(name, data):
    function, given, starred = FUNCTIONS[name], {}, []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            starred.append(data.draw(st.sampled_from(ARGUMENTS)))
        # So many epochs, models or folds would take for ever.
        elif parameter.name in ("epochs", "n_models", "cv", "n_jobs"):
            continue
        elif parameter.default is parameter.empty or data.draw(st.booleans()):
            given[parameter.name] = data.draw(st.sampled_from(ARGUMENTS))
    try:
        function(*starred, **given)
    except (*DOCUMENTED, ImportError, FileNotFoundError, IsADirectoryError):
        pass
    except Exception as error:
        raise Misbehaviour(f"{name}: {shown(error)}") from error


def ends_of(constraint):
    """Return the numbers at both ends of an interval, and the next ones inside."""
    low = -math.inf if constraint.left is None else constraint.left
    high = math.inf if constraint.right is None else constraint.right
    if constraint.type is Integral:
        # Beyond 64 bits, too; epochs and rows are counted, so that few are enough.
        return [int(low), int(low) + 1]
    tiny, huge = np.finfo(np.float64).tiny, np.finfo(np.float64).max
    inside = [low + tiny, np.nextafter(low, huge), np.nextafter(high, -huge)]
    ends = [low, high, *inside, min(high, huge), min(high, 1e3), min(high, 1e20)]
    return [float(value) for value in ends if value in constraint]


ENDS = {
    name: [
        value
        for constraint in constraints
        if isinstance(constraint, Interval) and constraint.type in (Integral, Real)
        for value in ends_of(constraint)
    ]
    for name, constraints in CONSTRAINTS.items()
}
ENDS = {name: values for name, values in ENDS.items() if values}
ENDS["batch_size"] = [*ENDS["batch_size"], 10**30]
ENDS["hidden_layer_sizes"] = [1, 2, (10**20,), (2**40, 2**40)]
SCHEDULES = st.sampled_from(["constant", "invscaling", "adaptive", "cosine"])


@given(
    st.sampled_from([SETMLPClassifier, SETMLPRegressor]),
    st.lists(st.sampled_from(sorted(ENDS)), min_size=1, max_size=3, unique=True),
    st.sampled_from(["sgd", "sgdw", "adam", "adamw"]),
    SCHEDULES,
    st.data(),
)
def test_parameters_at_the_ends_of_their_ranges(network, names, solver, schedule, data):
    own = network().get_params()
    given = {n: data.draw(st.sampled_from(ENDS[n])) for n in names if n in own}
    given = {"hidden_layer_sizes": (3,), "sparsity": 0.3, "max_iter": 2} | given
    net = network(solver=solver, learning_rate=schedule, random_state=0, **given)
    if behaves(lambda: net.fit(X, Y), X, Y) is not None:
        behaves(lambda: net.predict(X), X)
