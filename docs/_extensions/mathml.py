"""Formulas as MathML, which browsers draw by themselves: no script, no network.

docutils makes it from TeX. What it cannot read is a warning, and so fails the build.
"""

import re
from html import unescape
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
# Entities that HTML has and XML has not.
ENTITY = re.compile(r"&(?!amp;|lt;|gt;|#)\w+;")
ElementTree.register_namespace("", NAMESPACE)


def element(name, *children):
    """Return an element of MathML."""
    made = ElementTree.Element(f"{{{NAMESPACE}}}{name}")
    made.extend(children)
    return made


def with_subscripts(formula):
    """Return MathML in which a letter with an accent has its subscript beside it.

    docutils puts it below the letter, as under a sum.
    """
    root = ElementTree.fromstring(ENTITY.sub(lambda m: unescape(m[0]), formula))
    for parent in list(root.iter()):
        for place, child in enumerate(parent):
            if child.tag == f"{{{NAMESPACE}}}munderover":
                letter, below, above = child
                if above.get("stretchy") == "false":
                    parent[place] = element(
                        "msub", element("mover", letter, above), below
                    )
                    parent[place].tail = child.tail
    return ElementTree.tostring(root, encoding="unicode")


def mathml(node, *, as_block):
    """Return the MathML of a formula node."""
    try:
        return with_subscripts(tex2mathml(node.astext().strip(), as_block=as_block))
    except MathError as error:
        logger.warning("formula %r: %s", node.astext(), error, location=node)
        return node.astext()


def visit_inline(translator, node):
    translator.body.append(mathml(node, as_block=False))
    raise nodes.SkipNode


def visit_block(translator, node):
    translator.body.append('<div class="formula">')
    translator.body.append(mathml(node, as_block=True))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.config.html_math_renderer = "mathml"
    return {"version": "3", "parallel_read_safe": True, "parallel_write_safe": True}
