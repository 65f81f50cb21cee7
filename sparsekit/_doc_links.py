"""Links from the HTML representation of an estimator to its page of the site."""

import os
import sys

VARIABLE = "SPARSEKIT_DOCS_URL"


class DocLinkMixin:
    """Gives scikit-learn's HTML representation a link to the site.

    The site has no address that everybody can reach. Whoever serves a copy names its
    address in the environment variable SPARSEKIT_DOCS_URL; without it there is no link.
    """

    _doc_link_module = "sparsekit"

    @property
    def _doc_link_template(self):
        address = os.environ.get(VARIABLE, "").rstrip("/")
        return f"{address}/api/generated/{{name}}.html" if address else ""

    def _doc_link_url_param_generator(self):
        package, part, *_ = type(self).__module__.split(".")
        name = type(self).__name__
        is_short = name in sys.modules[package].__all__
        return {"name": f"{package}.{name}" if is_short else f"{package}.{part}.{name}"}
