"""Pages that read well on a code host, too, as pages of the site.

Links to files that the site has in another form lead to that form: an example's
source to its page of the gallery, a package's ``__init__.py`` to its part of the API
reference. And what a page lists (``- [Title](page.md): ...``) is below it in the tree
of pages: Sphinx needs a ``toctree`` for that, which a code host would show as raw
text.
"""

import re
from pathlib import PurePosixPath

LISTED = re.compile(r"^- \[([^\]]+)\]\(([^)#\s]+\.(?:md|rst))\)", re.MULTILINE)
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
LINK = re.compile(r"(?<=\]\()(\.\./[^)#\s]+)")
# Files of the checkout, and where the site has them; relative to the folder docs.
MOVED = [
    (r"\.\./CHANGELOG\.md", "/changelog.rst"),
    (r"\.\./README\.md", "/index.md"),
    (r"\.\./examples/README\.rst", "/gallery/index.rst"),
    (r"\.\./examples/(.+)\.py", r"/gallery/\1.rst"),
    (r"\.\./sparsekit/__init__\.py", "/api/sparsekit.rst"),
    (r"\.\./sparsekit/(\w+)/__init__\.py", r"/api/\1.rst"),
]


def normal(path):
    """Return a relative path of the form a/../b without what cancels."""
    parts = []
    for part in PurePosixPath(path).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def on_the_site(link, docname):
    """Return the link of a page as the site has it."""
    path = normal(PurePosixPath(docname).parent / link)
    for pattern, target in MOVED:
        moved = re.fullmatch(pattern, path)
        if moved:
            return moved.expand(target)
    return link


def toctree(text):
    """Return hidden toctrees of the pages that a Markdown text lists.

    There is one for each section that lists any, with the section's title as caption.
    """
    lines = []
    before, *titled = SECTION.split(text)
    for caption, part in [("", before), *zip(titled[::2], titled[1::2], strict=True)]:
        entries = [f"{title} <{page}>" for title, page in LISTED.findall(part)]
        if entries:
            options = [f":caption: {caption}"] if caption else []
            lines += ["", "```{toctree}", ":hidden:", *options, "", *entries, "```"]
    return "\n".join(["", *lines, ""]) if lines else ""


def adapt(app, docname, source):
    """Rewrite the source of a Markdown page for the site."""
    if app.env.doc2path(docname).suffix != ".md":
        return
    text = LINK.sub(lambda link: on_the_site(link[1], docname), source[0])
    if docname in app.config.page_trees:
        text += toctree(text)
    source[0] = text


def setup(app):
    app.add_config_value("page_trees", [], "env", list)
    app.connect("source-read", adapt)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
