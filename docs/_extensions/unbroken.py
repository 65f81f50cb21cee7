"""Numbers that stay on one line with what belongs to them: 95 %, 0.3 ± 0.1, [0, 1].

Browsers break lines at any space, most of all in the narrow columns of tables.
"""

import re

from docutils import nodes

NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
CODE = nodes.literal | nodes.literal_block | nodes.math | nodes.math_block | nodes.raw
# A table with so many columns is set in small type.
WIDE = 7


def unbroken(text):
    """Return a text in which numbers keep their units, errors and intervals."""
    text = re.sub(r"(?<=\d) (?=%)", NO_BREAK, text)
    text = re.sub(r"(?<=\d) ?± ?(?=\d)", f"{NARROW}±{NARROW}", text)
    return re.sub(r"(\[[-+]?[\d.]+,) (?=[-+]?[\d.]+\])", rf"\1{NO_BREAK}", text)


def adapt(app, doctree):
    """Keep numbers together, and mark wide tables."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, CODE):
            kept = unbroken(text.astext())
            if kept != text.astext():
                text.parent.replace(text, nodes.Text(kept))
    for group in doctree.findall(nodes.tgroup):
        if group["cols"] >= WIDE:
            group.parent["classes"].append("wide")


def setup(app):
    app.connect("doctree-read", adapt)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
