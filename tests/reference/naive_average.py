"""The average of copies of a sparse network, connection by connection."""

from fractions import Fraction

from tests.reference.naive_topology import set_dropped


def average(copies, merge):
    """Return what each connection of the union has on average.

    Parameters
    ----------
    copies : list of (int, dict of position to float)
        Rows, and a number for each connection.
    merge : {"average", "top"}
    """
    n_rows = sum(rows for rows, _ in copies)
    mean = {}
    for position in sorted(set().union(*(numbers for _, numbers in copies))):
        having = [(rows, n[position]) for rows, n in copies if position in n]
        total = sum(rows * Fraction(number) for rows, number in having)
        counted = sum(rows for rows, _ in having) if merge == "top" else n_rows
        mean[position] = float(total / counted)
    return mean


def pruned(mean, count, by_sign):
    """Return the `count` connections that stay in a layer.

    By sign, the same share of the positive and of the negative weights goes, rounded
    down, and then the smallest until there are `count`; of equal ones the first go.
    """
    positions, weights = list(mean), list(mean.values())
    n_surplus = len(weights) - count
    gone = [False] * len(weights)
    if by_sign and n_surplus:
        gone = list(set_dropped(weights, n_surplus / len(weights)))
    left = [k for k in range(len(weights)) if not gone[k]]
    smallest = sorted(left, key=lambda k: (abs(weights[k]), k))
    going = set(smallest[: len(left) - count])
    return [positions[k] for k in left if k not in going]
