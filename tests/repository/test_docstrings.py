"""Public docstrings are complete, and say of parameters what the signatures say."""

import ast
import importlib
import inspect
import math
import textwrap
from dataclasses import is_dataclass

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

# Subpackages whose names users call. `network` serves the other subpackages, see below.
SUBPACKAGES = (
    "",
    "continual",
    "deploy",
    "difficulty",
    "distributed",
    "missingness",
    "neural_network",
    "study",
    "topology",
)

IGNORED = {
    "ES01": "a summary of one line is enough where it says everything",
    "EX01": "asked of functions and classes by a test of its own, not of methods",
    "SA01": "a section See Also is for where there is something to see",
    "RT02": "returned values may have names, as numpydoc allows",
    "PR07": "asked by a test of its own, which knows names that explain themselves",
}

# What the names of the strategies' arguments stand for, their types say.
SELF_EVIDENT = {"rng", "layer", "layers"}


def is_ours(thing):
    return (getattr(thing, "__module__", None) or "").startswith("sparsekit")


def members_of(cls):
    """Yield the public methods and properties of a class that are written here."""
    for name in dir(cls):
        if name.startswith("_"):
            continue
        member = inspect.getattr_static(cls, name)
        if isinstance(member, classmethod | staticmethod):
            member = member.__func__
        function = member.fget if isinstance(member, property) else member
        if inspect.isfunction(function) and is_ours(function):
            yield name, function


def public_names(subpackages=SUBPACKAGES):
    """Return all public things by their dotted names, each once."""
    found, seen = {}, set()
    for subpackage in subpackages:
        path = f"sparsekit.{subpackage}".rstrip(".")
        module = importlib.import_module(path)
        for name in module.__all__:
            thing = getattr(module, name)
            if not is_ours(thing) or id(thing) in seen:
                continue
            seen.add(id(thing))
            found[f"{path}.{name}"] = thing
            if inspect.isclass(thing):
                for member, function in members_of(thing):
                    if id(function) not in seen:
                        seen.add(id(function))
                        found[f"{path}.{name}.{member}"] = function
    return found


NAMES = public_names()
INNER_NAMES = public_names(("network",))


def says_where_it_is_described(thing):
    """Return whether a docstring without sections sends the reader to another."""
    docstring = thing.__doc__ or ""
    return "see :" in docstring and "----" not in docstring


def overrides_a_documented_method(name):
    """Return whether the class, or one it derives from, has the sections elsewhere."""
    path, _, member = name.rpartition(".")
    cls = NAMES.get(path)
    if not inspect.isclass(cls):
        return False
    docs = (inspect.getattr_static(base, member, None) for base in cls.__mro__[1:])
    return any("Parameters\n" in (getattr(doc, "__doc__", None) or "") for doc in docs)


def errors_of(name, ignored=IGNORED):
    codes, thing = set(ignored), NAMES[name]
    if inspect.isclass(thing) and (is_dataclass(thing) or issubclass(thing, tuple)):
        codes.add("PR01")  # their fields are attributes
    if says_where_it_is_described(thing) or overrides_a_documented_method(name):
        codes |= {"PR01", "RT01", "GL08"}
    return [error for error in validate(name)["errors"] if error[0] not in codes]


@pytest.mark.parametrize("name", NAMES)
def test_the_docstring_is_complete_and_right(name):
    thing = NAMES[name]
    docstring = inspect.getdoc(thing) or ""
    assert errors_of(name) == []
    parameters = NumpyDocString(docstring)["Parameters"]
    bare = {p.name for p in parameters if not " ".join(p.desc).strip()}
    assert bare <= SELF_EVIDENT
    if name.rpartition(".")[0] not in NAMES:  # a function or a class
        assert ">>> " in docstring
    function = thing.__init__ if inspect.isclass(thing) else thing
    assert wrong_defaults(docstring, function) == {}
    if inspect.isfunction(thing):
        untold = [error for error in raised_by(thing) if error not in docstring]
        assert untold == []


def wrong_defaults(docstring, function):
    """Return the parameters whose default the docstring does not tell, or wrongly."""
    wrong = {}
    signature = inspect.signature(function).parameters
    for parameter in NumpyDocString(docstring)["Parameters"]:
        _, told, written = parameter.type.partition("default=")
        for name in parameter.name.split(", "):
            default = signature[name.lstrip("*")].default
            has_one = default is not inspect.Parameter.empty
            value = eval(written, {"inf": math.inf}) if told else None
            same = type(value) is type(default) and value == default
            if has_one != bool(told) or (has_one and not same):
                wrong[name] = (parameter.type, default)
    return wrong


def raised_by(function):
    """Return the names of the exceptions that a function raises itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    raised = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            raised.add(ast.unparse(node.exc.func))
    return raised


@pytest.mark.parametrize("name", INNER_NAMES)
def test_names_for_the_other_subpackages_have_a_summary_and_the_right_parameters(name):
    # Who reads these reads the code beside them, too; descriptions would repeat it.
    assert inspect.getdoc(INNER_NAMES[name])  # its own, or that of a base class
    wrong = {"SS01", "SS03", "PR02", "PR03"}
    assert [error for error in validate(name)["errors"] if error[0] in wrong] == []


# The checks themselves: each must see what it is there to find.


def test_wrong_defaults_are_seen():
    def function(a, b=1, c="x", d=None):
        raise KeyError("no")

    docstring = """Do it.

    Parameters
    ----------
    a : int, default=3
    b : int, default=1
    c : str, default='y'
    d : int
    """
    assert set(wrong_defaults(docstring, function)) == {"a", "c", "d"}
    assert raised_by(function) == {"KeyError"}


def test_names_without_a_docstring_are_seen(monkeypatch):
    name = "sparsekit.network.suggest_format"
    monkeypatch.setattr(NAMES["sparsekit.suggest_format"], "__doc__", "sum up")
    monkeypatch.setitem(NAMES, name, NAMES["sparsekit.suggest_format"])
    codes = {code for code, _ in errors_of(name)}
    assert {"SS02", "SS03", "PR01", "RT01"} <= codes
