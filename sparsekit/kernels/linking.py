"""Paths of length three between the two sides of a layer, and scores made of them.

Output neurons (rows) and input neurons (columns) are the two sides of a bipartite
graph. A path from row `r` to column `c` goes r - z1 - z2 - c, over a column z1 that
`r` reads and a row z2 that reads both z1 and `c`.
"""

from typing import NamedTuple

import numpy as np

from sparsekit.kernels._jit import allocating_kernel, inlined_kernel, kernel
from sparsekit.kernels._lanes import item, put
from sparsekit.kernels.hashing import stream, uniform
from sparsekit.kernels.selection import first_not_below


class Links(NamedTuple):
    """The connections of a layer by row and by column, both sorted.

    Attributes
    ----------
    row_starts : ndarray of shape (n_out + 1,), int64
    columns : ndarray of shape (n_connections,)
    column_starts : ndarray of shape (n_in + 1,), int64
    rows : ndarray of shape (n_connections,), of the type of `columns`
    """

    row_starts: np.ndarray
    columns: np.ndarray
    column_starts: np.ndarray
    rows: np.ndarray


@kernel
def transpose(row_starts, columns, n_in):
    """Return `column_starts` and `rows` of `Links`: a counting sort.

    Complexity: O(connections + neurons).
    """
    column_starts = np.zeros(n_in + 1, dtype=np.int64)
    for column in columns:
        column_starts[column + 1] += 1
    for column in range(n_in):
        column_starts[column + 1] += column_starts[column]
    free = column_starts[:-1].copy()
    rows = np.empty_like(columns)
    for row in range(row_starts.size - 1):
        for k in range(row_starts[row], row_starts[row + 1]):
            rows[free[columns[k]]] = row
            free[columns[k]] += 1
    return column_starts, rows


@inlined_kernel
def _pick(seed, number, begin, end):
    """Draw an index from `begin` to `end`: a random fraction of the range."""
    fraction = stream(seed, number) >> np.uint64(32)
    return begin + np.int64((fraction * np.uint64(end - begin)) >> np.uint64(32))


@kernel
def walk_ends(seed, links, n_walks):
    """Return the ends of random paths of length three that are not connected.

    A walk takes a connection (z2, z1) and goes on from both of its ends, to another row
    that reads z1 and another column that z2 reads, each drawn uniformly. A pair (r, c)
    is thus found with a probability proportional to the sum over its paths of
    1 / ((d(z1) - 1) (d(z2) - 1)), `d` being numbers of connections.

    Parameters
    ----------
    seed : uint64
    links : Links
        With one connection at least.
    n_walks : int
        Spread evenly over the connections.

    Returns
    -------
    ndarray of int64
        Positions ``r * n_in + c``, at most `n_walks`, neither sorted nor distinct.
        Complexity: O(rows + walks * log(connections of a row)).
    """
    n_in = links.column_starts.size - 1
    ends = np.empty(n_walks, dtype=np.int64)
    found = 0
    z2 = 0
    for walk in range(n_walks):
        k = np.int64(walk * (links.columns.size / n_walks))
        while links.row_starts[z2 + 1] <= k:
            z2 += 1
        z1 = links.columns[k]
        begin, end = links.column_starts[z1], links.column_starts[z1 + 1]
        if end - begin == 1 or links.row_starts[z2 + 1] - links.row_starts[z2] == 1:
            continue
        # Of all but the last, which stands in for the one that is not another.
        r = np.int64(links.rows[_pick(seed, 2 * walk, begin, end - 1)])
        if r == z2:
            r = np.int64(links.rows[end - 1])
        begin, end = links.row_starts[z2], links.row_starts[z2 + 1]
        column = links.columns[_pick(seed, 2 * walk + 1, begin, end - 1)]
        if column == z1:
            column = links.columns[end - 1]
        begin, end = links.row_starts[r], links.row_starts[r + 1]
        place = first_not_below(links.columns, begin, end, column)
        is_linked = place < end and links.columns[place] == column
        ends[found] = r * n_in + column
        found += not is_linked
    return ends[:found]


