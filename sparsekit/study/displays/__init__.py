"""Figures of studies and comparisons, and their report as text."""
