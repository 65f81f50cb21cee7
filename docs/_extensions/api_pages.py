"""API reference: a page for every public name, grouped by room.

The public names are those in the ``__all__`` of the packages. What can be imported from
``sparsekit`` itself is documented under that shorter name.
"""

import importlib
import inspect
from pathlib import Path

from docutils import nodes

ROOMS = (
    "neural_network",
    "missingness",
    "topology",
    "difficulty",
    "continual",
    "deploy",
    "study",
    "network",
)


def public_names():
    """Return the full names of all public objects: {room: {name: full name}}."""
    top = importlib.import_module("sparsekit")
    found = {}
    for room in ROOMS:
        names = importlib.import_module(f"sparsekit.{room}").__all__
        found[room] = {
            name: f"sparsekit.{name}"
            if name in top.__all__
            else f"sparsekit.{room}.{name}"
            for name in names
        }
    return found


def by_name():
    """Return the full name of each public object, by what follows ``sparsekit.``."""
    found = {}
    for room, names in public_names().items():
        for name, full in names.items():
            found[name] = found[f"{room}.{name}"] = full
    return found


def kind_of(full):
    """Return what a public object is: "classes", "functions" or "constants"."""
    module, _, name = full.rpartition(".")
    value = getattr(importlib.import_module(module), name)
    if inspect.isclass(value):
        return "classes"
    return "functions" if callable(value) else "constants"


def heading(text, character="="):
    return f"{text}\n{character * len(text)}\n"


def room_page(room, names):
    """Return the page of a room: its docstring and tables of its names."""
    module = f"sparsekit.{room}"
    text = f".. _api-{room}:\n\n" + heading(f"``{module}``")
    text += f"\n.. automodule:: {module}\n\n"
    text += ".. currentmodule:: sparsekit\n\n"
    for kind in ("classes", "functions", "constants"):
        chosen = sorted(
            (n for n in names.values() if kind_of(n) == kind), key=str.lower
        )
        if chosen:
            text += heading(kind.capitalize(), "-")
            text += "\n.. autosummary::\n   :toctree: generated\n   :nosignatures:\n\n"
            text += (
                "".join(f"   ~{name.removeprefix('sparsekit.')}\n" for name in chosen)
                + "\n"
            )
    return text


def write_pages(app, config):
    """Write the pages of the rooms where they are new or have changed."""
    folder = Path(app.srcdir) / "api"
    folder.mkdir(exist_ok=True)
    for room, names in public_names().items():
        path, text = folder / f"{room}.rst", room_page(room, names)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def skip_foreign(app, what, name, member, skip, options):
    """Leave out members that other libraries define."""
    member = inspect.unwrap(getattr(member, "fget", member))
    module = getattr(member, "__module__", None) or "sparsekit"
    return True if not module.startswith("sparsekit") else skip


def link_names(app, doctree, docname):
    """Make code that is nothing but a public name a link to its page."""
    full_names = by_name()
    objects = app.env.domains["py"].objects
    for literal in list(doctree.findall(nodes.literal)):
        if isinstance(literal.parent, nodes.reference | nodes.title):
            continue
        text = literal.astext().removesuffix("()").removeprefix("sparsekit.")
        name, _, member = text.partition(".")
        full = full_names.get(text) or f"{full_names.get(name)}.{member}"
        if full in objects and objects[full].docname != docname:
            entry = objects[full]
            uri = app.builder.get_relative_uri(docname, entry.docname)
            link = nodes.reference(
                "",
                "",
                literal.deepcopy(),
                internal=True,
                refuri=f"{uri}#{entry.node_id}",
            )
            literal.replace_self(link)


def setup(app):
    # Before Sphinx looks which pages there are.
    app.connect("config-inited", write_pages)
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("doctree-resolved", link_names)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
