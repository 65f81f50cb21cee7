"""Means, intervals, paired tests and ranks."""
