"""Names and cells that others wrote, on a terminal, in errors and in files of lines."""

import unicodedata

# Control characters, which a terminal obeys; halves of characters, which no file holds.
_REFUSED = ("Cc", "Cs")
# Characters of an error, and of one cell or name in it.
_LONGEST, _LONGEST_PART = 300, 60


def is_plain(text):
    """Return whether a text can be printed, and written to a file, as it is."""
    return not any(unicodedata.category(c) in _REFUSED for c in text)


def one_line(text):
    """Return a text with what is not plain in it escaped, as in a Python string.

    >>> one_line("a\\x1b[2J")
    'a\\\\x1b[2J'
    """
    return "".join(c if is_plain(c) else _escaped(c) for c in str(text))


def shortened(text, longest=_LONGEST):
    """Return a text as one line of at most so many characters.

    >>> shortened("a\\nb" + "c" * 20, 9)
    'a bcc ...'
    """
    # Escapes are longer than what they stand for: more is not shown in any case.
    line = one_line(" ".join(str(text)[: 4 * longest].split()))
    return line if len(line) <= longest else f"{line[: longest - 4]} ..."


def shown(value):
    """Return the text of a cell or a name in quotes, cut where it is long."""
    if isinstance(value, str | bytes):
        value = value[:_LONGEST_PART]
    return shortened(repr(value), _LONGEST_PART)


def _escaped(character):
    return character.encode("unicode_escape").decode("ascii")
