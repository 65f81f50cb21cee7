"""Files of tables in every dialect: read alike by all, or refused in one line."""

import csv
import gzip
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sparsekit.study.cli._user_table import read_user_table
from tests.fuzz.harness import behaves
from tests.tables.reading import InputError, both_ways, in_chunks

CELLS = ["", " ", "0", "1.5", "-999", "?", "True", "false", "NA", "x", '5" x', "1e400"]
CELLS += ["ä", "a,b", "a\nb", "9" * 30, "1_0", "inf", "0x1"]
cells = st.sampled_from(CELLS)
names = st.sampled_from(["a", "b", "y", "y", "", "Unnamed: 0", "0", "a"])
ends = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def files(draw):
    """Draw the bytes of a file; at times its rows do not fit the header."""
    header = draw(
        st.one_of(
            st.just(["a", "b", "y"]), st.lists(names, max_size=4), st.just(["a", "y"])
        )
    )
    width = len(header) + draw(st.sampled_from([0, 0, 0, 1, -1, 2]))
    widths = st.sampled_from([max(width, 0)] * 5 + [max(width - 1, 0), width + 1])
    rows = [
        [draw(cells) for _ in range(draw(widths))]
        for _ in range(draw(st.integers(0, 9)))
    ]
    text = io.StringIO()
    end = draw(ends)
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([header, *rows])
    content = draw(st.sampled_from(["", "", end, "\ufeff"])) + text.getvalue()
    changed = bytearray(content.encode())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 3])) if changed else 0):
        place = draw(st.integers(0, len(changed) - 1))
        changed[place] = draw(st.sampled_from(b'\n\r",\x00\xff 1'))
    return bytes(changed)


MEANINGS = {"": np.nan, "NA": np.nan, "True": 1, "false": 0}


def read_naively(content, codes):
    """Return the features of a file whose rows all fit their header."""
    lines = io.StringIO(content.decode("utf-8-sig"), newline="")
    header, *rows = (row for row in csv.reader(lines) if row)
    if any(len(row) != len(header) for row in rows) or "" in map(str.strip, header):
        return None
    kept = [j for j, name in enumerate(header) if name != "y"]
    meanings = {**MEANINGS, **dict.fromkeys(codes, np.nan)}
    return [[float(meanings.get(r[j].strip(), r[j])) for j in kept] for r in rows]


@given(files(), st.booleans(), st.sampled_from([[], ["?"], ["-999", "x"]]))
def test_files_are_read_alike_or_refused_alike(
    tmp_path_factory, content, zipped, codes
):
    path = tmp_path_factory.mktemp("fuzz") / ("t.csv.gz" if zipped else "t.csv")
    path.write_bytes(gzip.compress(content, 1) if zipped else content)
    chunks = behaves(lambda: in_chunks(path, na_values=codes))
    studied = behaves(
        lambda: read_user_table(path, "y", (), frozenset(codes)),
        allowed=(InputError,),
    )
    if chunks is None:
        # A study finds later that a row has no target.
        assert studied is None or any(cell != cell for cell in studied[1])
        return
    naive = read_naively(content, codes)
    if naive is not None:
        np.testing.assert_array_equal(chunks[1], naive)
    # An infinite value, or no value at all, is for the estimator to refuse.
    if np.isfinite(chunks[1]).any() and not np.isinf(chunks[1]).any():
        both_ways(path, na_values=codes)
