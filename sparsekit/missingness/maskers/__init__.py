"""Transformers that make values missing, one module per mechanism."""
