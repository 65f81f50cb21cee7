"""Tables in files: one reader, with one policy, for all that take the name of a file.

What a file says stays what it says: a row that does not fit its header is an error, and
what is left out is noted. `docs/user_guide/large_tables.md` has the policy.
"""

from sparsekit._utils._tables._cells import numbers_of
from sparsekit._utils._tables._open import open_arrow, open_files
from sparsekit._utils._tables._scan import open_text
from sparsekit._utils._tables._table import named
from sparsekit._utils._tables._wanted import Wanted, codes_of

__all__ = [
    "Wanted",
    "codes_of",
    "named",
    "numbers_of",
    "open_arrow",
    "open_files",
    "open_text",
]
