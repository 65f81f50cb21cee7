"""A fit, from validated rows to a trained network."""
