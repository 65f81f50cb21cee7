"""Words and lines of text for people."""

import textwrap

from sparsekit._utils._one_line import one_line

TEXT_WIDTH = 100


def wrapped(text):
    """Return a text as lines that a terminal of usual width does not break."""
    lines = textwrap.wrap(
        one_line(text), TEXT_WIDTH, break_long_words=False, break_on_hyphens=False
    )
    return "".join(f"{line}\n" for line in lines)


def count(number, noun):
    """Return such as "1 fit" and "2 fits"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def percent(shares):
    """Return such as "50, 90 %"."""
    return ", ".join(f"{100 * share:g}" for share in shares) + " %"


def listed(names):
    """Return such as "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
