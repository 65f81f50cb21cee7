"""Training on tables that memory cannot hold, chunk by chunk."""

from sparsekit.out_of_core._fit_in_chunks import fit_in_chunks

__all__ = ["fit_in_chunks"]
