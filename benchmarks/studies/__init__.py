"""Numbers and figures of the studies that the documentation shows."""
