"""The README as package indexes show it, where a relative link leads nowhere."""

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)
CODE = r"```.*?```|`[^`\n]*`"
LINK = r"(!?)\[([^\[\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)"
CODE_OR_LINK = re.compile(f"{CODE}|{LINK}", re.DOTALL)


def long_description(readme, home=None):
    """Return `readme` with absolute links below `home`, or without relative ones.

    `home` is the address of the source on a code host that shows pages under
    ``blob/HEAD`` and files under ``raw/HEAD``. Where there is none, a link leaves its
    text, and an image nothing.
    """

    def absolute(found):
        image, text, path = found.groups()
        if path is None:
            return found[0]
        if home is None:
            return "" if image else text
        kind = "raw" if image else "blob"
        return f"{image}[{text}]({home.rstrip('/')}/{kind}/HEAD/{path})"

    return CODE_OR_LINK.sub(absolute, COMMENT.sub("", readme))


class LongDescription(MetadataHookInterface):
    """Set `readme` of the package's metadata; `project.urls.Source` is the home."""

    def update(self, metadata):
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        home = metadata.get("urls", {}).get("Source")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": long_description(text, home),
        }
