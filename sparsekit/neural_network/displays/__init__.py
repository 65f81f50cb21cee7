"""Figures of fitted networks."""
