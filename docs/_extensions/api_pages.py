"""API reference: a page for every public name, and code that links to it."""

import inspect
from pathlib import Path

from docutils import nodes
from public_names import ROOMS, full_names, room_page
from sphinx.util import logging

logger = logging.getLogger(__name__)


def write_pages(app, config):
    """Write the pages of the rooms where they are new or have changed."""
    folder = Path(app.srcdir) / "api"
    folder.mkdir(exist_ok=True)
    for room in ROOMS:
        path, text = folder / f"{room}.rst", room_page(room)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def leave_out_foreign(app, what, name, member, skip, options):
    """Leave out the members that other libraries define."""
    member = inspect.unwrap(getattr(member, "fget", member))
    module = getattr(member, "__module__", None) or "sparsekit"
    return True if not module.startswith("sparsekit") else skip


def link_names(app, doctree, docname):
    """Make code that is nothing but a public name a link to its page."""
    known = full_names()
    objects = app.env.domains["py"].objects
    for literal in list(doctree.findall(nodes.literal)):
        if isinstance(literal.parent, nodes.reference | nodes.title):
            continue
        text = literal.astext().removesuffix("()").removeprefix("sparsekit.")
        name, _, member = text.partition(".")
        entry = objects.get(known.get(text) or f"{known.get(name)}.{member}")
        if entry and entry.docname != docname:
            uri = app.builder.get_relative_uri(docname, entry.docname)
            link = nodes.reference("", "", literal.deepcopy(), internal=True)
            link["refuri"] = f"{uri}#{entry.node_id}"
            literal.replace_self(link)


def check_all_are_documented(app, env):
    """Warn, and so fail the build, where a public name has no page."""
    missing = set(full_names().values()) - set(env.domains["py"].objects)
    if missing:
        logger.warning("public names without a page: %s", ", ".join(sorted(missing)))


def setup(app):
    # Before Sphinx looks which pages there are.
    app.connect("config-inited", write_pages)
    app.connect("autodoc-skip-member", leave_out_foreign)
    app.connect("env-check-consistency", check_all_are_documented)
    app.connect("doctree-resolved", link_names)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
