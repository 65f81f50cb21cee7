"""Names that others chose, on a terminal and in a file of lines."""

import unicodedata

# Control characters, which a terminal obeys; halves of characters, which no file holds.
_REFUSED = ("Cc", "Cs")


def is_plain(text):
    """Return whether a text can be printed, and written to a file, as it is."""
    return not any(unicodedata.category(c) in _REFUSED for c in text)


def one_line(text):
    """Return a text with what is not plain in it escaped, as in a Python string.

    >>> one_line("a\\x1b[2J")
    'a\\\\x1b[2J'
    """
    return "".join(c if is_plain(c) else _escaped(c) for c in str(text))


def _escaped(character):
    return character.encode("unicode_escape").decode("ascii")
