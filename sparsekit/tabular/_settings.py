"""What "auto" means: the settings that `SparseTabular*` chooses between.

Found on one half of the tables of ``python -m benchmarks.tables``; the guide to tables
has what each part brings on the other half.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """Bins and networks that suit some tables.

    Attributes
    ----------
    name : str
    strategy : str or None
        Of :class:`PiecewiseLinearEncoder`; None for numbers without bins.
    n_bins : int
    hidden_layer_sizes : tuple of int
    dropout, learning_rate_init : float
    beta_2 : float or None
        None for that of the network which was given.
    max_iter : int
    """

    name: str
    strategy: str | None
    n_bins: int
    hidden_layer_sizes: int | tuple[int, ...]
    dropout: float
    learning_rate_init: float
    beta_2: float | None
    max_iter: int


# "smooth" suits noisy tables, where capacity learns noise. "fine" suits tables whose
# target jumps where a column passes a threshold, or is nearly certain: more epochs pay
# there, and so does a second moment with a shorter memory, since most bins are 0 in
# most rows.
SETTINGS = (
    Setting("smooth", "quantile", 8, (100,), 0.1, 0.003, 0.999, 25),
    Setting("fine", "tree", 32, (256, 128), 0.1, 0.01, 0.95, 40),
)

# For all settings. Dropout and the mean over members leave nothing to gain by a larger
# penalty; larger batches take fewer steps, and lose.
ALPHA = 0.0001
BATCH_SIZE = 32

# Outputs of the encoder above which columns get fewer bins, but 16 all the same: what
# reads the inputs of a wide table takes most of the time.
MAX_OUTPUTS = 640
MIN_BINS = 16

# Rows that are held out to choose between settings, the fewest that can tell, and the
# most rows that a network is trained on to choose.
HELD_OUT = 0.2
MIN_HELD_OUT = 20
MAX_TRIED = 8000
