"""Training on the parts of a table, on the processes of a machine or on a cluster."""

from sparsekit.distributed._fit import fit_distributed

__all__ = ["fit_distributed"]