@inlined_kernel
def _of_node(degree, rest):
    """Return (1 + i) / (1 + e) of a node, shared by its i paths; `rest` is 1 + e."""
    internal = degree - rest
    return (1.0 + internal) / (internal * rest)


@inlined_kernel
def _stride(n_connections, most):
    """Return k so that every k-th of the connections are at most `most`."""
    return max((n_connections + most - 1) // most, 1)


@inlined_kernel
def _first(seed, number, begin, stride):
    """Return the first connection that is looked at, random where some are not."""
    return begin if stride == 1 else _pick(seed, number, begin, begin + stride)


@inlined_kernel
def _n_shared(seed, number, values, begin, end, other, other_end, most):
    """Return how many elements two sorted ranges of `values` have in common.

    Of the shorter one at most `most` are looked at, see `_stride`: beyond, it is an
    estimate without bias.
    """
    if end - begin > other_end - other:
        begin, end, other, other_end = other, other_end, begin, end
    stride = _stride(end - begin, most)
    shared = 0
    for k in range(_first(seed, number, begin, stride), end, stride):
        other = first_not_below(values, other, other_end, values[k])
        shared += other < other_end and values[other] == values[k]
    return shared * stride


@kernel
def weigh_walks(seed, links, link_rows, ends, n_walks, by_path, max_degree):
    """Draw random paths of length three, and say how often to accept each.

    A walk takes a connection (z2, z1) with the probability that `ends` gives it, and
    goes on from both of its ends as in `walk_ends`. With probabilities in proportion to
    (d(z1) - 1) (d(z2) - 1) h, a path is found with one in proportion to its h, which is

    - by path: 1 / sqrt((d(z1) - 1) (d(z2) - 1));
    - by node: 1 / (d(z1) - 1) + 1 / (d(z2) - 1).

    The score of a position is a sum over its paths, see `path_scores`. If a path is
    accepted with a probability in proportion to its summand over h, a position comes
    with one in proportion to its score, though no score is computed.

    Parameters
    ----------
    seed : uint64
    links : Links
    link_rows : ndarray of shape (n_connections,)
        Row of each connection.
    ends : ndarray of float64, shape (n_connections,)
        Cumulative probabilities of the connections, times any positive number.
    n_walks : int
    by_path : bool
    max_degree : int
        Connections of a neuron that are looked at, at most, for its inner links.

    Returns
    -------
    positions : ndarray of int64, shape (n_walks,)
        ``r * n_in + c``, or -1 where the two are connected.
    ratios : ndarray of float64, shape (n_walks,)
        Summand of the path over its h. Complexity: O(walks * (log(connections) +
        d log(connections))), d being the connections of the smaller of two neurons,
        `max_degree` at most.
    """
    n_in = links.column_starts.size - 1
    positions = np.full(n_walks, -1, dtype=np.int64)
    ratios = np.zeros(n_walks, dtype=np.float64)
    for walk in range(n_walks):
        target = ends[-1] * uniform(seed, 5 * walk)
        k = min(np.searchsorted(ends, target, side="right"), ends.size - 1)
        z1, z2 = np.int64(links.columns[k]), np.int64(link_rows[k])
        begin, end = links.column_starts[z1], links.column_starts[z1 + 1]
        first, last = links.row_starts[z2], links.row_starts[z2 + 1]
        d1, d2 = end - begin, last - first
        if d1 == 1 or d2 == 1:
            continue  # by rounding of `ends` only
        # Of all but the last, which stands in for the one that is not another.
        r = np.int64(links.rows[_pick(seed, 5 * walk + 1, begin, end - 1)])
        if r == z2:
            r = np.int64(links.rows[end - 1])
        c = np.int64(links.columns[_pick(seed, 5 * walk + 2, first, last - 1)])
        if c == z1:
            c = np.int64(links.columns[last - 1])
        r_begin, r_end = links.row_starts[r], links.row_starts[r + 1]
        place = first_not_below(links.columns, r_begin, r_end, c)
        if place < r_end and links.columns[place] == c:
            continue
        c_begin, c_end = links.column_starts[c], links.column_starts[c + 1]
        inner_1 = _n_shared(
            seed, 5 * walk + 3, links.rows, begin, end, c_begin, c_end, max_degree
        )
        inner_2 = _n_shared(
            seed, 5 * walk + 4, links.columns, first, last, r_begin, r_end, max_degree
        )
        # One inner link of each there is: the path has it.
        rest_1 = d1 - min(max(inner_1, 1), d1 - 1)
        rest_2 = d2 - min(max(inner_2, 1), d2 - 1)
        positions[walk] = r * n_in + c
        if by_path:
            ratios[walk] = np.sqrt((d1 - 1) * (d2 - 1) / (rest_1 * rest_2))
        else:
            summand = _of_node(d1, rest_1) + _of_node(d2, rest_2)
            ratios[walk] = summand / (1.0 / (d1 - 1) + 1.0 / (d2 - 1))
    return positions, ratios


@allocating_kernel
def _columns_of(seed, links, r, max_degree):
    """Return the columns of row `r` that are looked at, and for how many each stands.

    Returns
    -------
    columns : ndarray of int64
    stride : int
        Columns that each of `columns` stands for.
    degrees : ndarray of int64
        Rows that read each of `columns`.
    weights : ndarray of int64
        Rows of a column that each of those that are looked at stands for.
    """
    begin, end = links.row_starts[r], links.row_starts[r + 1]
    stride = _stride(end - begin, max_degree)
    begin = _first(seed, links.column_starts.size, begin, stride)
    columns = np.empty(max((end - begin + stride - 1) // stride, 0), dtype=np.int64)
    degrees = np.empty(columns.size, dtype=np.int64)
    weights = np.empty(columns.size, dtype=np.int64)
    for j in range(columns.size):
        column = links.columns[begin + j * stride]
        columns[j] = column
        degrees[j] = links.column_starts[column + 1] - links.column_starts[column]
        weights[j] = _stride(degrees[j], max_degree)
    return columns, stride, degrees, weights


@allocating_kernel
def _list_shared_columns(seed, links, columns, degrees, weights, heads, touched):
    """List, for each row, which of `columns` it reads too, by their index there.

    The lists are chained: row `s` begins at ``p = heads[s]``, ``chain[p]`` is an entry,
    and the next one stands at ``chain[p + 1]``; -1 is the end. All heads must be -1
    before; then they are except at the rows in `touched`.

    Returns
    -------
    (ndarray of int32, int)
        The chain, and the number of rows touched.
    """
    most = 0
    for j in range(columns.size):
        most += degrees[j] // weights[j] + 1
    chain = np.empty(2 * most, dtype=np.int32)
    n_touched = 0
    place = 0
    for j in range(columns.size):
        end = links.column_starts[columns[j] + 1]
        k = _first(seed, columns[j], links.column_starts[columns[j]], weights[j])
        while k < end:
            s = item(links.rows, k)
            head = item(heads, s)
            put(chain, place, j)
            put(chain, place + 1, head)
            put(heads, s, place)
            # Half of the rows are met for the first time, in no order that a processor
            # could foresee: without a branch, this takes half the time.
            put(touched, n_touched, s)
            n_touched += head == -1
            place += 2
            k += weights[j]
    return chain, n_touched


@kernel
def path_scores(seed, links, positions, by_path, max_degree):
    """Score free positions by their paths of length three.

    For the pair (r, c), the nodes z of its paths are the local community. The internal
    links of z, i(z), lead to other nodes of the community; its external links, e(z), to
    neither these nor `r` nor `c`. As z has one link to `r` or `c`, its number of
    connections is i(z) + e(z) + 1. The scores are

    - by path: the sum over paths of 1 / sqrt((1 + e(z1)) (1 + e(z2)));
    - by node: the sum over the community of (1 + i(z)) / (1 + e(z)).

    Parameters
    ----------
    seed : uint64
        For the connections that are looked at where there are too many.
    links : Links
    positions : ndarray of int64
        Sorted positions ``r * n_in + c`` without a connection.
    by_path : bool
    max_degree : int
        Of the connections of `r`, of `c` and of each z1, at most as many are looked at:
        every second, third, ... one, from a random one on, and that stands for two,
        three, ...

    Returns
    -------
    ndarray of shape (len(positions),), float64

    Notes
    -----
    For a row with candidates, every z2 gets the list of the columns that the two share:
    i(z2) entries, as many in all lists as there are paths of length two from the row.
    A candidate visits the lists of the rows that read its column, twice: i(z1) must be
    known before the scores are summed. Complexity: O(connections + paths of length two
    from all rows + connections of the columns, and paths, of all positions).
    """
    row_starts, column_starts, rows = links.row_starts, links.column_starts, links.rows
    n_in, n_out = column_starts.size - 1, row_starts.size - 1
    most = 0
    for row in range(n_out):
        most = max(most, row_starts[row + 1] - row_starts[row])
    for column in range(n_in):
        most = max(most, column_starts[column + 1] - column_starts[column])
    root = np.ones(most + 1)  # of 1 / (1 + e(z)), by 1 + e(z)
    for n in range(1, most + 1):
        root[n] = 1.0 / np.sqrt(n)
    scores = np.empty(positions.size, dtype=np.float64)
    heads = np.full(n_out, -1, dtype=np.int32)
    touched = np.empty(n_out + 1, dtype=np.int64)
    met = np.empty(n_out + 1, dtype=np.int64)
    internal = np.empty(n_out + 1, dtype=np.int64)  # i(z2) of those met
    at = 0
    while at < positions.size:
        r = positions[at] // n_in
        key = stream(seed, r)
        columns, stride_r, degrees, weights = _columns_of(key, links, r, max_degree)
        chain, n_touched = _list_shared_columns(
            key, links, columns, degrees, weights, heads, touched
        )
        rest = np.empty(columns.size, dtype=np.int64)  # 1 + e(z1)
        while at < positions.size and positions[at] < (r + 1) * n_in:
            c = positions[at] - r * n_in
            begin, end = column_starts[c], column_starts[c + 1]
            stride_c = _stride(end - begin, max_degree)
            n_met = 0
            for k in range(_first(key, n_in + 1 + c, begin, stride_c), end, stride_c):
                s = item(rows, k)
                put(met, n_met, s)
                n_met += item(heads, s) != -1
            # Among the i(z) links of a path's node is the path's own, which surely
            # exists: it counts once, though it is taken to stand for several below.
            # Without this, the more a link stands for the larger i(z) would seem.
            for j in range(columns.size):
                put(rest, j, item(degrees, j) + stride_c * item(weights, j) - 1)
            for i in range(n_met):
                s = item(met, i)
                inside = np.int64(0)
                p = item(heads, s)
                while p != -1:
                    j = item(chain, p)
                    p = item(chain, p + 1)
                    inside += item(weights, j)
                    put(rest, j, item(rest, j) - stride_c * item(weights, j))
                put(internal, i, stride_r * inside)
            score = 0.0
            for i in range(n_met):
                s = item(met, i)
                degree = item(row_starts, s + 1) - item(row_starts, s)
                outside = degree - item(internal, i) - 1
                p = item(heads, s)
                while p != -1:
                    j = item(chain, p)
                    p = item(chain, p + 1)
                    weight = item(weights, j)
                    rest_1 = max(item(rest, j), 1)
                    rest_2 = max(outside + stride_r * weight, 1)
                    if by_path:
                        score += weight * item(root, rest_1) * item(root, rest_2)
                    else:
                        score += weight * _of_node(item(degrees, j), rest_1)
                        score += weight * _of_node(degree, rest_2)
            scores[at] = stride_r * stride_c * score
            at += 1
        for i in range(n_touched):
            heads[touched[i]] = -1
    return scores
