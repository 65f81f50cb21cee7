"""Carrying out a plan: fits on workers, and the file in which their rows are kept."""
