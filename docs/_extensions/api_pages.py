"""API reference: a page for every public name, and code that links to it."""

import inspect
import re
import sys
from pathlib import Path

from docutils import nodes
from public_names import SUBPACKAGES, full_names, subpackage_page
from sphinx.pycode import ModuleAnalyzer
from sphinx.util import logging

INITIALS = re.compile(r"^( *\.\. \[\d+\] )(?=[A-Z]\. )")
SHAPE = re.compile(r"(shape \(\w+)_(?=[,)])")

logger = logging.getLogger(__name__)


def write_pages(app, config):
    """Write the pages of the subpackages where they are new or have changed."""
    folder = Path(app.srcdir) / "api"
    folder.mkdir(exist_ok=True)
    for subpackage in SUBPACKAGES:
        path, text = folder / f"{subpackage}.rst", subpackage_page(subpackage)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def leave_out_foreign(app, what, name, member, skip, options):
    """Leave out what other libraries and tuples define, and fields of named tuples.

    Fields are in the section Attributes already.
    """
    member = inspect.unwrap(getattr(member, "fget", member))
    module = getattr(member, "__module__", None) or "sparsekit"
    owner = getattr(member, "__objclass__", None)
    is_field = type(member).__name__ == "_tuplegetter"
    return is_field or owner is tuple or not module.startswith("sparsekit") or skip


def adapt_docstring(app, what, name, obj, options, lines):
    """Give constants the comment ``#:`` above them, and keep text what it is.

    reStructuredText would take the "D." of an author for an item of a list, and the
    last underscore of a shape for a link.
    """
    if what == "data":
        lines[:] = comment_of(name.rpartition(".")[2])
    lines[:] = [INITIALS.sub(r"\1\\", line) for line in lines]
    lines[:] = [SHAPE.sub(r"\1\\_", line) for line in lines]


def comment_of(constant):
    """Return the lines of the comment on a constant, in whichever file it is made."""
    for name in sorted(sys.modules):
        if name.startswith("sparsekit."):
            comments = ModuleAnalyzer.for_module(name).find_attr_docs()
            if ("", constant) in comments:
                return comments["", constant]
    return []


def entry_of(text, env):
    """Return where a public name, or a member of one, is documented, else None."""
    known = full_names()
    text = text.removesuffix("()").removeprefix("sparsekit.")
    name, _, member = text.partition(".")
    full = known.get(text) or f"{known.get(name)}.{member}"
    return env.domains["py"].objects.get(full)


def link_to(entry, docname, builder, content):
    """Return a link from a page to an entry of the reference."""
    uri = builder.get_relative_uri(docname, entry.docname)
    link = nodes.reference("", "", content, internal=True)
    link["refuri"] = f"{uri}#{entry.node_id}"
    return link


def link_names(app, doctree, docname):
    """Make code that is nothing but a public name a link to its page."""
    for literal in list(doctree.findall(nodes.literal)):
        if not isinstance(literal.parent, nodes.reference | nodes.title):
            entry = entry_of(literal.astext(), app.env)
            if entry and entry.docname != docname:
                content = literal.deepcopy()
                literal.replace_self(link_to(entry, docname, app.builder, content))


def resolve_name(app, env, node, content):
    """Resolve references to public names without the subpackage that they are in."""
    is_ours = node.get("refdomain") == "py"
    entry = entry_of(node["reftarget"], env) if is_ours else None
    return entry and link_to(entry, node["refdoc"], app.builder, content)


def check_all_are_documented(app, env):
    """Warn, and so fail the build, where a public name has no page."""
    missing = set(full_names().values()) - set(env.domains["py"].objects)
    if missing:
        logger.warning("public names without a page: %s", ", ".join(sorted(missing)))


def setup(app):
    # Before Sphinx looks which pages there are.
    app.connect("config-inited", write_pages)
    app.connect("autodoc-skip-member", leave_out_foreign)
    # Before numpydoc.
    app.connect("autodoc-process-docstring", adapt_docstring, priority=100)
    app.connect("env-check-consistency", check_all_are_documented)
    app.connect("missing-reference", resolve_name)
    app.connect("doctree-resolved", link_names)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
