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
    """

    name: str
    strategy: str | None
    n_bins: int
    hidden_layer_sizes: int | tuple[int, ...]
    dropout: float
    learning_rate_init: float


# "smooth" suits noisy tables, where capacity learns noise. "fine" suits tables whose
# target jumps where a column passes a threshold, or is nearly certain.
SETTINGS = (
    Setting("smooth", "quantile", 8, (100,), 0.1, 0.003),
    Setting("fine", "tree", 32, (256, 128), 0.1, 0.01),
)

# For all settings. More epochs help tables that are rich in signal and hurt noisy ones;
# larger batches take fewer steps, and lose.
MAX_ITER = 25
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
